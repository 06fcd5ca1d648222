// The figures: table, chart, replies, and where they come from.

import { drawChart, UP } from "./chart.js";
import { h, say } from "./dom.js";
import { count, megabytes, percent, seconds, times } from "./format.js";

const COLUMNS = [
  ["configuration", "Configuration", "", (row) => h("code", {}, row.configuration)],
  ["answer", "Answer", "", (row) => answer(row)],
  ["agreement", "Agrees", "with vanilla's reply", (row) => (row.configuration === "vanilla" ? "–" : percent(row.agreement))],
  ["accuracy", "WAR", "word accuracy against the right transcript", (row) => percent(row.word_accuracy)],
  ["tokens", "Audio tokens", "kept of all", (row) => (row.audio_tokens ? `${count(row.kept_tokens)} of ${count(row.audio_tokens)}` : "–")],
  ["kept", "Kept", "share of audio tokens", (row) => percent(UP.audio(row))],
  ["encoder", "Encoder", "features and audio encoder", (row) => seconds(row.encoder_s)],
  ["prefill", "Prefill", "the whole prompt, to the first logits", (row) => seconds(row.prefill_s)],
  ["prefill-times", "×", "prefill speed-up over vanilla", (row) => times(row.prefill_speedup)],
  ["first", "First token", "encoder and prefill (TTFT)", (row) => seconds(row.first_token_s)],
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
  if (row.answer) return `${row.answer} ${row.answer_text}${row.correct === null ? "" : row.correct ? " (right)" : " (wrong)"}`;
  if (!row.reply.trim()) return "empty";
  return row.offers_options ? "unread" : "text";
}

export class ResultsView {
  constructor(part, server, series) {
    Object.assign(this, { part, server, series });
    this.found = null;
    part.up.addEventListener("change", () => this.drawChart());
    part.across.addEventListener("change", () => this.drawChart());
    part.differences.addEventListener("change", () => this.drawReplies());
    part.copy.addEventListener("click", () => this.copyLink());
    new ResizeObserver(() => this.drawChart()).observe(part.chart);
  }

  clear() {
    this.found = null;
    this.part.results.hidden = true;
    say(this.part.notice, null);
  }

  get untrained() {
    return Boolean(this.found?.run.model.untrained);
  }

  show(found, finished) {
    const first = !this.found;
    this.found = found;
    const { comparison, run, rows } = found;
    this.part.results.hidden = rows.length === 0;
    const letters = rows.some((row) => row.offers_options);
    if (first) this.part.up.value = this.untrained || letters ? "cache" : "agreement";
    say(this.part.notice, run.model.notice ? `${run.model.name}: ${run.model.notice}` : null);
    this.drawTable();
    this.drawChart();
    this.drawReplies();
    say(this.part.notes, this.notes(finished));
    this.drawProvenance();
    for (const suffix of ["json", "csv"]) {
      this.part[suffix].href = this.server.address(`/comparisons/${comparison.id}/comparison.${suffix}`);
    }
  }

  notes(finished) {
    const { comparison, rows } = this.found;
    const notes = [];
    if (!finished) notes.push("The comparison did not come to its end; what was answered is here.");
    if (rows.some((row) => row.stages.includes("evict"))) {
      notes.push(
        "Evictions act after the prefill, so the first token is vanilla's by construction: a one-letter answer " +
          "cannot change, and only longer replies tell these methods apart.",
      );
    }
    if (rows.some((row) => row.shared)) notes.push("Parts of the work were shared between configurations: these times are not to be ranked.");
    if (rows.some((row) => row.cut_off)) notes.push(`A reply reached the limit of ${count(comparison.ask.max_new_tokens)} tokens and was cut off.`);
    notes.push("Each configuration ran once, one after another, behind one shared encoder pass.");
    return notes.join(" ");
  }

