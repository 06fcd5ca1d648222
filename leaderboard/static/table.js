// A section as a table: grouped columns, shading by column, the human row on top, details on demand.

import { aboutCell, aboutSource, columnsOf } from "./columns.js";
import { h } from "./dom.js";
import { count, hasInterval, number, scores } from "./format.js";
import { addTip } from "./tip.js";

const letter = (index) => String.fromCharCode(97 + index);

// `context`: board, view, state, open (ids of rows with details), change(patch).
export function drawTable(section, rows, context) {
  const { board, view, state } = context;
  const columns = columnsOf(board, section, view, state);
  const marks = markNotes(section);
  const shades = shadesOf(section, columns);
  const table = h("table", { class: "scores" },
    h("caption", { class: "sr" }, section.caption),
    head(columns, context),
    h("tbody", {}, sorted(rows, columns, state).flatMap((row) => {
      const parts = [line(row, columns, { section, marks, shades, ...context })];
      if (context.open.has(row.id)) parts.push(details(row, columns.length, section, context));
      return parts;
    })),
  );
  return h("div", { class: "region", role: "region", tabindex: "0", "aria-label": `Scores: ${section.title}` }, table);
}

export function drawNotes(section) {
  const marks = markNotes(section);
  if (!section.notes.length) return null;
  return h("ul", { class: "notes" }, section.notes.map((note) =>
    h("li", {}, marks.has(note.id) && h("sup", {}, marks.get(note.id)), " ", note.text)));
}

// Notes on cells have a letter; those on the table as a whole stand without.
function markNotes(section) {
  const marked = section.notes.filter((note) => note.columns.length);
  return new Map(marked.map((note, index) => [note.id, letter(index)]));
}

function sorted(rows, columns, state) {
  const column = columns.find(({ key }) => key === state.sort);
  const people = rows.filter((row) => row.access === "human");
  const others = rows.filter((row) => row.access !== "human");
  if (column) {
    const sign = state.descending ? -1 : 1;
    const compare = (one, two) => {
      const [a, b] = [column.value(one), column.value(two)];
      if (a === null || b === null) return (a === null) - (b === null);  // what is missing comes last
      return sign * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
    };
    others.sort(compare);
  }
  return [...people, ...others];
}

function head(columns, context) {
  const groups = [];
  for (const column of columns) {
    const last = groups.at(-1);
    if (last && last.name === (column.group ?? "")) last.span += 1;
    else groups.push({ name: column.group ?? "", span: 1 });
  }
  return h("thead", {},
    h("tr", { class: "groups" }, groups.map(({ name, span }, index) => name
      ? h("th", { colspan: span, scope: "colgroup", class: "group" }, name)
      : h("td", { colspan: span, class: index === 0 ? "lead" : null }))),
    h("tr", {}, columns.map((column, index) => heading(column, columns[index - 1], context))));
}

function heading(column, before, { state, change }) {
  const active = state.sort === column.key;
  const button = h("button", {
    type: "button",
    "data-focus": `sort-${column.key}`,
    onclick: () => change({ sort: column.key, descending: active ? !state.descending : first(column) }),
  }, column.label, h("span", { class: "arrow", "aria-hidden": "true" }, active ? (state.descending ? "↓" : "↑") : ""));
  addTip(button, () => [column.title]);
  return h("th", {
    scope: "col",
    class: classes(column, before),
    "aria-sort": active ? (state.descending ? "descending" : "ascending") : null,
  }, button);
}

const first = (column) => !(column.ascends || column.kind === "text" || column.kind === "model");

function classes(column, before) {
  const edge = column.group !== before?.group && (column.group || before?.group) ? " edge" : "";
  const right = ["score", "plain"].includes(column.kind) ? " number" : "";
  return `${column.kind}${column.key === "overall" ? " overall" : ""}${right}${edge}`;
}

function line(row, columns, context) {
  const human = row.access === "human";
  return h("tr", { class: human ? "human" : row.provenance, "data-row": row.id },
    columns.map((column, index) => cellOf(column, columns[index - 1], row, context)));
}

function cellOf(column, before, row, context) {
  const kind = classes(column, before);
  if (column.kind === "model") return h("th", { scope: "row", class: kind }, modelOf(row, context));
  if (column.kind === "score") return scoreOf(column, kind, row, context);
  const text = column.text ? column.text(row) : column.value(row) ?? "–";
  const tied = column.kind === "rank" && text.includes("–") ? " tied" : "";
  const node = h("td", { class: kind + tied }, text);
  return column.tip?.(row) ? addTip(node, () => column.tip(row)) : node;
}

function scoreOf(column, kind, row, { section, marks, shades, board, state }) {
  const cell = column.cell(row);
  if (!cell || cell.value === null) {
    const node = h("td", { class: `${kind} none` }, "–", marked(cell, marks));
    return addTip(node, () => [`No score on ${column.task?.name ?? column.label}`,
      ...section.notes.filter((note) => cell?.notes.includes(note.id)).map((note) => note.text)]);
  }
  const shade = row.access === "human" ? null : shades.get(column.key)?.(cell.value);
  const node = h("td", {
    class: kind + (shade?.best ? " best" : ""),
    style: shade ? `--shade: ${shade.share.toFixed(3)}` : null,
  }, number(cell.value), marked(cell, marks));
  return addTip(node, () => aboutCell(column, row, cell, section, board, state));
}

