// What each configuration costs alone.

import { some } from "./choices.js";
import { h } from "./dom.js";
import { drawSpeed } from "./speed.js";

export const speedView = {
  key: "speed",
  name: "Speed",
  controls: ["search", "share"],
  parameters: { section: "" },
  hint: () => "Each configuration alone, several times: medians, quartiles on hover. Only rows of one table may be compared. " +
    "They come from records of amarathon efficiency, and from no timing of an evaluation.",
  draw(context) {
    const { board, state, announce, figure } = context;
    announce(board.speed.reduce((sum, section) => sum + section.rows.length, 0));
    if (!board.speed.length) return [empty()];
    return [figure("speed", some(state, ["section"])), ...drawSpeed(board.speed, context)];
  },
};

const empty = () => h("p", { class: "empty" }, "Nothing was measured alone here yet. ",
  h("code", {}, "amarathon efficiency --configurations vanilla,frame@0.6 --out .data/runs/speed"), " writes such records; this table shows every folder of them among the runs.");
