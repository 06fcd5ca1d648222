// Samples: what is asked, the sound itself, and what each model answered.

import { SampleExplorer } from "./sample-explorer.js";

// Made when the view is first opened, and kept: what plays goes on while something around it changes.
let explorer = null;

export const samplesView = {
  key: "samples",
  name: "Samples",
  controls: ["share"],
  parameters: { sample: "", set: "", run: "", task: "", show: "all", slice: "", page: "1", gold: "" },
  steps: ["sample"],
  hint: () => "What is asked, the recording it is about, and every answer of the measured runs. What is right is hidden until you ask.",
  draw(context) {
    explorer ??= new SampleExplorer(context.api);
    explorer.show(context);
    return [explorer.node];
  },
};
