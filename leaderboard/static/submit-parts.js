// What submitters and administrators see of a submission: its state in words, its facts, its scores.

import { h } from "./dom.js";
import { number } from "./format.js";

const STATES = {
  draft: "Checked, not filed yet",
  waiting: "Waiting for an administrator",
  accepted: "Accepted: it is on the leaderboard",
  refused: "Refused",
  superseded: "Superseded by a later submission",
  withdrawn: "Withdrawn",
  dropped: "Given up",
};

export const stateOf = (one) => STATES[one.state];

export const when = (time) => (time ? `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` : "–");

export function factsOf(one, more = []) {
  const facts = [
    ["State", stateOf(one)],
    one.reason && ["Reason", one.reason],
    ["Model", one.model],
    ["Run", one.run_id],
    ["Dataset", `${one.dataset}, SHA-256 ${one.dataset_sha256.slice(0, 12)}`],
    ["Configurations", one.configurations.join(", ")],
    ["Uploaded", when(one.uploaded_at)],
    one.filed_at && ["Filed", when(one.filed_at)],
    one.decided_at && ["Decided", when(one.decided_at)],
    ...more,
  ].filter(Boolean);
  return h("dl", { class: "facts" }, facts.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, value))));
}

// The rows as they would appear, by the strict protocol: each score with its interval.
export function scoresOf(one, tasks) {
  if (!one.rows.length) return null;
  const scored = ({ code }) => one.rows.some((row) => (row.scores.strict.tasks[code]?.value ?? null) !== null);
  const columns = [...tasks.filter(scored).map(({ code }) => code), "Overall"];
  const cell = (row, code) => {
    const { value, interval } = (code === "Overall" ? row.scores.strict.overall : row.scores.strict.tasks[code]) ?? { value: null };
    return h("td", { class: "number" }, value === null ? "–" : number(value),
      interval && h("small", {}, `${number(interval[0])}–${number(interval[1])}`));
  };
  return h("div", { class: "region", role: "region", tabindex: "0", "aria-label": "Scores of the submission" },
    h("table", { class: "preview" },
      h("caption", {}, "What would appear, strict protocol, with 95% intervals where recordings are enough for one; taken from the replies by this server."),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Configuration"),
        columns.map((code) => h("th", { scope: "col" }, code)))),
      h("tbody", {}, one.rows.map((row) => h("tr", {},
        h("th", { scope: "row" }, row.configuration,
          row.run?.notice && h("div", { class: "notice", dir: "auto" }, row.run.notice)),
        columns.map((code) => cell(row, code)))))));
}

export function button(name, act, strong = false) {
  return h("button", { type: "button", class: strong ? "strong" : "plain", onclick: act }, name);
}

export function field(name, label, { long = false, ...more } = {}) {
  return h("label", { class: "field" }, h("span", {}, label), h(long ? "textarea" : "input", { name, maxlength: "2000", ...more }));
}
