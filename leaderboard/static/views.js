// The page's views, in the order of their tabs. Each is declared once, in a file of its own.
//
// key         its name in the address
// name        its tab
// controls    which of search, protocol, filters, columns and share stand above it
// parameters  what of it the address keeps besides: name to default, all texts
// hint        (context) a sentence above it
// steps       names of parameters whose change adds to the history, so that Back undoes it; none by default
// draw        (context) its nodes; they may fill themselves later

import { benchmarkView } from "./view-benchmark.js";
import { binauralView } from "./view-binaural.js";
import { compareView } from "./view-compare.js";
import { evictionView, pruningView } from "./view-compression.js";
import { durationView } from "./view-duration.js";
import { modelsView } from "./view-models.js";
import { samplesView } from "./view-samples.js";
import { slicesView } from "./view-slices.js";
import { speedView } from "./view-speed.js";
import { submitView } from "./view-submit.js";
import { transcriptsView } from "./view-transcripts.js";

export const VIEWS = [
  modelsView, compareView, samplesView, pruningView, evictionView, durationView, slicesView, transcriptsView, speedView,
  binauralView, benchmarkView, submitView,
];

export const viewOf = (key) => VIEWS.find((view) => view.key === key) ?? VIEWS[0];
