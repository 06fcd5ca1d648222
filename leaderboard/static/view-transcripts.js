// How transcripts go wrong.

import { some } from "./choices.js";

export const transcriptsView = {
  key: "transcripts",
  name: "Transcripts",
  controls: ["share"],
  parameters: { model: "", stage: "" },
  hint: () => "Words left out, exchanged and put in, and replies that repeat themselves, in the transcripts of a measured run.",
  draw: ({ state, figure }) => [figure("transcripts", some(state, ["model", "stage"]))],
};
