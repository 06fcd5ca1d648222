// What each configuration costs alone.

import { drawSpeed } from "./speed.js";

export const speedView = {
  key: "speed",
  name: "Speed",
  controls: ["search", "share"],
  parameters: {},
  hint: () => "Each configuration alone, several times: medians, quartiles on hover. Only rows of one table may be compared.",
  draw({ board, state, announce }) {
    announce(board.speed.reduce((sum, section) => sum + section.rows.length, 0));
    return drawSpeed(board.speed, state);
  },
};
