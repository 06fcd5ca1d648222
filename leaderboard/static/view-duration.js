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
    const sections = [context.board.duration];
    return [drawDurations(shownIn(sections, context), context), ...drawSections(sections, context)];
  },
};
