// The evidence of a decided round: how it was drawn, and every sample with what its reviewers found.

import { h } from "./dom.js";
import { percent, table } from "./widgets.js";

const day = (seconds) => new Date(seconds * 1000).toLocaleDateString(undefined, { dateStyle: "medium" });

export function historyView({ round, samples, next_step: next }, address, admin) {
  return [
    h("p", {}, `${round.reason} ${round.drawn} of ${round.population} samples were taken at random (seed ${round.seed}) on ${day(round.opened_at)}; decided on ${day(round.decided_at)}; ${round.disagreements} ${round.disagreements === 1 ? "disagreement" : "disagreements"}.`),
    h("p", {}, round.must_listen ? `Reviewers had to hear ${percent(round.must_listen)} of each recording before they could decide.` : "Reviewers did not have to listen in this round."),
    h("p", { class: "notice" }, h("strong", {}, "What to do now: "), next),
    h("p", { class: "muted" }, `${round.dataset}, data ${round.dataset_sha256.slice(0, 12)}`),
    table(["Sample", "Question", "Result", "What reviewers found"], samples.map((sample) => [
      sample.sample, sample.question || "–", h("span", { class: sample.passed ? null : "failed" }, sample.passed ? "passed" : "failed"),
      h("ul", { class: "votes" }, ...sample.votes.map((vote) => h("li", {}, voteText(vote))))])),
    admin ? h("div", { class: "line" }, h("a", { class: "plain", href: address(`/admin/verification/${round.id}/verdicts`), download: `verdicts-${round.subset}-${round.number}.jsonl` }, "Reviewers' decisions (JSON lines)")) : null,
  ].filter(Boolean);
}

function voteText({ reviewer, passed, faults, comment, heard }) {
  const verdict = passed ? "passes" : `fails; answered “no”: ${faults.join(" ")}`;
  const listened = heard === null ? "" : `, ${percent(heard)} heard`;
  return `Reviewer ${reviewer}${listened}: ${verdict}${comment ? ` (“${comment}”)` : ""}`;
}
