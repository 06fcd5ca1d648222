// Numbers and names as the page writes them.

export const number = (value) => (value === null || value === undefined ? "–" : value.toFixed(1));

export function signed(value) {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(1);
  if (text === "0.0") return "0.0";
  return (value < 0 ? "−" : "+") + text;
}

export const share = (ratio) => `${Math.round(100 * ratio)}%`;

export const count = (value) => value.toLocaleString("en");

export function size(parameters) {
  if (!parameters) return "–";
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(parameters < 1e10 ? 1 : 0)}B`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(parameters < 1e7 ? 1 : 0)}M`;
  return count(parameters);
}

export const METRICS = { macro_f1: "macro F1", accuracy: "accuracy", war: "word accuracy rate", bleu: "BLEU" };

// Among the models of a dataset, or among all of its configurations.
export const ranksOf = (row, view) => (view === "models" ? row.model_ranks : row.ranks);

// Rows that no test tells apart share a range. A published row has nothing to test: equal figures take one rank.
export function rank(row, span) {
  if (!span) return "";
  const [best, worst] = span;
  return row.run && worst > best ? `${best}–${worst}` : String(best);
}

export const hasInterval = (row, protocol) => scores(row, protocol).overall.interval !== null;

// A published row has the paper's own scores alone.
export const scores = (row, protocol) => row.scores[protocol] ?? row.scores.published;

// Nothing is done to people.
export const method = (row) =>
  row.access === "human" ? "–" : row.steps.map((step) => step.title).join(" + ") || "Vanilla";

export function removed(row) {
  if (row.access === "human") return null;
  if (row.steps.length === 0) return 0;
  return row.steps.length === 1 && row.steps[0].stage !== "before" ? row.steps[0].amount : null;
}
