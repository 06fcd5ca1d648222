// What came of a closed study: the human baseline, agreement, flags, and the files to take away.

import { button, number, table } from "./admin.js";
import { h } from "./dom.js";

const EXPORTS = [["csv", "CSV"], ["dataset", "Dataset folder (zip)"]];
const one = (value) => (value === null || value === undefined ? "–" : value.toFixed(1));
const spread = (value, interval) => `${one(value)}${interval ? ` [${one(interval.low)}, ${one(interval.high)}]` : ""}`;

export function resultsView(server, id, state, attempt) {
  const box = h("div", { class: "form" });
  if (state !== "closed") {
    box.append(h("p", { class: "muted" }, "Results are there once the study is closed."));
    return box;
  }
  const draw = () => attempt(async () => box.replaceChildren(...content(await server.get(`/admin/studies/${id}/results`), { server, id, attempt, draw })));
  draw();
  return box;
}

function content(found, context) {
  const agreement = Object.fromEntries(found.agreement.map((each) => [each.task, each]));
  return [
    table(["Task", "Answers", "Mean of people", "Together", "Majority", "Alpha", "Pairs agree"], found.baseline.map((each) => [
      each.task, number(each.answers), number(spread(each.mean, each.mean_interval)), number(spread(each.together, each.together_interval)),
      number(spread(each.majority, each.majority_interval)), number(agreement[each.task]?.alpha?.toFixed(2) ?? "–"), number(one(agreement[each.task]?.pairwise))])),
    h("p", {}, found.methods),
    ...flags(found, context),
    difficulty(found.difficulty),
    h("div", { class: "line" }, publishing(context), ...EXPORTS.map(([kind, words]) =>
      h("a", { class: "plain", href: context.server.address(`/admin/studies/${context.id}/results/export?form=${kind}`), download: true }, words))),
  ];
}

function publishing({ server, id, attempt }) {
  const act = () => attempt(async () => {
    const { run } = await server.post(`/admin/studies/${id}/results/publish`);
    made.textContent = `Shown on the leaderboard as ${run}`;
  });
  const made = button("Show on the leaderboard", act);
  return made;
}

function flags(found, { server, attempt, draw }) {
  const excluded = new Set(found.excluded.annotators);
  const people = [...new Set([...found.flags.map((each) => each.annotator), ...excluded])];
  if (!people.length) return [h("p", { class: "muted" }, "Nobody's work is flagged.")];
  const turn = (annotator) => attempt(async () => {
    const now = excluded.has(annotator);
    const reason = now ? "counted again" : found.flags.filter((each) => each.annotator === annotator).map((each) => each.reason).join(" ");
    await server.post("/admin/exclusions", { annotator, item: null, excluded: !now, reason });
    await draw();
  });
  return [table(["Annotator", "Why to look", ""], people.map((annotator) => [
    annotator.slice(0, 8),
    found.flags.filter((each) => each.annotator === annotator).map((each) => each.reason).join(" ") || "excluded by hand",
    button(excluded.has(annotator) ? "Count again" : "Exclude and recompute", () => turn(annotator))]))];
}

function difficulty(samples) {
  const models = [...new Set(samples.flatMap((each) => Object.keys(each.models)))];
  return h("details", {}, h("summary", {}, "Hardest samples"),
    table(["Sample", "Task", "People", ...models], samples.map((each) => [
      each.sample_id, each.task, number(one(each.people)), ...models.map((name) => number(one(each.models[name])))])));
}
