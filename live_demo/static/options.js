// How sure the model was: the probability of each option's letter as the reply's first token.

import { h } from "./dom.js";
import { percent, wholePercent } from "./format.js";

const LETTERS = "ABCDE";

export function optionBars(row, options) {
  if (!row.option_shares?.length) return null;
  const all = row.option_mass === null ? "" : ` These letters together have ${percent(row.option_mass)} of the whole vocabulary.`;
  return h("div", { class: "option-bars", role: "group", "aria-label": `Probability of each option under ${row.configuration}`,
    title: `Probability of each letter as the first token, among the letters.${all}` },
    row.option_shares.map((share, index) =>
      h("div", { class: row.answer === LETTERS[index] ? "bar chosen" : "bar" },
        h("span", { class: "bar-name" }, LETTERS[index], options[index] ? ` ${options[index]}` : ""),
        h("span", { class: "bar-track", "aria-hidden": "true" }, h("span", { class: "bar-fill", style: `width: ${100 * share}%` })),
        h("span", { class: "bar-number" }, wholePercent(share)))));
}
