// Speed and memory: what each configuration costs alone, fastest first or by any column, with its quartiles.

import { h } from "./dom.js";
import { count, method } from "./format.js";
import { addTip } from "./tip.js";

const seconds = (value) => (value < 0.995 ? value.toFixed(2) : value.toFixed(1));
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

// Every column: what it is sorted by, and how its cell is drawn. Less is better in all that are measured.
const COLUMNS = [
  { key: "rank", name: "#", number: true, value: (row) => row.rank?.[0] ?? null, cell: (row) => rank(row) },
  { key: "model", name: "Model", value: (row) => row.model, cell: (row) => [model(row), row.notice ? h("div", { class: "notice" }, row.notice) : null], head: true },
  { key: "method", name: "Method", value: (row) => row.configuration, cell: (row) => (row.steps.length ? row.configuration : method(row)) },
  { key: "tokens", name: "Tokens", number: true, value: (row) => row.kept_tokens, cell: (row) => `${count(row.kept_tokens)} of ${count(row.audio_tokens)}` },
  ...[["encoder_s", "Encoder"], ["prefill_s", "Prefill"], ["first_token_s", "TTFT"], ["decode_s", "Decode"]].map(([key, name]) => (
    { key, name: `${name}, s`, number: true, value: (row) => row[key].median, cell: (row) => seconds(row[key].median),
      tip: (row) => [`${name}: median ${seconds(row[key].median)} s`, `quartiles ${seconds(row[key].low)} to ${seconds(row[key].high)} s`] })),
  { key: "peak", name: "Peak, MB", number: true, value: (row) => row.memory.peak_bytes, cell: (row) => megabytes(row.memory.peak_bytes),
    tip: (row) => [`Peak ${megabytes(row.memory.peak_bytes)} MB, ${row.memory.kind}`, `${megabytes(row.memory.idle_bytes)} MB before the first question`] },
  { key: "cache", name: "Cache, MB", number: true, value: (row) => row.cache_bytes, cell: (row) => megabytes(row.cache_bytes) },
];

export function drawSpeed(sections, context) {
  const words = context.state.query.toLowerCase().split(/\s+/);
  const fits = (row) => words.every((word) => `${row.model} ${row.configuration} ${method(row)}`.toLowerCase().includes(word));
  const shown = sections.map((section) => ({ ...section, rows: section.rows.filter(fits) })).filter((section) => section.rows.length);
  return shown.length ? shown.map((section) => drawSection(section, context)) : [h("p", { class: "empty" }, "No row matches.")];
}

function drawSection(section, context) {
  const hardware = Object.entries(section.hardware).map(([name, value]) => `${name} ${value}`).join(", ");
  return h("section", {},
    h("h2", {}, "Measured alone on ", h("bdi", {}, section.sample),
      h("span", { class: "muted" }, ` ${section.duration_s.toFixed(0)} s, ${section.task}, PCM SHA-256 ${section.pcm_sha256.slice(0, 12)}. ${hardware}`)),
    h("div", { class: "region", tabindex: "0", role: "region", "aria-label": `Speed on ${section.sample}` },
      h("table", { class: "scores" },
        h("thead", {}, h("tr", {}, COLUMNS.map((column) => head(column, section, context)))),
        h("tbody", {}, sorted(section.rows, context.state).map(drawRow)))));
}

function head(column, section, { state, change }) {
  const chosen = state.sort === column.key;
  const sort = () => change({ sort: column.key, descending: chosen && !state.descending });
  return h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": chosen ? (state.descending ? "descending" : "ascending") : null },
    h("button", { type: "button", onclick: sort, "data-focus": `speed-${column.key}-${section.pcm_sha256}-${section.task}` }, column.name,
      h("span", { class: "arrow", "aria-hidden": "true" }, chosen ? (state.descending ? "↓" : "↑") : "")));
}

// As they come, fastest first, until a column is chosen; equals stay in that order.
function sorted(rows, state) {
  const column = COLUMNS.find(({ key }) => key === state.sort);
  if (!column) return rows;
  const order = (one, other) => (typeof one === "string" ? one.localeCompare(other) : (one ?? Infinity) - (other ?? Infinity));
  const direction = state.descending ? -1 : 1;
  return [...rows].sort((one, other) => direction * order(column.value(one), column.value(other)));
}

function drawRow(row) {
  return h("tr", {}, COLUMNS.map((column) => {
    const tag = column.head ? "th" : "td";
    const cell = h(tag, { class: column.number ? "number" : null, scope: column.head ? "row" : null, tabindex: column.tip ? "0" : null }, column.cell(row));
    return column.tip ? addTip(cell, () => column.tip(row)) : cell;
  }));
}

function model(row) {
  const facts = [`${row.count} answers alone, ${row.dtype} on ${row.device}`, `revision ${row.revision}`,
    `commit ${row.commit ?? "unknown"}, ${row.at}`, row.energy_j === null ? null : `${row.energy_j.toFixed(1)} J an answer`];
  return addTip(h("span", { class: "name", tabindex: "0" }, row.model), () => facts);
}

function rank({ rank: span }) {
  if (!span) return "";
  return span[1] > span[0] ? `${span[0]}–${span[1]}` : String(span[0]);
}
