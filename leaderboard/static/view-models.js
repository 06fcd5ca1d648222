// Models: the paper's table, and every dataset with measured runs. What was done to a model has views of its own.

import { h } from "./dom.js";
import { TABLE_CONTROLS, drawSections, tableHint } from "./sections.js";

// One board's sections with models alone; the board does not change while the page is open.
const known = new WeakMap();

function sectionsOf(board) {
  if (!known.has(board)) {
    const models = [board.models, ...board.measured].map((section) => ({ ...section, rows: section.rows.filter((row) => !row.steps.length) }));
    known.set(board, models.filter(({ rows }) => rows.length));
  }
  return known.get(board);
}

export const modelsView = {
  key: "models",
  name: "Models",
  controls: TABLE_CONTROLS,
  parameters: {},
  hint: tableHint,
  draw(context) {
    const { board } = context;
    return [
      ...drawSections(sectionsOf(board), context),
      foldersOf("Runs without scores", board.pending),
      foldersOf("Runs that cannot be read", board.broken),
    ];
  },
};

function foldersOf(title, folders) {
  if (!folders.length) return null;
  return h("section", {}, h("h2", {}, title), h("ul", { class: "notes" },
    folders.map(({ folder, reason }) => h("li", {}, h("bdi", {}, folder), ": ", h("bdi", {}, reason)))));
}
