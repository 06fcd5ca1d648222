// Long and short audio of the same tasks, and scores by the length of the audio.

import { chooser, choices, some } from "./choices.js";
import { TABLE_CONTROLS, drawSections, tableHint } from "./sections.js";

const CHARTS = {
  pairs: ["Long against short", ["pair", "protocol"]],
  duration: ["Score by length, measured runs", ["task", "model", "configuration", "protocol"]],
};
const NAMES = Object.entries(CHARTS).map(([chart, [name]]) => [chart, name]);

export const durationView = {
  key: "duration",
  name: "Duration",
  controls: TABLE_CONTROLS,
  parameters: { chart: "pairs", pair: "", task: "", model: "", configuration: "" },
  hint: tableHint,
  draw(context) {
    const { board, state, change, figure } = context;
    const chart = CHARTS[state.chart] ? state.chart : "pairs";
    return [
      choices(chooser("Figure", NAMES, chart, (chosen) => change({ chart: chosen }))),
      figure(chart, some(state, CHARTS[chart][1])),
      ...drawSections([board.duration], context),
    ];
  },
};
