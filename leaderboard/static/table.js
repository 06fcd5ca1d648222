// A section as a table: people and chance on top, then what is pinned, then the others in their order.

import { MODEL_WIDTH, columnsOf } from "./columns.js";
import { h } from "./dom.js";
import { drawHead, stickyHead, widthsOf } from "./head.js";
import { lettersOf, notesOf } from "./notes.js";
import { drawRecord } from "./record.js";
import { drawRow } from "./row.js";
import { fillBody } from "./sight.js";
import { sorted, sortingOf } from "./sorting.js";
import { bracketsOf } from "./ties.js";

const NARROWEST = 10;  // points between which a column's whole shade may run
// A best figure that more rows share says nothing.
const MOST_BEST = 2;

// `context`: board, view, state, change(patch), toggle(id), pin(id), settle(fn).
export function drawTable(section, rows, context) {
  const { board, view, state } = context;
  const columns = columnsOf(board, section, view, state);
  const sorting = sortingOf(columns, view, state);
  const notes = notesOf(section, board);
  const own = { ...context, section, columns, sorting, notes, letters: lettersOf(notes), shades: shadesOf(section, columns),
    brackets: view === "models" && ["overall", "rank"].includes(sorting.key) ? bracketsOf(section, state.protocol) : new Map() };
  const lines = linesOf(section, sorted(rows, columns, sorting), own);
  const groups = columns.some(({ group }) => group) ? 2 : 1;
  const body = h("tbody");
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const table = h("table", {
    class: "scores",
    style: `--columns: ${width}px; --model: ${MODEL_WIDTH.desk}px; --model-phone: ${MODEL_WIDTH.phone}px`,
    "aria-rowcount": String(lines.length + groups),
  }, h("caption", { class: "sr" }, section.caption), widthsOf(columns), drawHead(columns, own), body);
  fillBody(body, lines, (line, index) => {
    const parts = [drawRow(line, index + 1 + groups, own)];
    if (state.open.has(line.row.id)) parts.push(drawRecord(line.row, columns.length, own));
    return parts;
  }, columns.length, context);
  const region = h("div", { class: "region", role: "region", tabindex: "0", "aria-label": `Scores: ${nameOf(section)}` }, table);
  return h("div", { class: "framed" }, stickyHead(region, table, columns, own), region);
}

// Datasets of one name are told apart by what they hold.
const nameOf = ({ title, sha256 }) => (sha256 ? `${title}, SHA-256 ${sha256.slice(0, 12)}` : title);

// The rows that a table shows, each with the kind of line it is.
function linesOf(section, rows, { board, columns, state }) {
  const people = rows.filter((row) => row.access === "human");
  const others = rows.filter((row) => row.access !== "human");
  const pinned = others.filter((row) => state.pins.has(row.id));
  const tall = (row) => `${row.run?.notice ? "noticed" : "row"}${state.intervals && row.run ? " intervals" : ""}`;
  return [
    ...people.map((row) => ({ row, kind: "human" })),
    ...(columns.some(({ task }) => task && board.chance[task.code]) ? [{ row: chanceRow(board), kind: "chance" }] : []),
    ...pinned.map((row) => ({ row, kind: tall(row), pinned: true })),
    ...others.filter((row) => !state.pins.has(row.id)).map((row) => ({ row, kind: tall(row) })),
  ];
}

const CELL = { interval: null, count: null, unread: null, held_fixed: [], clusters: null, notes: [] };

// What a random choice scores, in the form of a row; it is neither sorted nor ranked.
export function chanceRow(board) {
  const tasks = Object.fromEntries(Object.entries(board.chance).map(([code, { value, notes }]) => [code, { ...CELL, value, notes }]));
  const values = Object.values(tasks).map(({ value }) => value);
  const overall = { ...CELL, value: values.reduce((sum, value) => sum + value, 0) / values.length, notes: ["partial-mean"] };
  return { id: "chance", access: "chance", provenance: "published", model: "Chance", configuration: "", steps: [], facts: {},
    parameters: null, run: null, ranks: {}, model_ranks: {}, gaps: {}, scores: { published: { tasks, overall } } };
}

// Column key to a function from a value to its shade and whether it is the best, people left out.
function shadesOf(section, columns) {
  const shades = new Map();
  for (const column of columns.filter(({ kind }) => kind === "score")) {
    let [low, high, times, have] = [Infinity, -Infinity, 0, 0];
    for (const row of section.rows) {
      const value = row.access === "human" ? null : column.value(row);
      if (value === null) continue;
      have += 1;
      if (value < low) low = value;
      if (value > high) [high, times] = [value, 0];
      if (value === high) times += 1;
    }
    if (have < 2 || high === low) continue;
    const span = Math.max(high - low, NARROWEST);
    shades.set(column.key, (value) => ({ share: 1 - (high - value) / span, best: times <= MOST_BEST && value === high }));
  }
  return shades;
}
