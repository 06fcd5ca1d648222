// Files of what is shown, made here from what the page already has.

import { columnsOf } from "./columns.js";
import { h } from "./dom.js";
import { number, scores } from "./format.js";
import { escaped } from "./latex.js";

export function drawDownloads(section, rows, context) {
  const button = (name, suffix, type, make) => h("button", {
    type: "button",
    class: "plain",
    onclick: () => save(`audiomarathon-${section.key}.${suffix}`, type, make()),
  }, name);
  return h("div", { class: "downloads" },
    h("span", {}, "Rows and columns shown:"),
    button("CSV", "csv", "text/csv", () => csv(section, rows, context)),
    button("JSON", "json", "application/json", () => json(section, rows, context)),
    button("LaTeX", "tex", "text/x-tex", () => latex(section, rows, context)),
    button("BibTeX", "bib", "text/x-bibtex", () => context.board.source.bibtex));
}

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const valueOf = (column, row) => column.value(row);

const source = (row, section, board) =>
  row.run ? `run ${row.run.run_id}${row.run.submission ? `, submitted by ${row.run.submission.by}` : ""}` : `Table ${section.table}, arXiv ${board.source.arxiv}`;

export function csv(section, rows, context) {
  const columns = columnsOf(context.board, section, context.view, context.state);
  const head = [...columns.map((column) => column.name), "Provenance", "Protocol", "Source", "Dataset SHA-256", "Commit", "Notice"];
  const lines = rows.map((row) => [
    ...columns.map((column) => valueOf(column, row)),
    row.provenance,
    row.run ? context.state.protocol : "as printed",
    source(row, section, context.board),
    row.run?.dataset_sha256,
    row.run?.commit,
    row.run?.notice,
  ]);
  return [head, ...lines].map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

// A spreadsheet takes text that begins so for a formula; a quote before it keeps it text.
function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function json(section, rows, context) {
  const { board, state } = context;
  const shown = rows.map((row) => ({ ...row, scores: scores(row, state.protocol), protocol: row.run ? state.protocol : "as printed" }));
  const document = { source: board.source, section: { ...section, rows: undefined }, rows: shown };
  return JSON.stringify(document, null, 1) + "\n";
}

export function latex(section, rows, context) {
  const columns = columnsOf(context.board, section, context.view, context.state);
  const right = (column) => ["score", "plain"].includes(column.kind);
  const cell = (column, row) => {
    if (column.kind === "score") {
      const value = column.value(row);
      return value === null ? "--" : escaped(number(value));
    }
    return escaped(String(column.text ? column.text(row) : column.value(row) ?? "--"));
  };
  const line = (cells) => `${cells.join(" & ")} \\\\`;
  return [
    `% ${escaped(section.caption)} Needs the package booktabs.`,
    ...rows.filter((row) => row.run).map((row) => `% ${escaped(row.model)}: ${escaped(source(row, section, context.board))}, ` +
      `${context.state.protocol} protocol, dataset ${escaped(row.run.dataset_sha256.slice(0, 12))}. ${escaped(row.run.notice ?? "")}`),
    `\\begin{tabular}{${columns.map((column) => (right(column) ? "r" : "l")).join("")}}`,
    "\\toprule",
    line(columns.map((column) => escaped(column.name))),
    "\\midrule",
    ...rows.map((row) => line(columns.map((column) => cell(column, row)))),
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}
