// The key to a table, above it: marks, shade, bold, brackets, chance and the gap to people.

import { h } from "./dom.js";
import { PROVENANCES } from "./provenance.js";

// On a phone the table comes first, and the key opens on a tap.
const WIDE = "(min-width: 641px)";

const PROTOCOLS = {
  strict: "a reply that cannot be read is wrong",
  published: "replies that cannot be read are left out: the paper's denominator, not its ten parsers nor its choice of " +
    "macro or weighted averages for each model",
};

export function drawLegend({ board, view, state }) {
  const item = (sign, ...text) => h("li", {}, sign, " ", h("span", {}, ...text));
  const mark = (kind, sign) => h("span", { class: `mark ${kind}`, "aria-hidden": "true" }, sign);
  return h("details", { class: "legend-box", open: matchMedia(WIDE).matches },
    h("summary", {}, "Key"),
    h("ul", { class: "key" },
      Object.entries(PROVENANCES).map(([kind, { letter, about }]) => item(mark(kind, letter), kind === "published"
        ? h("a", { href: board.source.url }, about)
        : about)),
      item(h("strong", {}, "A mark"), "opens the full record"),
      item(h("i", { class: "swatch", "aria-hidden": "true" }), "a column's lowest to highest score"),
      item(h("strong", {}, "70.5"), "best of its column"),
      view === "models" && item(h("i", { class: "bracket-sign", "aria-hidden": "true" }), "tied: no paired test tells these models apart; ranks are ranges"),
      item(h("strong", {}, "Chance"), "a random choice, Table 6"),
      item(h("strong", {}, "Gap to human"), "mean over the tasks that people have a score on, less people's mean over the same"),
      item(h("strong", {}, "Scores"), "macro F1 times 100; Transcript: word accuracy rate"),
      item(h("strong", {}, state.protocol === "strict" ? "Strict" : "Published protocol"), `${PROTOCOLS[state.protocol]}; measured runs only`)));
}
