// What each model answered under each configuration, and what people did.

import { h } from "./dom.js";
import { count, number, share } from "./format.js";

const LETTERS = "ABCDE";
const NOT_RECORDED = "Runs record how much of the audio a method kept, not which stretches. The demo shows those.";
const MARKS = { equal: "span", delete: "del", insert: "ins" };

export function drawAnswers(found) {
  if (!found.runs.length) return [h("p", { class: "empty" }, "No run here has answered this sample.")];
  const kept = found.runs.some((run) => run.answers.some(({ kept_tokens: left, audio_tokens: all }) => all && left < all));
  return [
    ...(kept ? [h("p", { class: "muted" }, NOT_RECORDED)] : []),
    ...found.runs.map((run) => drawRun(run, found)),
  ];
}

function drawRun(run, { options, gold }) {
  const name = run.kind === "human" ? "People" : run.model;
  return h("section", { class: "sample-run" },
    h("h3", {}, h("bdi", {}, name), " ", h("span", { class: "muted" }, h("bdi", {}, run.folder))),
    run.notice ? h("p", { class: "muted" }, h("bdi", {}, run.notice)) : null,
    options.length ? drawChoices(run, name, options, gold) : drawTranscripts(run, gold));
}

function drawChoices(run, name, options, gold) {
  const heads = [run.kind === "human" ? "Who" : "Configuration", "Answer", ...(gold ? ["Right"] : []), "Reply", "Audio kept"];
  return h("div", { class: "region", tabindex: "0", role: "region", "aria-label": `Answers of ${name}` },
    h("table", { class: "scores sample-answers" },
      h("thead", {}, h("tr", {}, heads.map((words) => h("th", { scope: "col" }, words)))),
      h("tbody", {}, run.answers.map((answer) => h("tr", {},
        h("th", { scope: "row", title: answer.title }, configurationOf(run, answer)),
        h("td", {}, choiceOf(answer, options)),
        gold ? h("td", { class: answer.correct === null ? "none" : answer.correct ? "right" : "wrong" },
          answer.correct === null ? "–" : answer.correct ? "right" : "wrong") : null,
        h("td", { class: "reply" }, h("bdi", {}, answer.reply, answer.cut ? "…" : "")),
        h("td", {}, drawKept(answer)))))));
}

const configurationOf = (run, { configuration }) => (run.kind === "human" ? "a person" : configuration);

function choiceOf(answer, options) {
  if (answer.error) return h("span", { class: "muted" }, answer.error);
  if (answer.answer_read === null) return h("span", { class: "muted" }, "cannot be read");
  return [`${LETTERS[answer.answer_read]} `, h("bdi", {}, options[answer.answer_read])];
}

// A share as a length, beside its figure.
export const drawBar = (part) => h("span", { class: "share-bar", "aria-hidden": "true" }, h("i", { style: `width: ${100 * part}%` }));

function drawKept({ audio_tokens: all, kept_tokens: left }) {
  if (!all || left === null) return "–";
  return h("span", { class: "kept" }, drawBar(left / all),
    h("span", {}, ` ${share(left / all)}`), h("span", { class: "muted" }, ` ${count(left)} of ${count(all)} tokens`));
}

// The first is open: without compression, where a run has that.
function drawTranscripts(run, gold) {
  return h("div", {}, run.answers.map((answer, index) => h("details", { class: "sample-transcript", open: index === 0 },
    h("summary", {}, h("span", { class: "name", title: answer.title }, configurationOf(run, answer)),
      gold ? h("span", { class: "number" }, answer.word_error_rate === null ? "no words" : `WER ${number(100 * answer.word_error_rate)}%`) : null,
      run.kind === "human" ? null : h("span", { class: "muted" }, drawKept(answer))),
    h("p", {}, answer.error ?? (gold && answer.words ? drawWords(answer.words) : h("bdi", {}, answer.reply.trim() || "an empty reply", answer.cut ? "…" : ""))))));
}

// The right transcript's words that are missing are struck out, those that were added stand underlined.
function drawWords(words) {
  return words.flatMap(({ kind, reference, hypothesis }) => {
    if (kind === "substitute") return [h("del", {}, reference), " ", h("ins", {}, hypothesis), " "];
    return [h(MARKS[kind], {}, kind === "delete" ? reference : hypothesis), " "];
  });
}
