// One comparison on the page: followed from its place in the queue to its last figure, and heard.

import { say } from "./dom.js";
import { setLink } from "./links.js";
import { pause } from "./pausing.js";
import { describe, POLL_MS } from "./status.js";

const LOST_AFTER = 8;
const NOTHING_KEPT = { spans: [], map: [], curve: [] };

export class Comparing {
  constructor(part, server, { view, player, lanes, results, keeping, runQueued, model, changed }) {
    Object.assign(this, { part, server, view, player, lanes, results, keeping, runQueued, model, changed });
    this.comparison = null;
    player.changedForm = (form) => this.hear(form);
    part.stop.addEventListener("click", () => this.stop());
  }

  get busy() {
    return Boolean(this.comparison?.busy);
  }

  // Show a comparison of a stretch of the recording, and follow it to its end.
  show({ id, names }, { start, end }) {
    this.clear();
    this.comparison = { id, names, busy: true, offset: start, length: end - start, kept: new Map() };
    this.lanes.begin(names);
    this.view.cover(start, end);
    setLink(id);
    this.follow(id);
  }

  // Forget it; it stays where its link leads, and stops if nobody is to wait for it.
  leave() {
    if (this.busy) this.server.post(`/comparisons/${this.comparison.id}/stop`).catch(() => {});
    this.clear();
    this.progress(null);
    say(this.part.workFault, null);
    setLink(null);
  }

  clear() {
    this.comparison = null;
    if (this.player.kept) this.player.listen(null);
    this.results.clear();
    this.lanes.columns(null);
  }

  async stop() {
    this.part.stop.disabled = true;
    try {
      await this.server.post(`/comparisons/${this.comparison.id}/stop`);
    } catch (error) {
      if (error.status !== 404) say(this.part.workFault, error.message); // 404: it has ended by itself
    }
  }

  // Ask how far it is until it ends; fetch figures whenever there are more.
  async follow(id) {
    let [shown, silent, first] = [-1, 0, 0];
    while (this.comparison?.id === id) {
      let status;
      try {
        status = await this.server.get(`/comparisons/${id}/status`);
        if (silent) say(this.part.workFault, null);
        silent = 0;
      } catch (error) {
        if (this.comparison?.id !== id) return;
        if (error.status) return this.ended(error.message);
        silent += 1;
        say(this.part.workFault, `${error.message} Trying again.`);
        await pause(Math.min(1000 * silent, 10000));
        continue;
      }
      if (this.comparison?.id !== id) return;
      this.comparison.busy = status.state in POLL_MS;
      // First in line and still not begun: its event was lost on the way. A second one does no harm.
      first = status.state === "waiting" && status.position === 0 ? first + 1 : 0;
      if (first % LOST_AFTER === LOST_AFTER - 1) this.runQueued(id);
      this.progress(status);
      this.keeping.showComparison(id, status.mine);
      const done = status.done ?? 0;
      if (done > shown || !this.comparison.busy) {
        shown = done;
        if (done) await this.fetch(id, status);
      }
      if (!this.comparison?.busy) return this.ended(status.error);
      await pause(POLL_MS[status.state]);
    }
  }

  async fetch(id, status) {
    const found = await this.server.get(`/comparisons/${id}`);
    if (this.comparison?.id !== id) return;
    this.results.show(found, status.state === "done" || this.comparison.busy);
    this.lanes.columns(this.results.untrained, found.rows);
    for (const row of found.rows) {
      if (this.comparison.kept.has(row.configuration)) {
        this.lanes.retime(row);
        continue;
      }
      const found = row.error ? NOTHING_KEPT : await this.server.get(`/comparisons/${id}/kept`, { configuration: row.configuration });
      if (this.comparison?.id !== id) return;
      const kept = this.placed(found);
      this.comparison.kept.set(row.configuration, kept);
      this.lanes.finish(row, kept, this.results.untrained);
    }
  }

  // What was kept of a window, in seconds of the recording that is shown.
  placed(kept) {
    const { offset, length } = this.comparison;
    return { ...kept, offset, length, spans: kept.spans.map(([start, end]) => [start + offset, end + offset]) };
  }

  ended(error) {
    if (this.comparison) this.comparison.busy = false;
    this.lanes.work(null, 0);
    this.progress(null);
    say(this.part.workFault, error);
    this.changed();
  }

  progress(status) {
    const { part } = this;
    part.work.hidden = !status || !(status.state in POLL_MS);
    part.stop.disabled = Boolean(status?.stopping);
    if (part.work.hidden) return;
    this.changed();
    const { text, announced, share } = describe(status, this.model());
    if (share === null) part.bar.removeAttribute("value");
    else part.bar.value = share;
    part.doing.textContent = status.stopping ? "Stopping after this step" : text;
    if (part.announced.textContent !== announced) part.announced.textContent = announced;
    if (!status.pace) return;
    this.lanes.work(status.pace.configuration, status.pace.share);
    this.results.write(status.pace);
    if (status.pace.text) this.lanes.write(status.pace.configuration, status.pace.text);
  }

  // A lane's button: what it kept, and the recording again.
  listen(configuration) {
    const same = this.player.kept?.configuration === configuration;
    this.hear(same ? "original" : "closed", configuration);
    if (!same) this.player.toggle();
  }

  hear(form, configuration = this.player.kept.configuration) {
    const playing = !this.player.audio.paused;
    const original = form === "original";
    const { id, kept } = this.comparison;
    this.player.listen(original ? null : { comparison: id, configuration, form, ...kept.get(configuration) });
    this.lanes.playing(original ? null : configuration);
    if (playing) this.player.toggle();
  }
}
