// What each configuration costs alone.

import { drawSpeed } from "./speed.js";

export const speedView = {
  key: "speed",
  name: "Speed",
  controls: ["search", "reset", "share"],
  parameters: {},
  hint: () => "Each configuration alone, several times: medians, quartiles on hover; a name opens where its record lies. Only rows of one table may be compared.",
  draw(context) {
    const { board, announce } = context;
    announce(board.speed.reduce((sum, section) => sum + section.rows.length, 0));
    return drawSpeed(board.speed, context);
  },
};
