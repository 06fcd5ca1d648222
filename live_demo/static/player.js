// Listening: the recording itself, or what a method kept of it, under one play head.

import { h } from "./dom.js";
import { clock } from "./format.js";

const STEP_S = 5;

export class Player {
  constructor(part, server, view) {
    Object.assign(this, { part, server, view });
    this.audio = part.audio;
    this.recording = null;
    this.kept = null; // { configuration, spans } while a method's remains are listened to
    part.play.addEventListener("click", () => this.toggle());
    part.speed.addEventListener("change", () => (this.audio.playbackRate = Number(part.speed.value)));
    part.wave.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.changed());
    for (const name of ["seeked", "timeupdate", "loadedmetadata"]) this.audio.addEventListener(name, () => this.show());
    view.addEventListener("change", () => this.show());
    new ResizeObserver(() => this.show()).observe(part.wave);
  }

  load(recording) {
    this.recording = recording;
    this.position = 0;
    this.listen(null);
    this.part.wave.setAttribute("aria-valuemax", recording.duration_s.toFixed(1));
  }

  // Listen to the recording (null), or to what a configuration kept.
  listen(kept) {
    const time = this.recording ? this.time : 0;
    this.audio.pause();
    this.kept = kept;
    const copies = ["opus", "mp3"].map((coding) =>
      kept
        ? [coding, this.server.address(`/comparisons/${kept.comparison}/kept.${coding}`, { configuration: kept.configuration })]
        : [coding, this.server.address(`/recordings/${this.recording.id}/audio.${coding}`)]);
    const types = { opus: "audio/ogg; codecs=opus", mp3: "audio/mpeg" };
    const sources = copies.map(([coding, src]) => h("source", { src, type: types[coding] }));
    sources.at(-1).addEventListener("error", () => this.failed()); // none of them can be played
    this.audio.replaceChildren(...sources);
    this.audio.load();
    this.audio.playbackRate = Number(this.part.speed.value);
    this.part.play.disabled = false;
    this.part.playing.textContent = kept ? `what ${kept.configuration} kept` : "";
    this.pending = kept ? 0 : time; // set once the length is known
    this.show();
  }

  failed() {
    this.part.play.disabled = true;
    this.part.playing.textContent = "This recording can no longer be played.";
  }

  // Seconds of the original recording.
  get time() {
    if (this.pending) return this.pending;
    if (!this.kept) return this.audio.currentTime;
    let left = this.audio.currentTime;
    for (const [start, end] of this.kept.spans) {
      if (left < end - start) return start + left;
      left -= end - start;
    }
    return this.kept.spans.at(-1)?.[1] ?? 0;
  }

  seek(time) {
    if (!this.recording) return;
    const wanted = Math.min(Math.max(time, 0), this.recording.duration_s);
    this.pending = 0;
    if (!this.kept) {
      if (this.audio.readyState === 0) this.pending = wanted;
      this.audio.currentTime = wanted;
    } else {
      let before = 0;
      for (const [start, end] of this.kept.spans) {
        if (wanted < end) {
          before += Math.max(0, wanted - start);
          break;
        }
        before += end - start;
      }
      this.audio.currentTime = before;
    }
    this.show();
  }

  toggle() {
    if (!this.audio.paused) this.audio.pause();
    else this.audio.play().catch((error) => error.name !== "AbortError" && this.failed());
  }

  changed() {
    const playing = !this.audio.paused && !this.audio.ended;
    this.part.play.textContent = playing ? "Pause" : "Play";
    this.part.play.setAttribute("aria-pressed", String(playing));
    if (playing) requestAnimationFrame(() => this.run());
  }

  run() {
    this.show();
    const { view } = this;
    if (view.zoomed && (this.time > view.end || this.time < view.start)) view.show(this.time, this.time + view.span);
    if (!this.audio.paused) requestAnimationFrame(() => this.run());
  }

  show() {
    if (this.pending && this.audio.readyState > 0) {
      this.audio.currentTime = this.pending;
      this.pending = 0;
    }
    const { part, view } = this;
    const time = this.time;
    const fraction = view.fraction(time);
    part.head.hidden = !this.recording || fraction < 0 || fraction > 1;
    part.head.style.left = `${100 * fraction}%`;
    part.clock.textContent = `${clock(time)} / ${clock(this.recording?.duration_s ?? 0)}`;
    part.wave.setAttribute("aria-valuenow", time.toFixed(1));
    part.wave.setAttribute("aria-valuetext", `${clock(time)} of ${clock(this.recording?.duration_s ?? 0)}`);
  }

  key(event) {
    const { view } = this;
    const acts = {
      " ": () => this.toggle(),
      ArrowRight: () => this.seek(this.time + STEP_S),
      ArrowLeft: () => this.seek(this.time - STEP_S),
      PageUp: () => this.seek(this.time + 6 * STEP_S),
      PageDown: () => this.seek(this.time - 6 * STEP_S),
      Home: () => this.seek(0),
      End: () => this.seek(this.recording?.duration_s ?? 0),
      "+": () => view.zoom(2, this.time),
      "-": () => view.zoom(0.5, this.time),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }
}
