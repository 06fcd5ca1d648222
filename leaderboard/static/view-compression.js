// Token pruning and cache eviction: figures over what is removed and what it costs, and the tables they are drawn from.

import { chooser, choices, some } from "./choices.js";
import { TABLE_CONTROLS, drawSections, tableHint } from "./sections.js";

export const pruningView = compressionView("pruning", "Token pruning", "prune", "overall");
// One letter never changes under eviction; a transcript does.
export const evictionView = compressionView("eviction", "Cache eviction", "evict", "ASR");

// Each figure with its name and the parameters it takes.
const CHARTS = {
  curves: ["Score by share removed", ["score", "model", "protocol"]],
  pareto: ["Score by cost, best under a budget", ["score", "model", "protocol", "cost", "budget", "loss"]],
  delta: ["Change by task, tested", ["model"]],
  costs: ["Measured cost by share removed", ["measure", "section"]],
};
const NAMES = Object.entries(CHARTS).map(([chart, [name]]) => [chart, name]);

function compressionView(key, name, stage, usual) {
  const measured = (board) => board.measured
    .map((section) => ({ ...section, rows: section.rows.filter((row) => row.steps.every((step) => step.stage === stage)) }))
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
        figure(chart, { stage, ...some(state, CHARTS[chart][1]) }),
        ...drawSections([board[key], ...measured(board)], context),
      ];
    },
  };
}
