// Listening: the recording itself, or what a method kept or removed, under one play head.

import { h } from "./dom.js";
import { AUDIO_TYPES, STEP_S } from "./playback.js";
import { clock } from "./clock.js";
import { FORMS, heardSpans } from "./hearing.js";

export class Player {
  changedForm = () => {};

  constructor(part, server, view) {
    Object.assign(this, { part, server, view });
    this.audio = part.audio;
    this.recording = null;
    this.kept = null; // { comparison, configuration, form, spans } while something else than the recording is heard
    this.until = null; // where playing a window ends
    part.hear.append(...FORMS.map(([value, title]) => h("option", { value }, title)));
    part.hear.addEventListener("change", () => this.changedForm(part.hear.value));
    part.play.addEventListener("click", () => this.toggle());
    part.speed.addEventListener("change", () => (this.audio.playbackRate = Number(part.speed.value)));
    part.wave.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.changed());
    for (const name of ["seeked", "timeupdate", "loadedmetadata"]) this.audio.addEventListener(name, () => this.show());
    view.addEventListener("change", () => this.show());
    new ResizeObserver(() => this.show()).observe(part.wave);
  }

  // Another recording: from its start, and nothing of the last one's.
  load(recording) {
    this.audio.pause();
    this.recording = this.kept = null;
    this.pending = 0;
    this.audio.replaceChildren();
    this.recording = recording;
    this.source(null, 0);
    this.part.wave.setAttribute("aria-valuemax", recording.duration_s.toFixed(1));
  }

  // Listen to the recording (null), or to a form of what a configuration left.
  listen(kept) {
    const time = this.recording ? this.time : 0;
    this.source(kept && { ...kept, spans: heardSpans(kept.form, kept) }, time);
  }

  source(kept, time) {
    this.audio.pause();
    this.kept = kept;
    this.until = null;
    const copies = ["opus", "mp3"].map((coding) =>
      kept
        ? [coding, this.server.address(`/comparisons/${kept.comparison}/kept.${coding}`, { configuration: kept.configuration, form: kept.form })]
        : [coding, this.server.address(`/recordings/${this.recording.id}/audio.${coding}`)]);
    const sources = copies.map(([coding, src]) => h("source", { src, type: AUDIO_TYPES[coding] }));
    sources.at(-1).addEventListener("error", () => this.failed()); // none of them can be played
    this.audio.replaceChildren(...sources);
    this.audio.load();
    this.audio.playbackRate = Number(this.part.speed.value);
    this.part.play.disabled = false;
    this.part.hearLine.hidden = !kept;
    this.part.hear.hidden = false;
    this.part.playing.textContent = kept ? kept.configuration : "";
    if (kept) this.part.hear.value = kept.form;
    this.pending = kept ? this.place(time) : time; // set once the length is known
    this.show();
  }

  failed() {
    this.part.play.disabled = true;
    this.part.hearLine.hidden = false;
    this.part.hear.hidden = !this.kept;
    this.part.playing.textContent = this.kept
      ? "There is nothing to hear of this."
      : "This recording can no longer be played.";
  }

  // Seconds of the original recording.
  get time() {
    const at = this.pending || this.audio.currentTime;
    if (!this.kept) return at;
    let left = at;
    for (const [start, end] of this.kept.spans) {
      if (left < end - start) return start + left;
      left -= end - start;
    }
    return this.kept.spans.at(-1)?.[1] ?? 0;
  }

  // Where in what is heard a time of the recording lies.
  place(time) {
    if (!this.kept) return time;
    let before = 0;
    for (const [start, end] of this.kept.spans) {
      if (time < end) return before + Math.max(0, time - start);
      before += end - start;
    }
    return time > (this.kept.spans.at(-1)?.[1] ?? 0) ? 0 : before; // behind the last: from the start
  }

  seek(time) {
    if (!this.recording) return;
    this.until = null;
    const wanted = this.place(Math.min(Math.max(time, 0), this.recording.duration_s));
    this.pending = this.audio.readyState === 0 ? wanted : 0;
    this.audio.currentTime = wanted;
    this.show();
  }

  playRange(start, end) {
    this.seek(start);
    this.until = end;
    if (this.audio.paused) this.toggle();
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
    if (this.until !== null && this.time >= this.until) {
      this.until = null;
      this.audio.pause();
    }
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