  drawTable() {
    const { rows } = this.found;
    const used = {
      answer: rows.some((row) => row.offers_options || row.error),
      accuracy: rows.some((row) => row.word_accuracy !== null),
    };
    const columns = COLUMNS.filter(([key]) => used[key] ?? true);
    const order = this.untrained
      ? [...columns.filter(([key]) => !ANSWERS.includes(key)), ...columns.filter(([key]) => ANSWERS.includes(key))]
      : columns;
    const kind = (key) => (TEXTS.includes(key) ? "text" : "number");
    const head = order.map(([key, title, hover]) => h("th", { scope: "col", class: kind(key), title: hover || null }, title));
    const body = this.found.rows.map((row) =>
      h("tr", { "data-row": row.configuration, class: row.error ? "failed" : null },
        order.map(([key, , , value], column) =>
          h(column ? "td" : "th", { scope: column ? null : "row", class: kind(key), "data-cell": key, title: key === "configuration" ? row.title : null }, value(row)))));
    this.part.table.replaceChildren(
      h("caption", { class: "sr" }, "Every figure of every configuration"),
      h("thead", {}, h("tr", {}, head)), h("tbody", {}, body));
  }

  drawChart() {
    if (!this.found || !this.part.chart.clientWidth) return;
    const title = (select) => select.selectedOptions[0].textContent;
    drawChart(this.part.chart, this.found.rows.filter((row) => !row.error), {
      up: this.part.up.value,
      across: this.part.across.value,
      series: this.series,
      titles: { up: title(this.part.up), across: title(this.part.across) },
    });
  }

  drawReplies() {
    if (!this.found) return;
    const compare = this.part.differences.checked;
    const marks = { equal: "span", missing: "del", new: "ins" };
    this.part.replies.replaceChildren(
      ...this.found.rows.map((row) => {
        const words = compare && row.configuration !== "vanilla" && row.differences.length
          ? row.differences.flatMap(([kind, text]) => [h(marks[kind], {}, text), " "])
          : [row.reply || h("span", { class: "muted" }, "an empty reply")];
        const same = row.same_reply && row.configuration !== "vanilla";
        const beside = same ? "the same reply as vanilla" : this.beside(row);
        return h("article", { "data-reply": row.configuration },
          h("h3", {}, h("code", {}, row.configuration), h("span", { class: "muted" }, ` ${beside}`)),
          row.error ? h("p", { class: "fault-text" }, row.error) : same && compare ? null : h("p", { class: "reply", tabindex: "0" }, words));
      }),
    );
  }

  beside(row) {
    if (row.error) return "";
    if (row.answer) return `reads as ${row.answer}, ${row.answer_text}`;
    if (row.configuration === "vanilla") return `${count(row.new_tokens)} tokens`;
    return row.agreement === null ? "" : `${percent(row.agreement)} of vanilla's words`;
  }

  drawProvenance() {
    const { comparison, run } = this.found;
    const device = run.hardware.gpu ?? `${run.hardware.cpu}, ${run.hardware.threads ?? run.hardware.cores} threads`;
    const facts = {
      Model: `${run.model.name} ${run.model.revision}, ${count(run.model.parameters)} weights, ${run.model.dtype} on ${run.model.device}`,
      Hardware: device,
      Libraries: Object.entries(run.libraries).map(([name, version]) => `${name} ${version}`).join(", "),
      Commit: run.commit ?? "installed, not checked out",
      Recording: `${comparison.recording.name}, ${comparison.recording.duration_s.toFixed(1)} s, SHA-256 ${comparison.recording.sha256}`,
      Seed: String(run.seed),
      Measured: run.created_at,
      Prompt: comparison.messages.map((message) =>
        `${message.role}: ${message.content.map((piece) => (piece.type === "audio" ? "[audio] " : piece.text)).join("")}`).join("\n"),
    };
    this.part.provenance.replaceChildren(
      ...Object.entries(facts).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
  }

  async copyLink() {
    try {
      await navigator.clipboard.writeText(location.href);
      say(this.part.copied, "Copied.");
    } catch {
      say(this.part.copied, `The link is ${location.href}`); // the browser keeps the clipboard to itself
    }
  }
}
