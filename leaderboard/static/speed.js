// Speed and memory: what each configuration costs alone, fastest first, with its quartiles.

import { h } from "./dom.js";
import { count, method } from "./format.js";
import { addTip } from "./tip.js";

const TIMES = [["encoder_s", "Encoder"], ["prefill_s", "Prefill"], ["first_token_s", "TTFT"], ["decode_s", "Decode"]];
const seconds = (value) => (value < 0.995 ? value.toFixed(2) : value.toFixed(1));
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

export function drawSpeed(sections, state) {
  const words = state.query.toLowerCase().split(/\s+/);
  const fits = (row) => words.every((word) => `${row.model} ${row.configuration} ${method(row)}`.toLowerCase().includes(word));
  const shown = sections.map((section) => ({ ...section, rows: section.rows.filter(fits) })).filter((section) => section.rows.length);
  if (!sections.length) {
    return [h("p", { class: "empty" }, "Nothing was measured alone here yet. ", h("code", {}, "amarathon efficiency"), " writes such records.")];
  }
  return shown.length ? shown.map(drawSection) : [h("p", { class: "empty" }, "No row matches.")];
}

function drawSection(section) {
  const hardware = Object.entries(section.hardware).map(([name, value]) => `${name} ${value}`).join(", ");
  return h("section", {},
    h("h2", {}, "Measured alone on ", h("bdi", {}, section.sample),
      h("span", { class: "muted" }, ` ${section.duration_s.toFixed(0)} s, ${section.task}, PCM SHA-256 ${section.pcm_sha256.slice(0, 12)}. ${hardware}`)),
    h("div", { class: "region", tabindex: "0", role: "region", "aria-label": `Speed on ${section.sample}` },
      h("table", { class: "scores" },
        h("thead", {}, h("tr", {}, ...["#", "Model", "Method", "Tokens", ...TIMES.map(([, name]) => `${name}, s`), "Peak, MB", "Cache, MB"].map((name, column) =>
          h("th", { scope: "col", class: column > 2 ? "number" : null }, name)))),
        h("tbody", {}, section.rows.map(drawRow)))));
}

function drawRow(row) {
  const facts = [`${row.count} answers alone, ${row.dtype} on ${row.device}`, `revision ${row.revision}`,
    `commit ${row.commit ?? "unknown"}, ${row.at}`, row.energy_j === null ? null : `${row.energy_j.toFixed(1)} J an answer`];
  const name = addTip(h("span", { class: "name", tabindex: "0" }, row.model), () => facts);
  const [best, worst] = row.rank ?? [null, null];
  return h("tr", {},
    h("td", { class: "number" }, best === null ? "" : worst > best ? `${best}–${worst}` : String(best)),
    h("th", { scope: "row" }, name, row.notice ? h("div", { class: "notice" }, row.notice) : null),
    h("td", {}, row.steps.length ? row.configuration : method(row)),
    h("td", { class: "number" }, `${count(row.kept_tokens)} of ${count(row.audio_tokens)}`),
    ...TIMES.map(([key, title]) => time(row[key], title)),
    h("td", { class: "number" }, megabytes(row.memory.peak_bytes)),
    h("td", { class: "number" }, megabytes(row.cache_bytes)));
}

function time(spread, title) {
  const cell = h("td", { class: "number", tabindex: "0" }, seconds(spread.median));
  return addTip(cell, () => [`${title}: median ${seconds(spread.median)} s`, `quartiles ${seconds(spread.low)} to ${seconds(spread.high)} s`]);
}
