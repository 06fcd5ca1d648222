// What is said after a practice question: the right answer, and how a transcript differs from it.

import { h } from "./dom.js";

export function feedbackView({ correct, choice, reference, difference = [] }, item, letters) {
  if (reference !== null) return transcriptView(correct, reference, difference);
  const place = item.options.findIndex((option) => option.index === choice);
  const right = place < 0 ? null : h("p", {}, "The answer is ", h("strong", {}, `${letters[place]}: ${item.options[place].text}`), ".");
  return [verdict(correct), right].filter(Boolean);
}

const verdict = (correct) => h("p", {}, h("strong", {}, correct ? "Right." : "Not right."));
const count = (text) => (text ? text.split(" ").length : 0);
const words = (number) => `${number} ${number === 1 ? "word" : "words"}`;

function transcriptView(correct, reference, difference) {
  const sum = (kind, side) => difference.filter((each) => each.kind === kind).reduce((all, each) => all + count(each[side]), 0);
  const all = difference.reduce((number, each) => number + count(each.reference), 0);
  const right = sum("equal", "reference");
  const shown = correct ? [verdict(true)] : [
    h("p", {}, h("strong", {}, `${right} of ${words(all)} right.`), ` ${words(sum("substitute", "reference"))} wrong, ${sum("delete", "reference")} missing, ${sum("insert", "hypothesis")} too many.`),
    h("p", { class: "difference" }, ...difference.flatMap((each) => [...marked(each), " "])),
    h("p", { class: "muted" }, h("del", {}, "crossed out"), ": what you wrote; ", h("ins", {}, "underlined"), ": what was said. Capitals and punctuation do not count."),
  ];
  return [...shown, h("p", {}, "What was said: ", h("span", { class: "said" }, reference))];
}

function marked({ kind, reference, hypothesis }) {
  const wrote = h("del", {}, h("span", { class: "sr" }, "you wrote: "), hypothesis);
  const said = h("ins", {}, h("span", { class: "sr" }, "was said: "), reference);
  return { equal: [reference], substitute: [wrote, " ", said], delete: [said], insert: [wrote] }[kind];
}
