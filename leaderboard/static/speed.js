// Speed and memory: what each configuration costs alone, with its quartiles and where its record lies.

import { h } from "./dom.js";
import { count, method } from "./format.js";
import { classes, drawHead, widthsOf } from "./head.js";
import { sorted } from "./sorting.js";
import { addTip } from "./tip.js";

const TIMES = [["encoder_s", "Encoder"], ["prefill_s", "Prefill"], ["first_token_s", "First token"], ["decode_s", "Decode"]];
const seconds = (value) => (value < 0.995 ? value.toFixed(2) : value.toFixed(1));
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

const COLUMNS = [
  { key: "rank", label: "#", title: "Rank by time to the first token; ranks overlap where the quartiles do", kind: "rank", ascends: true, width: 56,
    value: (row) => row.rank?.[0] ?? null, text: ({ rank }) => (!rank ? "" : rank[1] > rank[0] ? `${rank[0]}–${rank[1]}` : String(rank[0])) },
  { key: "model", label: "Model", title: "Model", kind: "model", width: 0, value: (row) => row.model },
  { key: "method", label: "Method", title: "What was done to it", kind: "text", width: 200, value: (row) => (row.steps.length ? row.configuration : method(row)) },
  { key: "tokens", label: "Audio tokens", under: "kept of all", title: "Audio tokens kept, of all", kind: "plain", ascends: true, width: 120,
    value: (row) => row.kept_tokens, text: (row) => `${count(row.kept_tokens)} of ${count(row.audio_tokens)}` },
  ...TIMES.map(([key, label]) => ({
    key, label, under: "s", title: `${label}: median seconds`, kind: "plain", ascends: true, width: 84,
    value: (row) => row[key].median,
    text: (row) => seconds(row[key].median),
    tip: (row) => [`${label}: median ${seconds(row[key].median)} s`, `quartiles ${seconds(row[key].low)} to ${seconds(row[key].high)} s`],
  })),
  { key: "peak", label: "Peak", under: "MB", title: "Peak memory", kind: "plain", ascends: true, width: 84,
    value: (row) => row.memory.peak_bytes, text: (row) => megabytes(row.memory.peak_bytes) },
  { key: "cache", label: "Cache", under: "MB", title: "Size of the KV cache after the prompt", kind: "plain", ascends: true, width: 84,
    value: (row) => row.cache_bytes, text: (row) => megabytes(row.cache_bytes) },
];

export function drawSpeed(sections, context) {
  const { state, clear } = context;
  if (!sections.length) {
    return [h("p", { class: "empty" }, "Nothing was measured alone here yet, and nothing comes with the program: seconds are those of one machine. ", h("code", {}, "amarathon efficiency --configurations vanilla,frame@0.6 --out .data/runs/speed"),
      " writes such records; its folder is shown here once it lies under the runs of this server's data folder.")];
  }
  const words = state.query.toLowerCase().split(/\s+/);
  const fits = (row) => words.every((word) => `${row.model} ${row.configuration} ${method(row)}`.toLowerCase().includes(word));
  const shown = sections.map((section) => ({ ...section, rows: section.rows.filter(fits) })).filter((section) => section.rows.length);
  if (shown.length) return shown.map((section) => drawSection(section, context));
  return [h("p", { class: "empty" }, "Nothing matches. ", h("button", { type: "button", class: "plain", onclick: clear }, "Clear search"))];
}

function drawSection(section, context) {
  const { state } = context;
  const chosen = COLUMNS.some(({ key }) => key === state.sort);
  const sorting = chosen ? { key: state.sort, descending: state.descending } : { key: "first_token_s", descending: false };
  const hardware = Object.entries(section.hardware).map(([name, value]) => `${name} ${value}`).join(", ");
  const width = COLUMNS.reduce((sum, column) => sum + column.width, 0);
  return h("section", {},
    h("h2", {}, "Measured alone on ", h("bdi", {}, section.sample),
      h("span", { class: "muted" }, ` ${section.duration_s.toFixed(0)} s, ${section.task}, PCM SHA-256 ${section.pcm_sha256.slice(0, 12)}. ${hardware}`)),
    h("div", { class: "region", tabindex: "0", role: "region", "aria-label": `Speed on ${section.sample}` },
      h("table", { class: "scores", style: `--columns: ${width}px; --model: 200px; --model-phone: 150px` },
        widthsOf(COLUMNS), drawHead(COLUMNS, { ...context, sorting }),
        h("tbody", {}, sorted(section.rows, COLUMNS, sorting).flatMap((row) => drawRow(row, context))))));
}

function drawRow(row, { state, toggle }) {
  const open = state.open.has(row.id);
  const line = h("tr", { "data-row": row.id }, COLUMNS.map((column, index) => {
    const kind = classes(column, COLUMNS[index - 1]);
    if (column.kind === "model") return h("th", { scope: "row", class: kind }, nameOf(row, open, toggle));
    const cell = h("td", { class: kind, tabindex: column.tip ? "0" : null }, column.text ? column.text(row) : column.value(row));
    return column.tip ? addTip(cell, () => column.tip(row)) : cell;
  }));
  return open ? [line, record(row)] : [line];
}

function nameOf(row, open, toggle) {
  return [
    h("div", { class: "who" }, h("button", {
      type: "button",
      class: "name",
      "aria-expanded": String(open),
      "data-focus": `row-${row.id}`,
      onclick: () => toggle(row.id),
    }, h("bdi", {}, row.model))),
    row.notice && h("div", { class: "notice", dir: "auto" }, row.notice),
  ];
}

function record(row) {
  const facts = [
    ["Record", `run folder ${row.folder}, efficiency.jsonl, ${row.at}`],
    ["Model", `revision ${row.revision}, ${row.dtype} on ${row.device}`],
    ["Answers", `${count(row.count)} alone, each of ${count(row.new_tokens)} new tokens`],
    row.notice && ["Notice", row.notice],
    ["Commit", row.commit ?? "unknown"],
    ["Energy", row.energy_j === null ? "not counted on this hardware" : `${row.energy_j.toFixed(1)} J an answer`],
    ["Libraries", Object.entries(row.libraries).map(([name, version]) => `${name} ${version}`).join(", ") || "unknown"],
  ].filter(Boolean);
  return h("tr", { class: "details" }, h("td", { colspan: COLUMNS.length }, h("dl", {}, facts.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, value))))));
}
