// The results of a closed study: people's scores, how far they agree, models on the same questions, files.

import { h } from "./dom.js";
import { button, number, table } from "./widgets.js";

const EXPORTS = [["csv", "Answers for a spreadsheet (CSV)"], ["dataset", "Dataset folder (zip)"]];
const MEANINGS = [
  ["Average person", "the mean of the scores that each person reached. The 95% interval shows how much it depends on which people and recordings were taken."],
  ["All answers", "the score of all answers together, whoever gave them. This is the figure on the leaderboard."],
  ["Majority", "one answer for each question: the one that most people gave; of transcripts the one nearest to all others."],
  ["Same answer", "how often two people who answered the same question gave the same answer; for transcripts, the share of words."],
  ["Alpha", "Krippendorff's alpha: agreement beyond what guessing would give. 1 is full agreement, 0 is none."],
];
const decimal = (value) => (value === null || value === undefined ? "–" : value.toFixed(1));
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(1);
const spread = (value, interval) => `${decimal(value)}${interval ? ` [${decimal(interval.low)}, ${decimal(interval.high)}]` : ""}`;

export function resultsView(server, id, state, attempt) {
  const box = h("div", { class: "form" });
  if (state !== "closed") {
    box.append(h("p", { class: "muted" }, "Results, right answers and downloads appear here once the study is closed."));
    return box;
  }
  box.append(h("p", { class: "skeleton", role: "status" }, "Computing the results"));
  const refresh = () => attempt(async () => box.replaceChildren(...content(await server.get(`/admin/studies/${id}/results`), { server, id, attempt, refresh })));
  refresh();
  return box;
}

function content(found, context) {
  return [
    h("p", {}, found.methods),
    ...(found.baseline.length ? scores(found) : []),
    h("h4", {}, "Models on the same questions"), ...comparisons(found.comparison),
    h("h4", {}, "Signs of careless work"), ...careless(found, context),
    found.difficulty.length ? difficulty(found.difficulty) : null,
    h("div", { class: "line" }, publishing(context), ...EXPORTS.map(([kind, words]) =>
      h("a", { class: "plain", href: context.server.address(`/admin/studies/${context.id}/results/export?form=${kind}`), download: true }, words))),
    h("p", { class: "muted" }, "The CSV, and remarks.jsonl in the folder, contain what people wrote in their own words: read it before you share it, as it may name somebody."),
  ].filter(Boolean);
}

function scores(found) {
  const agreementOf = Object.fromEntries(found.agreement.map((agreement) => [agreement.task, agreement]));
  return [
    table(["Task", "Answers", "Average person", "All answers", "Majority", "Same answer, %", "Alpha"], found.baseline.map((task) => [
      task.task, number(task.answers), number(spread(task.mean, task.mean_interval)), number(spread(task.together, task.together_interval)),
      number(spread(task.majority, task.majority_interval)), number(decimal(agreementOf[task.task]?.pairwise)), number(agreementOf[task.task]?.alpha?.toFixed(2) ?? "–")])),
    h("details", {}, h("summary", {}, "What the columns mean"), h("ul", {}, ...MEANINGS.map(([name, words]) => h("li", {}, h("strong", {}, `${name}: `), words)))),
    h("details", {}, h("summary", {}, "Task by task, in words"), ...found.explanations.map((explanation) =>
      h("p", {}, h("strong", {}, `${explanation.task}: `), explanation.sentences.join(" ")))),
  ];
}

function comparisons(found) {
  if (!found.length) return [h("p", { class: "muted" }, "No model has answered these questions here yet. To compare one with people, run “amarathon evaluate” on the same dataset.")];
  return found.flatMap((comparison) => [
    h("p", {}, h("strong", {}, `${comparison.model}: `), comparison.sentence),
    h("details", {}, h("summary", {}, `${comparison.model} task by task`), table(["Task", "Questions", "People", "Model", "Difference"], comparison.gaps.map((gap) => [
      gap.task, number(gap.samples), number(decimal(gap.people)), number(decimal(gap.system)),
      number(signed(gap.system - gap.people) + (gap.interval ? ` [${signed(gap.interval.low)}, ${signed(gap.interval.high)}]` : ""))]))),
  ]);
}

function publishing({ server, id, attempt }) {
  const act = () => attempt(async () => {
    const { run } = await server.post(`/admin/studies/${id}/results/publish`);
    publish.textContent = `Shown on the leaderboard as ${run}`;
  });
  const publish = button("Show on the leaderboard", act);
  return publish;
}

function careless(found, { server, attempt, refresh }) {
  const excluded = new Set(found.excluded.annotators);
  const people = [...new Set([...found.flags.map((sign) => sign.annotator), ...excluded])];
  if (!people.length) return [h("p", { class: "muted" }, "None. Nothing suggests that somebody did not listen or think.")];
  const toggle = (annotator) => attempt(async () => {
    const wasExcluded = excluded.has(annotator);
    const reason = wasExcluded ? "included again" : found.flags.filter((sign) => sign.annotator === annotator).map((sign) => sign.reason).join(" ");
    await server.post("/admin/exclusions", { annotator, item: null, excluded: !wasExcluded, reason });
    await refresh();
  });
  return [
    h("p", { class: "muted" }, "These people may not have listened or thought. Check before you exclude anybody; nobody is excluded automatically."),
    table(["Person", "Reason", ""], people.map((annotator) => [
      annotator.slice(0, 8),
      found.flags.filter((sign) => sign.annotator === annotator).map((sign) => sign.reason).join(" ") || "excluded by hand",
      button(excluded.has(annotator) ? "Include again" : "Exclude from the results", () => toggle(annotator))]))];
}

function difficulty(samples) {
  const models = [...new Set(samples.flatMap((sample) => Object.keys(sample.models)))];
  return h("details", {}, h("summary", {}, "Hardest questions"),
    table(["Sample", "Task", "People", ...models], samples.map((sample) => [
      sample.sample_id, sample.task, number(decimal(sample.people)), ...models.map((name) => number(decimal(sample.models[name])))])));
}
