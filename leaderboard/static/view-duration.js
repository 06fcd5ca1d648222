// Long and short audio of the same tasks.

import { drawDurations } from "./chart.js";
import { TABLE_CONTROLS, drawSections, shownIn, tableHint } from "./sections.js";

export const durationView = {
  key: "duration",
  name: "Duration",
  controls: TABLE_CONTROLS,
  parameters: {},
  hint: tableHint,
  draw(context) {
    const shown = shownIn([context.board.duration], context);
    return [drawDurations(shown, context), ...drawSections(shown, context)];
  },
};
