// Sections of scores: which rows the filters leave, and each section as heading, table, notes and downloads.

import { h } from "./dom.js";
import { drawDownloads } from "./exports.js";
import { count, method } from "./format.js";
import { drawNotes, drawTable } from "./table.js";

export const TABLE_CONTROLS = ["protocol", "search", "filters", "columns", "share"];

const HINTS = {
  strict: "Strict: a reply that cannot be read is wrong.",
  published: "Published: replies that cannot be read are left out. This is the paper's denominator, " +
    "not its ten parsers nor its choice of macro or weighted averages for each model.",
};

export function tableHint({ board, state }) {
  const facts = `${count(board.source.count)} questions, ${board.tasks.length} tasks, 90–300 s.`;
  return `${facts} ${HINTS[state.protocol]} Published rows keep the paper's own scores; the switch is for measured runs.`;
}

// Each section with the rows that the filters leave.
export function shownIn(sections, { state }) {
  return sections.map((section) => ({ section, rows: section.rows.filter((row) => fits(row, state)) }));
}

// `shown` is what `shownIn` gives.
export function drawSections(shown, context) {
  context.announce(shown.reduce((sum, { rows }) => sum + rows.length, 0));
  const drawn = shown.filter(({ rows }) => rows.length).map(({ section, rows }) => drawSection(section, rows, context));
  return drawn.length ? drawn : [empty(context)];
}

function fits(row, state) {
  if (!state.provenance.has(row.provenance)) return false;
  if (row.access === "human") return true;  // pinned
  if (!state.access.has(row.access)) return false;
  const text = `${row.model} ${row.configuration} ${method(row)} ${row.duration ?? ""}`.toLowerCase();
  return state.query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function drawSection(section, rows, context) {
  return h("section", {},
    h("h2", {},
      section.table ? `Table ${section.table}. ` : "Measured on ",
      h("bdi", {}, section.table ? section.caption : section.dataset),
      section.table ? null : h("span", { class: "muted" },
        ` ${count(section.count)} samples, SHA-256 ${section.sha256.slice(0, 12)}. Not comparable with the published tables.`)),
    drawTable(section, rows, context),
    drawNotes(section),
    drawDownloads(section, rows, context));
}

function empty({ clear }) {
  return h("p", { class: "empty" }, "No row matches. ", h("button", {
    type: "button",
    class: "plain",
    onclick: clear,
  }, "Clear search and filters"));
}
