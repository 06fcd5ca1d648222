// A row of a table: its model with what opens and pins it, its figures with their shade, interval and marks.

import { aboutCell, aboutSource, textsOf } from "./about.js";
import { h } from "./dom.js";
import { count, number } from "./format.js";
import { classes } from "./head.js";
import { marked } from "./notes.js";
import { PROVENANCES } from "./provenance.js";
import { drawBrackets } from "./ties.js";
import { addTip } from "./tip.js";

export function drawRow(line, place, context) {
  const { row, pinned } = line;
  const kind = row.access === "human" || row.access === "chance" ? row.access : row.provenance;
  return h("tr", { class: `${kind}${pinned ? " pinned" : ""}`, "data-row": row.id, "aria-rowindex": String(place) },
    context.columns.map((column, index) => drawCell(column, context.columns[index - 1], row, context)));
}

function drawCell(column, before, row, context) {
  const kind = classes(column, before);
  if (column.kind === "model") return h("th", { scope: "row", class: kind }, row.access === "chance" ? chanceName(context) : modelOf(row, context));
  if (column.kind === "score") return scoreOf(column, kind, row, context);
  if (row.access === "chance") return h("td", { class: kind });
  const text = column.text ? column.text(row) : column.value(row) ?? "–";
  const brackets = column.kind === "rank" ? context.brackets.get(row.id) ?? [] : [];
  const node = h("td", { class: kind }, drawBrackets(brackets), column.kind === "text" ? h("bdi", {}, text) : text);
  return column.tip?.(row) ? addTip(node, () => column.tip(row)) : node;
}

function chanceName({ section }) {
  const label = h("span", {}, "Chance", section.table ? null : h("span", { class: "access" }, " on the paper's questions"));
  return addTip(label, () => ["Chance", "What a random choice scores on the paper's questions: Table 6.",
    section.table ? null : "On other questions it may differ a little: macro F1 depends on how often each answer is right."]);
}

function scoreOf(column, kind, row, context) {
  const { letters, shades, state, notes } = context;
  const cell = column.cell(row);
  if (!cell || cell.value === null) {
    const node = h("td", { class: `${kind} none` }, "–", marked(cell, letters));
    return addTip(node, () => [`No score on ${column.task?.name ?? column.title}`, ...textsOf(cell, notes)]);
  }
  const fixed = row.access === "human" || row.access === "chance";
  const shade = fixed ? null : shades.get(column.key)?.(cell.value);
  const node = h("td", {
    class: `${kind}${shade?.best ? " best" : ""}`,
    style: shade ? `--shade: ${shade.share.toFixed(3)}` : null,
  }, number(cell.value), marked(cell, letters), state.intervals && intervalOf(cell));
  return addTip(node, () => aboutCell(column, row, cell, context));
}

const intervalOf = ({ interval }) => interval && h("small", { class: "interval" }, `${number(interval[0])}–${number(interval[1])}`);

function modelOf(row, { state, toggle, pin, section, board }) {
  const open = state.open.has(row.id);
  const name = row.access === "human" && !row.run ? "Human" : row.model;
  const button = h("button", {
    type: "button",
    class: "name",
    "aria-expanded": String(open),
    "data-focus": `row-${row.id}`,
    onclick: () => toggle(row.id),
  }, h("bdi", {}, name));
  addTip(button, () => [row.model, ...aboutSource(row, section, board, state)]);
  const source = PROVENANCES[row.provenance];
  // The name opens the same; Tab need not stop twice.
  const mark = h("button", {
    type: "button",
    class: `mark ${row.provenance}`,
    tabindex: "-1",
    "aria-label": `${source.name}: open its record`,
    onclick: () => toggle(row.id),
  }, source.letter);
  addTip(mark, () => [source.about, "Opens its record"]);
  return [
    h("div", { class: "who" }, row.access !== "human" && pinOf(row, state, pin), button, mark,
      row.access === "closed" && h("span", { class: "access" }, "closed"),
      unfinished(row) && h("span", { class: "access" }, unfinished(row))),
    row.run?.notice && h("div", { class: "notice", dir: "auto", title: row.run.notice }, row.run.notice),
  ];
}

function pinOf(row, state, pin) {
  const pinned = state.pins.has(row.id);
  const button = h("button", {
    type: "button",
    class: "pin",
    "aria-pressed": String(pinned),
    "aria-label": `Pin ${row.model}`,
    "data-focus": `pin-${row.id}`,
    onclick: () => pin(row.id),
  });
  return addTip(button, () => [pinned ? "Pinned: stays on top in every order and through every filter" : "Pin to the top"]);
}

function unfinished(row) {
  if (!row.run || row.access === "human" || row.answered === row.run.samples) return null;
  return `${count(row.answered)} of ${count(row.run.samples)} answered`;
}
