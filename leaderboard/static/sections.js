// Sections of scores: which rows the filters leave, and each section as heading, table, notes and downloads.

import { columnsOf } from "./columns.js";
import { h } from "./dom.js";
import { drawDownloads } from "./exports.js";
import { fits } from "./filters.js";
import { count } from "./format.js";
import { drawLegend } from "./legend.js";
import { drawNotes } from "./notes.js";
import { chanceRow, drawTable } from "./table.js";

export const TABLE_CONTROLS = ["protocol", "search", "filters", "columns", "intervals", "reset", "share"];

// The key above the first table says what there is to say.
export const tableHint = () => "";

// Each section with the rows that search and filters leave. People stay where some row does, pinned rows always.
export function shownIn(sections, { state }) {
  return sections.map((section) => {
    const found = section.rows.filter((row) => fits(row, section, state));
    const chosen = new Set(found);
    const some = found.some((row) => row.access !== "human") || section.rows.some((row) => state.pins.has(row.id));
    const rows = section.rows.filter((row) => chosen.has(row) || state.pins.has(row.id) || (some && row.access === "human"));
    return { section, rows, found: found.length };
  });
}

export function drawSections(sections, context) {
  const shown = shownIn(sections, context);
  const found = shown.reduce((sum, one) => sum + one.found, 0);
  context.announce(found);
  const drawn = shown.filter(({ rows }) => rows.length).map(({ section, rows }) => drawSection(section, rows, context));
  return [...(found ? [] : [empty(context)]), ...(drawn.length ? [drawLegend(context), ...drawn] : [])];
}

function drawSection(section, rows, context) {
  const columns = columnsOf(context.board, section, context.view, context.state);
  return h("section", {},
    h("h2", {},
      section.table ? `Table ${section.table}. ` : `${howScored(section)} on `,
      h("bdi", {}, section.table ? section.caption : section.dataset),
      h("span", { class: "muted" }, about(section, rows, context))),
    drawTable(section, rows, context),
    drawNotes(section, [...rows, chanceRow(context.board)], columns, context.board),
    drawDownloads(section, rows, context));
}

// Whether a dataset's runs were measured here, submitted, or both.
export function howScored({ rows }) {
  const kinds = new Set(rows.filter(({ access }) => access !== "human").map(({ provenance }) => provenance));
  if (!kinds.has("submitted")) return "Measured";
  return kinds.size === 1 ? "Submitted" : "Measured and submitted";
}

function about(section, rows, { view }) {
  const many = rows.length > 60 ? ` ${count(rows.length)} rows, drawn as you scroll: Search finds what the browser's own search cannot.` : "";
  if (!section.table) {
    return ` ${count(section.count)} samples, SHA-256 ${section.sha256.slice(0, 12)}. Not comparable with the published tables.${many}`;
  }
  const published = view === "models" ? " No predictions published: ranks follow the printed average, and no tie can be tested." : "";
  return `${section.count ? ` ${count(section.count)} questions.` : ""}${published}${many}`;
}

function empty({ clear, state }) {
  return h("p", { class: "empty" }, state.pins.size ? "Nothing else matches. " : "Nothing matches. ", h("button", {
    type: "button",
    class: "plain",
    onclick: clear,
  }, "Clear search and filters"));
}
