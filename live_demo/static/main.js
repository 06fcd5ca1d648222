// The demo: brings its pieces together and follows one comparison from question to figures.

import { methodColours } from "./canvas.js";
import { Configurations } from "./configurations.js";
import { partsOf, say } from "./dom.js";
import { clock } from "./format.js";
import { Lanes } from "./lanes.js";
import { linkedComparison, setLink } from "./links.js";
import { pause } from "./pausing.js";
import { Player } from "./player.js";
import { Question } from "./question.js";
import { RecordingWindow } from "./recording-window.js";
import { ResultsView } from "./results.js";
import { Series } from "./series.js";
import { Server } from "./server.js";
import { Source } from "./source.js";
import { describe, POLL_MS, tooMuch } from "./status.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";
import { WindowView } from "./window-view.js";

const LOST_AFTER = 8;
const NOTHING_KEPT = { spans: [], map: [], curve: [] };

class Bench {
  constructor(element, setup, base, runQueued) {
    const part = partsOf(element);
    Object.assign(this, { element, setup, part, runQueued, server: new Server(base), view: new View() });
    this.series = methodColours(setup.methods);
    this.player = new Player(part, this.server, this.view);
    this.player.changedForm = (form) => this.hear(form);
    this.timeline = new Timeline(part, this.server, this.view, (time) => this.player.seek(time));
    this.window = new RecordingWindow(setup.limits);
    this.window.addEventListener("change", () => this.ready());
    this.windowView = new WindowView(part, this.view, this.window, this.player);
    this.lanes = new Lanes(part, this.view, { series: this.series, listen: (name) => this.listen(name) });
    this.results = new ResultsView(part, this.server, { setup, goOn: (tokens) => this.goOn(tokens) });
    this.question = new Question(part, setup);
    this.configurations = new Configurations(part, setup, this.server);
    this.configurations.changed = () => this.ready();
    this.windows = new Series(part, {
      compare: (tile, began) => this.compareTile(tile, began),
      stop: (id) => this.server.post(`/comparisons/${id}/stop`).catch(() => {}),
      show: (entry) => this.display(entry.comparison, entry),
      ended: () => this.ready(),
    });
    this.source = new Source(part, setup, this.server, {
      taken: (recording, example) => this.take(recording, example),
      refused: (sentence) => say(part.fault, sentence),
    });
    this.recording = this.comparison = null;
    part.go.addEventListener("click", () => this.compare());
    part.stop.addEventListener("click", () => this.stop());
    for (const choice of [part.longWindow, part.longSeries]) choice.addEventListener("change", () => this.ready());
    new MutationObserver(() => this.repaint()).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  async open() {
    this.question.choose(this.setup.tasks[0].code);
    this.lanes.columns(null);
    const shared = linkedComparison();
    if (shared) await this.reopen(shared);
    else if (this.setup.examples.length) await this.source.take(this.setup.examples[0]);
    this.ready();
  }

  // A link to a comparison: its question, its recording, and how far it is.
  async reopen(id) {
    try {
      const status = await this.server.get(`/comparisons/${id}/status`);
      const { recording, ask } = status;
      this.question.restore(ask);
      this.configurations.set(ask.configurations);
      this.showRecording(recording);
      if (status.state === "waiting") this.runQueued(id); // its first page may be closed
      this.display({ id, names: ask.configurations }, { start: 0, end: recording.duration_s });
    } catch (error) {
      say(this.part.fault, error.message);
    }
  }

  take(recording, example) {
    this.leave();
    this.showRecording(recording);
    this.question.begin(example);
    this.ready();
  }

  showRecording(recording) {
    this.recording = recording;
    this.source.describe(recording);
    this.player.load(recording);
    this.timeline.show(recording).catch(() => say(this.part.fault, "The recording is no longer kept here; the figures are."));
    this.part.longWindow.checked = true;
    this.window.reset(recording.duration_s);
  }

  // Forget the comparison that is shown; it stays where its link leads.
  leave() {
    if (this.comparison?.busy) this.server.post(`/comparisons/${this.comparison.id}/stop`).catch(() => {});
    this.windows.clear();
    this.comparison = null;
    if (this.player.kept) this.player.listen(null);
    this.results.clear();
    this.lanes.columns(null);
    this.progress(null);
    say(this.part.workFault, null);
    setLink(null);
  }

  get inWindows() {
    return this.window.tooLong && this.part.longSeries.checked;
  }

  get busy() {
    return Boolean(this.comparison?.busy) || this.windows.running;
  }

  // What the button does, or why it cannot.
  ready() {
    const { part, recording, window: { chosen } } = this;
    const count = this.configurations.names.length;
    const tiles = this.inWindows ? ` in ${this.window.tiles().length} windows` : "";
    part.go.textContent = (count === 1 ? "Answer with vanilla alone" : `Compare ${count} configurations`) + tiles;
    const cannot = recording ? this.inWindows ? null : tooMuch(this.window) : "Choose a recording first.";
    part.go.disabled = this.busy || cannot !== null;
    const tile = this.inWindows ? this.window.tiles()[0] : chosen ?? { start: 0, end: recording?.duration_s ?? 0 };
    this.question.fitTo(tile.end - tile.start);
    const stretch = chosen && !this.inWindows ? `Of ${clock(chosen.start)} to ${clock(chosen.end)} alone.` : "";
    const words = this.busy ? "" : cannot ?? stretch;
    if (part.reason.textContent !== words) part.reason.textContent = words;
    part.reason.classList.toggle("cannot", cannot !== null);
    if (!this.comparison) this.lanes.begin(this.configurations.names);
  }

  async compare() {
    this.leave();
    this.part.go.disabled = true;
    if (this.inWindows) {
      this.windows.run(this.window.tiles());
      return;
    }
    const stretch = this.window.chosen ?? { start: 0, end: this.recording.duration_s };
    try {
      this.display(await this.submit(stretch), stretch);
    } catch (error) {
      say(this.part.workFault, error.message);
      this.ready();
    }
  }

  // Put a stretch of the recording, or all of it, into the queue.
  async submit({ start, end }) {
    const { recording } = this;
    const names = this.configurations.names;
    const whole = start === 0 && end === recording.duration_s;
    const query = new URLSearchParams({ start: start.toFixed(3), end: end.toFixed(3) });
    const { id: heard } = whole ? recording : await this.server.post(`/recordings/${recording.id}/cut?${query}`);
    const { id } = await this.server.post("/comparisons", { recording: heard, configurations: names, ...this.question.read() });
    this.runQueued(id);
    return { id, names };
  }

  // One window of several, from its submission to its end: its state then.
  async compareTile(tile, began) {
    const comparison = await this.submit(tile);
    began(comparison);
    for (;;) {
      const status = await this.server.get(`/comparisons/${comparison.id}/status`);
      if (status.error) throw new Error(status.error);
      if (!(status.state in POLL_MS)) return status.state;
      await pause(POLL_MS[status.state]);
    }
  }

  // Show a comparison of a stretch of the recording, and follow it to its end.
  display({ id, names }, { start, end }) {
    if (this.player.kept) this.player.listen(null);
    this.results.clear();
    this.lanes.columns(null);
    this.comparison = { id, names, busy: true, offset: start, length: end - start, kept: new Map() };
    this.lanes.begin(names);
    this.view.cover(start, end);
    setLink(id);
    this.follow(id);
  }

  async stop() {
    this.part.stop.disabled = true;
    try {
      await this.server.post(`/comparisons/${this.comparison.id}/stop`);
    } catch (error) {
      if (error.status !== 404) say(this.part.workFault, error.message); // 404: it has ended by itself
    }
  }

  // The same question with a longer limit, for replies that were cut off.
  goOn(tokens) {
    this.question.limitTo(tokens);
    this.compare();
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
    this.lanes.columns(this.results.untrained);
    for (const row of found.rows) {
      if (this.comparison.kept.has(row.configuration)) continue;
      const kept = row.error ? NOTHING_KEPT : await this.server.get(`/comparisons/${id}/kept`, { configuration: row.configuration });
      if (this.comparison?.id !== id) return;
      const { offset, length } = this.comparison;
      const placed = { ...kept, offset, length, spans: kept.spans.map(([start, end]) => [start + offset, end + offset]) };
      this.comparison.kept.set(row.configuration, placed);
      this.lanes.finish(row, placed, this.results.untrained);
    }
  }

  ended(error) {
    if (this.comparison) this.comparison.busy = false;
    this.lanes.work(null, 0);
    this.progress(null);
    say(this.part.workFault, error);
    this.ready();
  }

  progress(status) {
    const { part } = this;
    part.work.hidden = !status || !(status.state in POLL_MS);
    part.stop.disabled = Boolean(status?.stopping);
    if (part.work.hidden) return;
    this.ready();
    const { text, announced, share } = describe(status, this.question.model.title);
    if (share === null) part.bar.removeAttribute("value");
    else part.bar.value = share;
    part.doing.textContent = status.stopping ? "Stopping after this step" : text;
    if (part.announced.textContent !== announced) part.announced.textContent = announced;
    if (!status.pace) return;
    this.lanes.work(status.pace.configuration, status.pace.share);
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
    const { id } = this.comparison;
    this.player.listen(original ? null : { comparison: id, configuration, form, ...this.comparison.kept.get(configuration) });
    this.lanes.playing(original ? null : configuration);
    if (playing) this.player.toggle();
  }

  repaint() {
    this.timeline.draw();
    this.lanes.draw();
  }
}

export function start(element, base, setup, trigger) {
  new Bench(element, setup, base, (id) => trigger("compare", { comparison: id })).open();
}
