// The page's views, in the order of their tabs. Each is declared once, in a file of its own.
//
// key         its name in the address
// name        its tab
// controls    which of search, protocol, filters, columns and share stand above it
// parameters  what of it the address keeps besides: name to default, all texts
// hint        (context) a sentence above it
// draw        (context) its nodes; they may fill themselves later


import { durationView } from "./view-duration.js";
import { modelsView } from "./view-models.js";
import { evictionView, pruningView } from "./view-compression.js";
import { speedView } from "./view-speed.js";

export const VIEWS = [modelsView, pruningView, evictionView, durationView, speedView];

export const viewOf = (key) => VIEWS.find((view) => view.key === key) ?? VIEWS[0];
