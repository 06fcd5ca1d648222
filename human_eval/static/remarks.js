// What annotators wrote of single questions: problems they reported, why they skipped, comments.

import { h } from "./dom.js";
import { table } from "./widgets.js";

const FAULTS = { audio: "the audio", question: "the question", options: "the options", other: "something else" };

export function remarksView(items) {
  if (!items.length) return [h("p", { class: "muted" }, "Nobody has reported a problem, skipped a question or left a comment.")];
  return [table(["Sample", "Task", "Question", "Problems reported", "Skipped because", "Comments"], items.map((item) => [
    item.sample_id, item.task, item.question || "–",
    lines(item.flags.map((flag) => `${person(flag)}: ${FAULTS[flag.fault] ?? flag.fault}${flag.comment ? `: “${flag.comment}”` : ""}`)),
    lines(item.skips.map((note) => `${person(note)}: “${note.text}”`)),
    lines(item.comments.map((note) => `${person(note)}: “${note.text}”`))]))];
}

const person = ({ annotator }) => annotator.slice(0, 8);
const lines = (texts) => (texts.length ? h("ul", { class: "votes" }, ...texts.map((text) => h("li", {}, text))) : "–");
