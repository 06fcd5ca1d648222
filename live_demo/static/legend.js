// How the lanes are read, in words: only what is drawn is explained.

import { h } from "./dom.js";

const scale = () => h("span", { class: "scale", "aria-hidden": "true" });

export function legend(drawn) {
  const layers = Math.max(0, ...drawn.map(({ map }) => map.length));
  return [
    drawn.some(({ map, spans }) => !map.length && spans.length) &&
      h("li", {}, "Time: none kept ", scale(), " all kept of a moment's audio tokens. Listen plays what a method kept or removed."),
    drawn.some(({ curve }) => curve.length) &&
      h("li", {}, "The line above is the attention by which the method chose (square root, largest at the top): what lies under its peaks is kept."),
    layers > 0 &&
      h("li", {}, `Evictions: ${layers} rows, the first layer at the top, none held `, scale(), " all held of that moment in the layer's cache. " +
        "They remove cache entries layer by layer, after every layer has heard everything, so there is nothing to play."),
  ].filter(Boolean);
}
