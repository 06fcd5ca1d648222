// What each configuration costs alone.

import { some } from "./choices.js";
import { drawSpeed } from "./speed.js";

export const speedView = {
  key: "speed",
  name: "Speed",
  controls: ["search", "reset", "share"],
  parameters: { section: "" },
  hint: () => "Each configuration alone, several times: medians, quartiles on hover; a name opens where its record lies. " +
    "Only rows of one table may be compared. They come from records of amarathon efficiency, and from no timing of an evaluation.",
  draw(context) {
    const { board, state, announce, figure } = context;
    announce(board.speed.reduce((sum, section) => sum + section.rows.length, 0));
    if (!board.speed.length) return drawSpeed(board.speed, context);
    return [figure("speed", some(state, ["section"])), ...drawSpeed(board.speed, context)];
  },
};
