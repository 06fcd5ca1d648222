// Scores of the slices of a task.

import { some } from "./choices.js";

export const slicesView = {
  key: "slices",
  name: "Slices",
  controls: ["protocol", "share"],
  parameters: { task: "", model: "" },
  hint: () => "Each task's questions by what they are about, under every configuration of a measured run.",
  draw: ({ state, figure }) => [figure("slices", some(state, ["task", "model", "protocol"]))],
};