function marked(cell, marks) {
  const found = (cell?.notes ?? []).map((id) => marks.get(id)).filter(Boolean);
  return found.length ? h("sup", {}, found.join(" ")) : null;
}

// A column that spans less is shaded as if it spanned so many points: small differences look small.
const NARROWEST = 10;
const MOST_BEST = 2;

// Each column from its lowest to its highest score, people apart; over all rows, so that filters move nothing.
function shadesOf(section, columns) {
  const shades = new Map();
  for (const column of columns.filter(({ kind }) => kind === "score")) {
    const values = section.rows.filter((row) => row.access !== "human").map(column.value).filter((value) => value !== null);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (values.length < 2 || high === low) continue;
    const span = Math.max(high - low, NARROWEST);
    const marksBest = values.filter((value) => value === high).length <= MOST_BEST;
    shades.set(column.key, (value) => ({ share: 1 - (high - value) / span, best: marksBest && value === high }));
  }
  return shades;
}

function modelOf(row, { open, toggle, section, board, state }) {
  const expanded = open.has(row.id);
  const button = h("button", {
    type: "button",
    class: "name",
    "aria-expanded": String(expanded),
    "data-focus": `row-${row.id}`,
    onclick: () => toggle(row.id),
  }, h("bdi", {}, row.access === "human" && !row.run ? "Human" : row.model));
  addTip(button, () => [row.model, ...aboutSource(row, section, board, state)]);
  const measured = row.provenance === "measured";
  const mark = h("abbr", { class: `mark ${row.provenance}` }, measured ? "M" : "P");
  addTip(mark, () => [measured ? "Measured here" : "Published: as printed in the paper"]);
  return [
    h("div", { class: "who" }, button, mark,
      row.access === "closed" && h("span", { class: "access" }, "closed"),
      unfinished(row) && h("span", { class: "access" }, unfinished(row))),
    row.run?.notice && h("div", { class: "notice", dir: "auto", title: row.run.notice }, row.run.notice),
  ];
}

function unfinished(row) {
  if (!row.run || row.access === "human" || row.answered === row.run.samples) return null;
  return `${count(row.answered)} of ${count(row.run.samples)} answered`;
}

function details(row, span, section, { board, state }) {
  const facts = row.run ? runFacts(row.run, state) : [
    ["Source", `${board.source.title}. Table ${section.table}, arXiv ${board.source.arxiv}`],
    ["Scores", "As printed. Neither intervals nor replies are published, so the protocol switch leaves them as they are."],
  ];
  if (row.access !== "human" && row.access) facts.push(["Weights", row.access]);
  const by = scores(row, state.protocol);
  const figures = board.tasks.filter((task) => by.tasks[task.code]?.value !== undefined && by.tasks[task.code].value !== null);
  if (hasInterval(row, state.protocol) || figures.some((task) => by.tasks[task.code].interval)) {
    const text = figures.map(({ code }) => {
      const { value, interval, count: samples } = by.tasks[code];
      const range = interval ? ` (${number(interval[0])} to ${number(interval[1])})` : "";
      return `${code} ${number(value)}${range}, n = ${samples ?? "unknown"}`;
    });
    const { interval, held_fixed: fixed } = by.overall;
    if (interval) {
      text.unshift(`Overall ${number(by.overall.value)} (${number(interval[0])} to ${number(interval[1])}` +
        `${fixed.length ? `, conditional on the recordings of ${fixed.join(", ")}` : ""})`);
    }
    facts.push(["95% intervals", text.join("; ")]);
  }
  return h("tr", { class: "details" }, h("td", { colspan: span }, h("dl", {}, facts.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, value))))));
}

function runFacts(run, state) {
  const list = (texts) => Object.entries(texts).map(([name, value]) => `${name} ${value}`).join(", ") || "unknown";
  return [
    run.notice && ["Notice", run.notice],
    ["Run", `${run.run_id}, folder ${run.folder}`],
    ["Model", `revision ${run.revision}, adapter ${run.adapter}, ${run.dtype} on ${run.device}`],
    ["Dataset", `${run.dataset}, ${count(run.samples)} samples, SHA-256 ${run.dataset_sha256}`],
    ["Protocol", `${state.protocol}, version ${run.protocol_version}, seed ${run.seed}`],
    ["Answers", `${count(run.answered)} of ${count(run.planned)}; ${count(run.failed)} failed`],
    ["Commit", run.commit ?? "unknown"],
    ["Hardware", list(run.hardware)],
    ["Libraries", list(run.libraries)],
    ["Time", `${run.created_at} to ${run.finished_at ?? "not finished"}` +
      (run.continued ? `; continued ${run.continued} times elsewhere` : "")],
  ].filter(Boolean);
}
