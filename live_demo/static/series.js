// A long recording in windows: one comparison after the other, each with figures and a link of its own.

import { h, say } from "./dom.js";
import { clock } from "./clock.js";

const WORDS = { waiting: "waits", running: "runs", done: "done", stopped: "stopped", failed: "failed" };

export class Series {
  constructor(part, { compare, stop, show, ended }) {
    Object.assign(this, { part, compare, stop, show, ended });
    this.entries = [];
    this.running = false;
    this.shown = null;
  }

  clear() {
    const current = this.entries.find(({ state }) => state === "running");
    if (current?.comparison) this.stop(current.comparison.id);
    this.running = false;
    this.entries = [];
    this.draw();
  }

  // `compare` answers one window and tells its comparison's id; what is shown follows until another is chosen.
  async run(tiles) {
    const entries = tiles.map((tile) => ({ ...tile, state: "waiting" }));
    Object.assign(this, { entries, running: true, shown: null });
    const ours = () => this.running && this.entries === entries;
    for (const [index, entry] of entries.entries()) {
      if (!ours()) break;
      entry.state = "running";
      this.draw();
      const began = (comparison) => {
        entry.comparison = comparison;
        if (this.entries === entries && (!this.shown || this.shown === entries[index - 1])) this.choose(entry);
      };
      try {
        entry.state = await this.compare(entry, began);
      } catch (error) {
        entry.state = "failed";
        if (error.status) this.running = false; // a refusal: the other windows would meet the same
        if (this.entries === entries) say(this.part.workFault, `${clock(entry.start)} to ${clock(entry.end)}: ${error.message}`);
      }
      if (entry.state === "stopped") this.running = false;
      this.draw();
    }
    if (this.entries !== entries) return;
    for (const entry of entries) if (entry.state === "waiting") entry.state = "stopped";
    this.running = false;
    this.draw();
    this.ended();
  }

  choose(entry) {
    this.shown = entry;
    this.draw();
    this.show(entry);
  }

  draw() {
    this.part.series.hidden = !this.entries.length;
    this.part.series.replaceChildren(...this.entries.map((entry) =>
      h("button", { type: "button", class: "plain", disabled: !entry.comparison, "aria-pressed": String(entry === this.shown),
        onclick: () => this.choose(entry) },
        `${clock(entry.start)}–${clock(entry.end)} `, h("span", { class: "muted" }, WORDS[entry.state]))));
  }
}
