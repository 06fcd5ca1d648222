// The demo: brings its pieces together and follows one comparison from question to figures.

import { Configurations } from "./configurations.js";
import { partsOf, say } from "./dom.js";
import { about, wholePercent } from "./format.js";
import { Lanes } from "./lanes.js";
import { Player } from "./player.js";
import { Question } from "./question.js";
import { ResultsView } from "./results.js";
import { Server } from "./server.js";
import { Source } from "./source.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";

const POLL_MS = { waiting: 1000, loading: 500, running: 300 };
const LOST_AFTER = 8;
const STAGES = { encoder: "encoding the audio", prefill: "prefill", decode: "writing the reply" };

class Bench {
  constructor(element, setup, base, runQueued) {
    const part = partsOf(element);
    Object.assign(this, { element, setup, part, runQueued, server: new Server(base), view: new View() });
    this.series = seriesOf(setup);
    this.player = new Player(part, this.server, this.view);
    this.timeline = new Timeline(part, this.server, this.view, (time) => this.player.seek(time));
    this.lanes = new Lanes(part, this.view, { series: this.series, listen: (name) => this.listen(name) });
    this.results = new ResultsView(part, this.server, this.series);
    this.question = new Question(part, setup);
    this.configurations = new Configurations(part, setup, this.server);
    this.configurations.changed = () => this.ready();
    this.source = new Source(part, setup, this.server, {
      taken: (recording, example) => this.take(recording, example),
      refused: (sentence) => say(part.fault, sentence),
      playHead: () => this.player.time,
    });
    this.recording = this.comparison = null;
    part.go.addEventListener("click", () => this.compare());
    part.stop.addEventListener("click", () => this.stop());
    new MutationObserver(() => this.repaint()).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  async open() {
    this.question.choose(this.setup.tasks[0].code);
    this.lanes.columns(null);
    const shared = new URLSearchParams(location.search).get("comparison");
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
      this.comparison = { id, names: ask.configurations };
      this.lanes.begin(ask.configurations);
      if (status.state === "waiting") this.runQueued(id); // its first page may be closed
      this.follow(id);
    } catch (error) {
      say(this.part.fault, error.message);
    }
  }

  take(recording, example) {
    this.leave();
    this.showRecording(recording);
    this.question.suit(example);
    if (example) this.question.choose(example.task, { question: example.question, options: example.options });
    this.ready();
  }

  showRecording(recording) {
    this.recording = recording;
    this.source.describe(recording);
    this.question.fitTo(recording.duration_s);
    this.player.load(recording);
    this.timeline.show(recording).catch(() => say(this.part.fault, "The recording is no longer kept here; the figures are."));
  }

  // Forget the comparison that is shown; it stays where its link leads.
  leave() {
    if (this.comparison?.busy) this.server.post(`/comparisons/${this.comparison.id}/stop`).catch(() => {});
    this.comparison = null;
    this.results.clear();
    this.lanes.columns(null);
    this.progress(null);
    say(this.part.workFault, null);
    address(null);
  }

  ready() {
    const count = this.configurations.names.length;
    this.part.go.textContent = count === 1 ? "Answer with vanilla alone" : `Compare ${count} configurations`;
    this.part.go.disabled = !this.recording || Boolean(this.comparison?.busy);
    if (!this.comparison) this.lanes.begin(this.configurations.names);
  }

  async compare() {
    this.leave();
    this.part.go.disabled = true;
    const names = this.configurations.names;
    try {
      const ask = { recording: this.recording.id, configurations: names, ...this.question.read() };
      const { id } = await this.server.post("/comparisons", ask);
      this.comparison = { id, names, busy: true };
      this.lanes.begin(names);
      address(id);
      this.runQueued(id);
      this.follow(id);
    } catch (error) {
      say(this.part.workFault, error.message);
      this.ready();
    }
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
      if (this.comparison.kept?.has(row.configuration)) continue;
      const none = { spans: [], map: [] };
      const kept = row.error ? none : await this.server.get(`/comparisons/${id}/kept`, { configuration: row.configuration });
      if (this.comparison?.id !== id) return;
      (this.comparison.kept ??= new Map()).set(row.configuration, kept);
      this.lanes.finish(row, kept, this.results.untrained);
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
    if (status.pace) this.lanes.work(status.pace.configuration, status.pace.share);
  }

  listen(configuration) {
    const same = this.player.kept?.configuration === configuration;
    const spans = this.comparison.kept.get(configuration).spans;
    this.player.listen(same ? null : { comparison: this.comparison.id, configuration, spans });
    this.lanes.playing(same ? null : configuration);
    if (!same) this.player.toggle();
  }

  repaint() {
    this.timeline.draw();
    this.lanes.draw();
  }
}

function describe(status, model) {
  if (status.state === "waiting") {
    const ahead = status.position === 1 ? "1 comparison is" : `${status.position} comparisons are`;
    const text = status.position ? `Waiting: ${ahead} ahead` : "Waiting to begin";
    return { text, announced: text, share: null };
  }
  if (status.state === "loading" || !status.pace) {
    const text = `Loading the model: ${model}`;
    return { text, announced: text, share: null };
  }
  const { configuration, stage, share, done, total, elapsed_s: elapsed, left_s: left } = status.pace;
  // The encoder counts as one configuration: on a small model it is the longest single step.
  const part = stage === "encoder" ? share : 1 + done + (stage === "decode" ? 0.5 + share / 2 : 0);
  const doing = stage === "encoder" ? STAGES.encoder : `${configuration}, ${STAGES[stage]}`;
  const much = stage === "prefill" ? "" : ` ${wholePercent(share)}`;
  const until = left === null ? "" : ` · ${about(left)} left`;
  return {
    text: `${doing}${much} · ${done} of ${total} done · ${elapsed.toFixed(0)} s${until}`,
    announced: `${doing}, ${done} of ${total} done`,
    share: part / (1 + total),
  };
}

// A method keeps its colour whatever it is compared with; vanilla is grey.
function seriesOf(setup) {
  const colours = new Map(setup.methods.map((method, index) => [method.name, `--series-${1 + (index % 6)}`]));
  return (name) => ({ colour: colours.get(name.split("@")[0]) ?? "--edge" });
}

function address(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set("comparison", id);
  else url.searchParams.delete("comparison");
  history.replaceState(history.state, "", url);
}

// The timers of a hidden page run once a minute at worst, and the server gives up what nobody asks after for
// half of that. A worker's run as they should.
const TIMER = "onmessage = ({ data: [id, wait] }) => setTimeout(() => postMessage(id), wait)";
const pausing = new Map();
let timer = null;

function startTimer() {
  const worker = new Worker(URL.createObjectURL(new Blob([TIMER], { type: "text/javascript" })));
  worker.onmessage = ({ data: id }) => {
    pausing.get(id)();
    pausing.delete(id);
  };
  return worker;
}

let pauses = 0;
const pause = (milliseconds) =>
  new Promise((resolve) => {
    timer ??= startTimer();
    pausing.set(++pauses, resolve);
    timer.postMessage([pauses, milliseconds]);
  });

export function start(element, base, setup, trigger) {
  new Bench(element, setup, base, (id) => trigger("compare", { comparison: id })).open();
}
