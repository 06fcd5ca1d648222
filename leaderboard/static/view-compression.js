// Token pruning and cache eviction: curves over what is removed, and the tables they are drawn from.

import { drawCurves } from "./chart.js";
import { TABLE_CONTROLS, drawSections, shownIn, tableHint } from "./sections.js";

// What shortens the audio before the model stands with pruning; what does both stands in both views.
export const pruningView = compressionView("pruning", "Token pruning", ["prune", "before"]);
export const evictionView = compressionView("eviction", "Cache eviction", ["evict"]);

function compressionView(key, name, stages) {
  const belongs = (row) => !row.steps.length || row.steps.some((step) => stages.includes(step.stage));
  const measured = (board) => board.measured
    .map((section) => ({ ...section, rows: section.rows.filter(belongs) }))
    .filter((section) => section.rows.some((row) => row.steps.length));
  return {
    key,
    name,
    controls: TABLE_CONTROLS,
    parameters: { score: "" },
    hint: tableHint,
    draw(context) {
      const sections = [context.board[key], ...measured(context.board)];
      return [drawCurves(stages[0], shownIn(sections, context), context), ...drawSections(sections, context)];
    },
  };
}
