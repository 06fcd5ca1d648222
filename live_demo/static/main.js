// The demo: brings its pieces together, from a recording to what is compared of it.

import { methodColours } from "./canvas.js";
import { Comparing } from "./comparing.js";
import { Configurations } from "./configurations.js";
import { partsOf, say } from "./dom.js";
import { Expectation } from "./expectation.js";
import { clock } from "./clock.js";
import { Keeping } from "./keeping.js";
import { Lanes } from "./lanes.js";
import { linkedComparison } from "./links.js";
import { pause } from "./pausing.js";
import { Player } from "./player.js";
import { Question } from "./question.js";
import { RecordingWindow } from "./recording-window.js";
import { ResultsView } from "./results.js";
import { Series } from "./series.js";
import { Server } from "./server.js";
import { Source } from "./source.js";
import { POLL_MS, tooMuch } from "./status.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";
import { WindowView } from "./window-view.js";

class Bench {
  constructor(element, setup, base, runQueued) {
    const part = partsOf(element);
    const [server, view] = [new Server(base), new View()];
    Object.assign(this, { setup, part, runQueued, server, view });
    this.recording = null;
    this.player = new Player(part, server, view);
    this.timeline = new Timeline(part, server, view, (time) => this.player.seek(time));
    this.window = new RecordingWindow(setup.limits);
    this.windowView = new WindowView(part, view, this.window, this.player);
    this.lanes = new Lanes(part, view, { series: methodColours(setup.methods), listen: (name) => this.comparing.listen(name) });
    const results = new ResultsView(part, server, { setup, goOn: (tokens) => this.goOn(tokens) });
    this.question = new Question(part, setup);
    this.expectation = new Expectation(part, server);
    this.keeping = new Keeping(part, server, (what) => this.deleted(what));
    this.comparing = new Comparing(part, server, {
      view, player: this.player, lanes: this.lanes, results, keeping: this.keeping, runQueued,
      model: () => this.question.model.title,
      changed: () => this.ready(),
    });
    this.windows = new Series(part, {
      compare: (tile, began) => this.compareTile(tile, began),
      stop: (id) => server.post(`/comparisons/${id}/stop`).catch(() => {}),
      show: (entry) => this.comparing.show(entry.comparison, entry),
      ended: () => this.ready(),
    });
    this.configurations = new Configurations(part, setup, server);
    this.source = new Source(part, setup, server, {
      taken: (recording, example) => this.take(recording, example),
      refused: (sentence) => say(part.fault, sentence),
      moved: () => this.ready(),
    });
    this.configurations.changed = this.question.changed = () => this.ready();
    this.window.addEventListener("change", () => this.ready());
    part.go.addEventListener("click", () => this.compare());
    for (const choice of [part.longWindow, part.longSeries]) choice.addEventListener("change", () => this.ready());
    new MutationObserver(() => this.repaint()).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  async open() {
    this.question.choose(this.setup.tasks[0].code);
    this.lanes.columns(null);
    const shared = linkedComparison();
    if (shared) await this.reopen(shared);
    else await this.takeFirst();
    this.ready();
  }

  async takeFirst() {
    if (this.setup.examples.length) await this.source.take(this.setup.examples[0]);
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
      this.comparing.show({ id, names: ask.configurations }, { start: 0, end: recording.duration_s });
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
    this.keeping.showRecording(recording);
    this.lanes.audible = recording.audible;
    if (recording.audible) {
      this.player.load(recording);
      this.timeline.show(recording).catch(() => say(this.part.fault, "The recording is no longer kept here; the figures are."));
    } else this.view.reset(recording.duration_s);
    this.part.longWindow.checked = true;
    this.window.reset(recording.duration_s);
  }

  leave() {
    this.windows.clear();
    this.comparing.leave();
  }

  async deleted(what) {
    this.leave();
    if (what === "recording") await this.takeFirst();
    this.ready();
  }

  get inWindows() {
    return this.window.tooLong && this.part.longSeries.checked;
  }

  // What is compared next: the window, the first of several, or all of the recording.
  get stretch() {
    if (this.inWindows) return this.window.tiles()[0];
    return this.window.chosen ?? { start: 0, end: this.recording?.duration_s ?? 0 };
  }

  get asked() {
    return { recording: this.recording.id, configurations: this.configurations.names, ...this.question.read() };
  }

  // What the button does, or why it cannot.
  ready() {
    const { part, recording, stretch, window: { chosen } } = this;
    const count = this.configurations.names.length;
    const busy = this.comparing.busy || this.windows.running;
    const windows = this.inWindows ? this.window.tiles().length : 1;
    const tiles = this.inWindows ? ` in ${windows} windows` : "";
    part.go.textContent = (count === 1 ? "Answer with vanilla alone" : `Compare ${count} configurations`) + tiles;
    const cannot = this.source.busy ? "The recording is on its way."
      : recording ? (this.inWindows ? null : tooMuch(this.window)) : "Choose a recording first.";
    part.go.disabled = busy || cannot !== null;
    const alone = chosen && !this.inWindows ? `Of ${clock(chosen.start)} to ${clock(chosen.end)} alone.` : "";
    const words = busy ? "" : cannot ?? alone;
    if (part.reason.textContent !== words) part.reason.textContent = words;
    part.reason.classList.toggle("cannot", cannot !== null && !this.source.busy);
    this.question.fitTo(stretch.end - stretch.start);
    this.expectation.ask(part.go.disabled || !this.question.code ? null : this.asked, stretch.end - stretch.start, windows);
    if (!this.comparing.comparison) this.lanes.begin(this.configurations.names);
  }

  async compare() {
    this.leave();
    this.part.go.disabled = true;
    if (this.inWindows) return this.windows.run(this.window.tiles());
    const { stretch } = this;
    await this.begin(() => this.submit(stretch), stretch);
  }

  async begin(submit, stretch) {
    try {
      this.comparing.show(await submit(), stretch);
    } catch (error) {
      say(this.part.workFault, error.message);
    }
    this.ready();
  }

  // Put a stretch of the recording, or all of it, into the queue.
  async submit({ start, end }) {
    const { recording, asked } = this;
    const whole = start === 0 && end === recording.duration_s;
    const query = new URLSearchParams({ start: start.toFixed(3), end: end.toFixed(3) });
    const { id: heard } = whole ? recording : await this.server.post(`/recordings/${recording.id}/cut?${query}`);
    const { id } = await this.server.post("/comparisons", { ...asked, recording: heard });
    this.runQueued(id);
    return { id, names: asked.configurations };
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

  // Longer replies where they were cut off; the others stay as they are.
  async goOn(tokens) {
    this.question.limitTo(tokens);
    const { id, names, offset, length } = this.comparing.comparison;
    const stretch = { start: offset, end: offset + length };
    this.leave();
    await this.begin(() => this.longer(id, names, tokens), stretch);
  }

  async longer(before, names, tokens) {
    const { id } = await this.server.post(`/comparisons/${before}/longer?max_new_tokens=${tokens}`);
    this.runQueued(id);
    return { id, names };
  }

  repaint() {
    this.timeline.draw();
    this.lanes.draw();
  }
}

export function start(element, base, setup, trigger) {
  new Bench(element, setup, base, (id) => trigger("compare", { comparison: id })).open();
}
