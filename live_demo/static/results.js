// The figures: replies, chart, table, and where they come from.

import { h, say } from "./dom.js";
import { count } from "./format.js";
import { drawProvenance } from "./provenance.js";
import { drawReplies } from "./replies.js";
import { drawTable } from "./table.js";
import { TradeOff } from "./tradeoff.js";
import { aboutReplies, notes } from "./words.js";

export class ResultsView {
  constructor(part, server, { setup, goOn }) {
    Object.assign(this, { part, server, setup });
    this.found = null;
    this.opened = new Set(); // replies that are shown in full
    this.tradeOff = new TradeOff(part, server, setup.plotly);
    part.differences.addEventListener("change", () => this.drawReplies());
    part.copy.addEventListener("click", () => this.copyLink());
    part.goOn.addEventListener("click", () => goOn(this.longer));
  }

  clear() {
    this.found = null;
    this.opened.clear();
    this.part.results.hidden = true;
    say(this.part.notice, null);
  }

  // The reply that is being written, at the end of those that are there.
  write(pace) {
    const { replies, results } = this.part;
    replies.querySelector(".writing")?.remove();
    if (!pace?.text) return;
    results.hidden = false;
    replies.append(h("article", { class: "writing" }, h("h3", {}, h("code", {}, pace.configuration)), h("p", { class: "reply" }, pace.text)));
  }

  get untrained() {
    return Boolean(this.found?.run.model.untrained);
  }

  // Twice the limit that cut a reply off, as far as there is room.
  get longer() {
    return Math.min(2 * this.found.comparison.ask.max_new_tokens, this.setup.limits.reply);
  }

  show(found, finished) {
    const first = !this.found;
    this.found = found;
    const { comparison, run, rows } = found;
    this.part.results.hidden = rows.length === 0;
    say(this.part.notice, run.model.notice ? `${run.model.name}: ${run.model.notice}` : null);
    const model = this.setup.models.find((model) => model.name === comparison.ask.model);
    drawTable(this.part.table, rows, this.untrained);
    this.tradeOff.show(found, first);
    this.drawReplies();
    this.part.notes.replaceChildren(...notes(found, { finished, model }).map((sentence) => h("li", {}, sentence)));
    drawProvenance(this.part.provenance, found);
    for (const suffix of ["json", "csv"]) {
      this.part[suffix].href = this.server.address(`/comparisons/${comparison.id}/comparison.${suffix}`);
    }
  }

  drawReplies() {
    if (!this.found) return;
    const { comparison, rows } = this.found;
    const limit = comparison.ask.max_new_tokens;
    const options = comparison.ask.options.length ? comparison.ask.options : this.setup.tasks.find(({ code }) => code === comparison.ask.task)?.labels ?? [];
    drawReplies(this.part.replies, rows, { compare: this.part.differences.checked, options, limit, opened: this.opened });
    say(this.part.repliesWords, aboutReplies(rows));
    const cut = rows.some((row) => row.cut_off) && this.longer > limit && rows.some((row) => !row.offers_options);
    say(this.part.goOn, cut ? `Go on to ${count(this.longer)} tokens` : null);
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
