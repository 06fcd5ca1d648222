// Token pruning and cache eviction: figures over what is removed and what it costs, and the tables they are drawn from.

import { chooser, choices, some } from "./choices.js";
import { TABLE_CONTROLS, drawSections, tableHint } from "./sections.js";

// What shortens the audio before the model stands with pruning; what does both stands in both views.
export const pruningView = compressionView("pruning", "Token pruning", ["prune", "before"], "overall");
// One letter never changes under eviction; a transcript does.
export const evictionView = compressionView("eviction", "Cache eviction", ["evict"], "ASR");

// Each figure with its name and the parameters it takes.
const CHARTS = {
  curves: ["Score by share removed", ["score", "model", "protocol"]],
  pareto: ["Score by cost, best under a budget", ["score", "model", "protocol", "cost", "budget", "loss"]],
  delta: ["Change by task, tested", ["model"]],
  costs: ["Measured cost by share removed", ["measure", "section"]],
};
const NAMES = Object.entries(CHARTS).map(([chart, [name]]) => [chart, name]);

function compressionView(key, name, stages, usual) {
  const belongs = (row) => !row.steps.length || row.steps.some((step) => stages.includes(step.stage));
  const measured = (board) => board.measured
    .map((section) => ({ ...section, rows: section.rows.filter(belongs) }))
    .filter((section) => section.rows.some((row) => row.steps.length));
  return {
    key,
    name,
    controls: TABLE_CONTROLS,
    parameters: { chart: "curves", score: usual, model: "", cost: "", measure: "", section: "", budget: "", loss: "" },
    hint: tableHint,
    draw(context) {
      const { board, state, change, figure } = context;
      const chart = CHARTS[state.chart] ? state.chart : "curves";
      return [
        choices(chooser("Figure", NAMES, chart, (chosen) => change({ chart: chosen }))),
        figure(chart, { stage: stages[0], ...some(state, CHARTS[chart][1]) }),
        ...drawSections([board[key], ...measured(board)], context),
      ];
    },
  };
}
