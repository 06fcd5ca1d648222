// What came of a closed study: people's scores, how far they agree, models on the same questions, files.

import { h } from "./dom.js";
import { button, number, table } from "./widgets.js";

const EXPORTS = [["csv", "Answers for a spreadsheet (CSV)"], ["dataset", "Dataset folder (zip)"]];
const MEANINGS = [
  ["A person alone", "the mean of the scores that each person reached. The 95% interval says how far other people and other recordings might lead elsewhere."],
  ["All answers", "every answer counts once, whoever gave it. This is the figure on the leaderboard."],
  ["Majority", "one answer for each question: the one that most people gave; of transcripts the one nearest to all others."],
  ["Same answer", "how often two people who answered the same question gave the same answer; for transcripts, the share of words."],
  ["Alpha", "Krippendorff's alpha: agreement beyond what guessing would give. 1 is full agreement, 0 is none."],
];
const one = (value) => (value === null || value === undefined ? "–" : value.toFixed(1));
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(1);
const spread = (value, interval) => `${one(value)}${interval ? ` [${one(interval.low)}, ${one(interval.high)}]` : ""}`;

export function resultsView(server, id, state, attempt) {
  const box = h("div", { class: "form" });
  if (state !== "closed") {
    box.append(h("p", { class: "muted" }, "Results, right answers and files are there once the study is closed."));
    return box;
  }
  box.append(h("p", { class: "skeleton", role: "status" }, "Working out the results"));
  const draw = () => attempt(async () => box.replaceChildren(...content(await server.get(`/admin/studies/${id}/results`), { server, id, attempt, draw })));
  draw();
  return box;
}

function content(found, context) {
  return [
    h("p", {}, found.methods),
    ...(found.baseline.length ? scores(found) : []),
    h("h4", {}, "Models on the same questions"), ...comparison(found.comparison),
    h("h4", {}, "Careful work"), ...careless(found, context),
    found.difficulty.length ? difficulty(found.difficulty) : null,
    h("div", { class: "line" }, publishing(context), ...EXPORTS.map(([kind, words]) =>
      h("a", { class: "plain", href: context.server.address(`/admin/studies/${context.id}/results/export?form=${kind}`), download: true }, words))),
    h("p", { class: "muted" }, "What people wrote in their own words is in the CSV and in remarks.jsonl of the folder: read it before you pass it on, it may name somebody."),
  ].filter(Boolean);
}

function scores(found) {
  const agreement = Object.fromEntries(found.agreement.map((each) => [each.task, each]));
  return [
    table(["Task", "Answers", "A person alone", "All answers", "Majority", "Same answer, %", "Alpha"], found.baseline.map((each) => [
      each.task, number(each.answers), number(spread(each.mean, each.mean_interval)), number(spread(each.together, each.together_interval)),
      number(spread(each.majority, each.majority_interval)), number(one(agreement[each.task]?.pairwise)), number(agreement[each.task]?.alpha?.toFixed(2) ?? "–")])),
    h("details", {}, h("summary", {}, "What the columns mean"), h("ul", {}, ...MEANINGS.map(([name, words]) => h("li", {}, h("strong", {}, `${name}: `), words)))),
    h("details", {}, h("summary", {}, "Task by task, in words"), ...found.explanations.map((each) =>
      h("p", {}, h("strong", {}, `${each.task}: `), each.sentences.join(" ")))),
  ];
}

function comparison(found) {
  if (!found.length) return [h("p", { class: "muted" }, "No model has answered these questions here. “amarathon evaluate” on the same dataset makes such a run.")];
  return found.flatMap((each) => [
    h("p", {}, h("strong", {}, `${each.model}: `), each.sentence),
    h("details", {}, h("summary", {}, `${each.model} task by task`), table(["Task", "Questions", "People", "Model", "Gap"], each.gaps.map((gap) => [
      gap.task, number(gap.samples), number(one(gap.people)), number(one(gap.system)),
      number(signed(gap.system - gap.people) + (gap.interval ? ` [${signed(gap.interval.low)}, ${signed(gap.interval.high)}]` : ""))]))),
  ]);
}

function publishing({ server, id, attempt }) {
  const act = () => attempt(async () => {
    const { run } = await server.post(`/admin/studies/${id}/results/publish`);
    made.textContent = `Shown on the leaderboard as ${run}`;
  });
  const made = button("Show on the leaderboard", act);
  return made;
}

function careless(found, { server, attempt, draw }) {
  const excluded = new Set(found.excluded.annotators);
  const people = [...new Set([...found.flags.map((each) => each.annotator), ...excluded])];
  if (!people.length) return [h("p", { class: "muted" }, "Nothing suggests that somebody did not do the work.")];
  const turn = (annotator) => attempt(async () => {
    const now = excluded.has(annotator);
    const reason = now ? "counted again" : found.flags.filter((each) => each.annotator === annotator).map((each) => each.reason).join(" ");
    await server.post("/admin/exclusions", { annotator, item: null, excluded: !now, reason });
    await draw();
  });
  return [
    h("p", { class: "muted" }, "Signs that a person may not have listened or thought. Look at them before you exclude anybody; nothing is excluded by itself."),
    table(["Person", "Why to look", ""], people.map((annotator) => [
      annotator.slice(0, 8),
      found.flags.filter((each) => each.annotator === annotator).map((each) => each.reason).join(" ") || "excluded by hand",
      button(excluded.has(annotator) ? "Count again" : "Exclude and compute again", () => turn(annotator))]))];
}

function difficulty(samples) {
  const models = [...new Set(samples.flatMap((each) => Object.keys(each.models)))];
  return h("details", {}, h("summary", {}, "Hardest questions"),
    table(["Sample", "Task", "People", ...models], samples.map((each) => [
      each.sample_id, each.task, number(one(each.people)), ...models.map((name) => number(one(each.models[name])))])));
}
