// Every figure of every configuration.

import { h } from "./dom.js";
import { count, megabytes, percent, seconds, times } from "./format.js";

export const audioKept = (row) => (row.audio_tokens ? row.kept_tokens / row.audio_tokens : null);

const within = (range, value) =>
  range ? [value, h("span", { class: "muted spread" }, ` ${range.map((each) => each.toFixed(2)).join("–")}`)] : value;

const COLUMNS = [
  ["configuration", "Configuration", "", (row) => [h("code", {}, row.configuration), row.stages.length ? h("span", { class: "muted" }, ` ${row.title}`) : ""]],
  ["answer", "Answer", "", (row) => answer(row)],
  ["agreement", "Agrees", "with vanilla's reply", (row) => (row.configuration === "vanilla" ? "–" : percent(row.agreement))],
  ["accuracy", "WAR", "word accuracy against the right transcript", (row) => percent(row.word_accuracy)],
  ["tokens", "Audio tokens", "kept of all", (row) => (row.audio_tokens ? `${count(row.kept_tokens)} of ${count(row.audio_tokens)}` : "–")],
  ["kept", "Kept", "share of audio tokens", (row) => percent(audioKept(row))],
  ["encoder", "Encoder", "features and audio encoder", (row) => seconds(row.encoder_s)],
  ["prefill", "Prefill", "the whole prompt, to the first logits", (row) => within(row.prefill_range, seconds(row.prefill_s))],
  ["prefill-times", "×", "prefill speed-up over vanilla", (row) => times(row.prefill_speedup)],
  ["predicted", "× by FLOPs", "prefill speed-up that floating-point operations predict", (row) => times(row.predicted_speedup)],
  ["first", "First token", "encoder and prefill (TTFT)", (row) => within(row.first_token_range, seconds(row.first_token_s))],
  ["first-times", "×", "first-token speed-up over vanilla", (row) => times(row.first_token_speedup)],
  ["decode", "Decode", "all further tokens", (row) => seconds(row.decode_s)],
  ["new", "Tokens", "of the reply", (row) => count(row.new_tokens)],
  ["peak", "Peak memory", "of the process on a CPU, of the device on a GPU", (row) => megabytes(row.peak_bytes)],
  ["cache", "Cache", "keys and values after the prefill", (row) => megabytes(row.cache_bytes)],
  ["cache-share", "of vanilla", "share of vanilla's cache", (row) => percent(row.cache_share)],
];
// Before the figures where answers count, behind them where the model is untrained.
const ANSWERS = ["answer", "agreement", "accuracy"];
const TEXTS = ["configuration", "answer"];

function answer(row) {
  if (row.error) return row.error;
  const verdict = { true: " (right)", false: " (wrong)" }[row.correct] ?? "";
  if (row.answer) return `${row.answer} ${row.answer_text}${verdict}`;
  if (!row.reply.trim()) return "empty";
  return row.offers_options ? `unread${verdict}` : "text";
}

export function drawTable(table, rows, untrained) {
  const used = {
    answer: rows.some((row) => row.offers_options || row.error),
    accuracy: rows.some((row) => row.word_accuracy !== null),
    predicted: rows.some((row) => row.predicted_speedup),
  };
  const columns = COLUMNS.filter(([key]) => used[key] ?? true);
  const order = untrained
    ? [...columns.filter(([key]) => !ANSWERS.includes(key)), ...columns.filter(([key]) => ANSWERS.includes(key))]
    : columns;
  const kind = (key) => (TEXTS.includes(key) ? "text" : "number");
  const head = order.map(([key, title, hover]) => h("th", { scope: "col", class: kind(key), title: hover || null }, title));
  const body = rows.map((row) =>
    h("tr", { "data-row": row.configuration, class: row.error ? "failed" : null },
      order.map(([key, , , value], column) =>
        h(column ? "td" : "th", { scope: column ? null : "row", class: kind(key), "data-cell": key }, value(row)))));
  table.replaceChildren(
    h("caption", { class: "sr" }, "Every figure of every configuration"),
    h("thead", {}, h("tr", {}, head)), h("tbody", {}, body));
}
