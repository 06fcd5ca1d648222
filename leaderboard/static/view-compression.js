// Token pruning and cache eviction: curves over what is removed, and the tables they are drawn from.

import { drawCurves } from "./chart.js";
import { TABLE_CONTROLS, drawSections, shownIn, tableHint } from "./sections.js";

export const pruningView = compressionView("pruning", "Token pruning", "prune");
export const evictionView = compressionView("eviction", "Cache eviction", "evict");

function compressionView(key, name, stage) {
  const measured = (board) => board.measured
    .map((section) => ({ ...section, rows: section.rows.filter((row) => row.steps.every((step) => step.stage === stage)) }))
    .filter((section) => section.rows.some((row) => row.steps.length));
  return {
    key,
    name,
    controls: TABLE_CONTROLS,
    parameters: { score: "" },
    hint: tableHint,
    draw(context) {
      const shown = shownIn([context.board[key], ...measured(context.board)], context);
      return [drawCurves(stage, shown, context), ...drawSections(shown, context)];
    },
  };
}
