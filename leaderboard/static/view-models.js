// Models: the paper's table, and every dataset with measured runs.

import { h } from "./dom.js";
import { TABLE_CONTROLS, drawSections, shownIn, tableHint } from "./sections.js";

export const modelsView = {
  key: "models",
  name: "Models",
  controls: TABLE_CONTROLS,
  parameters: {},
  hint: tableHint,
  draw(context) {
    const { board } = context;
    return [
      ...drawSections(shownIn([board.models, ...board.measured], context), context),
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
