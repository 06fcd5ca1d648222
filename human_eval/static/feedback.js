// Feedback after a practice question: the right answer, and how a transcript differs from it.

import { h } from "./dom.js";

export function feedbackView({ correct, choice, reference, difference = [] }, item, letters) {
  if (reference !== null) return transcriptView(correct, reference, difference);
  const position = item.options.findIndex((option) => option.index === choice);
  const right = position < 0 ? null : h("p", {}, "The answer is ", h("strong", {}, `${letters[position]}: ${item.options[position].text}`), ".");
  return [verdict(correct), right].filter(Boolean);
}

const verdict = (correct) => h("p", {}, h("strong", {}, correct ? "Right." : "Not right."));
const count = (text) => (text ? text.split(" ").length : 0);
const words = (number) => `${number} ${number === 1 ? "word" : "words"}`;

function transcriptView(correct, reference, difference) {
  const sum = (kind, side) => difference.filter((part) => part.kind === kind).reduce((total, part) => total + count(part[side]), 0);
  const all = difference.reduce((total, part) => total + count(part.reference), 0);
  const right = sum("equal", "reference");
  const shown = correct ? [verdict(true)] : [
    h("p", {}, h("strong", {}, `${right} of ${words(all)} right.`), ` ${words(sum("substitute", "reference"))} wrong, ${sum("delete", "reference")} missing, ${sum("insert", "hypothesis")} added.`),
    h("p", { class: "difference" }, ...difference.flatMap((part) => [...marked(part), " "])),
    h("p", { class: "muted" }, h("del", {}, "crossed out"), ": what you wrote; ", h("ins", {}, "underlined"), ": what the speaker said. Capitals and punctuation do not count."),
  ];
  return [...shown, h("p", {}, "The speaker said: ", h("span", { class: "quote" }, reference))];
}

function marked({ kind, reference, hypothesis }) {
  const written = h("del", {}, h("span", { class: "sr" }, "you wrote: "), hypothesis);
  const spoken = h("ins", {}, h("span", { class: "sr" }, "was spoken: "), reference);
  return { equal: [reference], substitute: [written, " ", spoken], delete: [spoken], insert: [written] }[kind];
}
