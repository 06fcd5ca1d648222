// The full record of a row, under it when it is opened: where its figures come from, and how sure they are.

import { h } from "./dom.js";
import { count, hasInterval, number, scores, size } from "./format.js";

export function drawRecord(row, span, { api, section, board, state }) {
  const facts = [
    ...(row.run ? runFacts(row.run, state) : publishedFacts(section, board)),
    ...(row.run?.service ? serviceFacts(row.run.service, row.configuration) : []),
    ...modelFacts(row),
    ...intervalFacts(row, board, state),
    ...hubFacts(row, api),
  ];
  return h("tr", { class: "details" }, h("td", { colspan: span }, h("dl", {}, facts.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, value))))));
}

function publishedFacts(section, board) {
  return [
    ["Source", [`${board.source.title}. Table ${section.table}, `, h("a", { href: board.source.url }, `arXiv ${board.source.arxiv}`)]],
    ["Scores", "As printed. Neither intervals nor replies are published, so the protocol switch leaves them as they are."],
  ];
}

const KNOWN = [["family", "Family"], ["parameters", "Parameters"], ["released", "Released"], ["licence", "Licence"]];

// What is known of the model, each with the page that says so.
function modelFacts(row) {
  const facts = KNOWN.filter(([kind]) => row.facts[kind]).map(([kind, name]) => {
    const { value, source, stated_by: by } = row.facts[kind];
    const text = kind === "parameters" ? size(Number(value)) : value;
    return [name, [text, ", by ", h("a", { href: source }, new URL(source).hostname), by === "others" && ", which is not its maker's"]];
  });
  if (row.access !== "human" && row.access) facts.push(["Weights", row.access]);
  return facts;
}

function intervalFacts(row, board, state) {
  const by = scores(row, state.protocol);
  const figures = board.tasks.filter((task) => (by.tasks[task.code]?.value ?? null) !== null);
  if (!hasInterval(row, state.protocol) && !figures.some((task) => by.tasks[task.code].interval)) return [];
  const text = figures.map(({ code }) => {
    const { value, interval, count: samples } = by.tasks[code];
    const range = interval ? ` (${number(interval[0])} to ${number(interval[1])})` : "";
    return `${code} ${number(value)}${range}, n = ${samples ?? "unknown"}`;
  });
  const { interval, held_fixed: fixed } = by.overall;
  if (interval) {
    text.unshift(`Overall ${number(by.overall.value)} (${number(interval[0])} to ${number(interval[1])}` +
      `${fixed.length ? `, conditional on the recordings of ${fixed.join(", ")}` : ""})`);
  }
  return [["95% intervals", text.join("; ")]];
}

// Evaluation results name a dataset of the Hub; a run on another one has the card's metadata alone.
function hubFacts({ run, access, configuration }, api) {
  if (!run || access === "human") return [];
  const address = `${api}/runs/${encodeURIComponent(run.folder)}`;
  const named = /^[\w.-]+\/[\w.-]+(@[0-9a-f]+)?$/.test(run.dataset);
  return [["For the Hugging Face Hub", [
    h("a", { href: `${address}/model-index.md`, download: "" }, "model-index"),
    named && ", ",
    named && h("a", { href: `${address}/eval-results.yaml?configuration=${encodeURIComponent(configuration)}`, download: "" }, ".eval_results"),
  ]]];
}

const list = (texts) => Object.entries(texts).map(([name, value]) => `${name} ${value}`).join(", ") || "unknown";

function serviceFacts(service, configuration) {
  const refused = Object.entries(service.refused).filter(([, share]) => share > 0);
  const cost = service.per_hundred_usd[configuration];
  return [
    ["Service", `${service.name}${service.host ? ` at ${service.host}` : ", a server of its operator's own"}: asked for ${service.asked}, ` +
      `answered by ${service.served ?? "a model that it does not name"}`],
    ["Sent with each question", list(service.sent)],
    ["Recordings sent as", service.form.startsWith("mp3") ? `${service.form}, which loses some of the sound` : service.form],
    service.repeats > 1 && ["Asked again", repeats(service)],
    ["Refused or blocked", refused.map(([task, share]) => `${task} ${number(share)}%`).join(", ") || "no question"],
    ["Cost", cost === undefined ? "not known" : `$${cost.toFixed(2)} for a hundred recordings${service.repeats > 1 ? ", each asked about once" : ""} (${service.price})`],
  ].filter(Boolean);
}

// The spread over repeats, and what varies; of a run that is not finished there may be none yet.
function repeats({ spread, varies }) {
  const entries = Object.entries(spread);
  if (!entries.length) return "no question has all its answers yet";
  const texts = entries.map(([task, { mean, interval, varied, count: all }]) =>
    `${task === "overall" ? "mean of tasks" : task} ${number(mean)} (${number(interval[0])} to ${number(interval[1])}), ` +
    `${count(varied)} of ${count(all)} questions answered differently`);
  return `${texts.join("; ")}. Strict protocol. ${varies}`;
}

function runFacts(run, state) {
  return [
    run.notice && ["Notice", run.notice],
    run.submission && ["Submitted", `by ${run.submission.by} on ${run.submission.at.slice(0, 10)}; model, hardware, libraries and commit are ` +
      "the submitter's word, the scores are taken here from the replies"],
    ["Run", `${run.run_id}, folder ${run.folder}`],
    ["Model", `revision ${run.revision}, adapter ${run.adapter}, ${run.dtype} on ${run.device}`],
    ["Dataset", `${run.dataset}, ${count(run.samples)} samples, SHA-256 ${run.dataset_sha256}`],
    ["Protocol", `${state.protocol}, version ${run.protocol_version}, seed ${run.seed}`],
    ["Answers", `${count(run.answered)} of ${count(run.planned)}; ${count(run.failed)} failed`],
    ["Commit", run.commit ?? "unknown"],
    ["Hardware", list(run.hardware)],
    ["Libraries", list(run.libraries)],
    ["Time", `${run.created_at} to ${run.finished_at ?? "not finished"}` +
      (run.continued ? `; continued ${run.continued} times elsewhere` : "")],
  ].filter(Boolean);
}
