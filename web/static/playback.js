// One recording: playing it, its waveform with a part filled, and keys to move in it.

import { colour, fit } from "./canvas.js";
import { clock } from "./clock.js";
import { h } from "./dom.js";

export const STEP_S = 5;
export const AUDIO_TYPES = { opus: "audio/ogg; codecs=opus", mp3: "audio/mpeg" };

export class Playback {
  // `part` has audio, play, wave, canvas, head and clock. `signal` ends it; without one it lives as long as the page.
  constructor(part, signal) {
    this.part = part;
    this.audio = part.audio;
    this.peaks = [];
    this.duration = 0;
    part.play.addEventListener("click", () => this.toggle(), { signal });
    part.wave.addEventListener("pointerdown", (event) => this.seekTo(event), { signal });
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.showState(), { signal });
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) this.audio.addEventListener(name, () => this.showTime(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), { signal });
    const observers = [new ResizeObserver(() => this.draw()), new MutationObserver(() => this.draw())];
    observers[0].observe(part.wave);
    observers[1].observe(document.documentElement, { attributes: true });
    signal?.addEventListener("abort", () => observers.forEach((observer) => observer.disconnect()));
  }

  // `addresses`: of the recording in each coding.
  open(addresses, duration) {
    const { part } = this;
    this.audio.pause();
    this.duration = duration;
    this.peaks = [];
    const sources = Object.entries(AUDIO_TYPES).map(([coding, type]) => h("source", { src: addresses[coding], type }));
    sources.at(-1).addEventListener("error", () => this.failed());
    this.audio.replaceChildren(...sources);
    this.audio.load();
    part.play.disabled = false;
    part.wave.setAttribute("aria-valuemax", duration.toFixed(1));
    this.showTime();
  }

  showPeaks(peaks) {
    this.peaks = peaks;
    this.draw();
  }

  // What a face says where nothing can be played.
  get fault() {
    return "The recording cannot be played. Reload the page to try again.";
  }

  failed() {
    this.part.play.disabled = true;
    this.part.clock.textContent = this.fault;
  }

  // Nothing plays until the next recording is there.
  close() {
    this.audio.pause();
    this.part.play.disabled = true;
  }

  toggle() {
    if (this.part.play.disabled) return;
    if (!this.audio.paused) this.audio.pause();
    else this.audio.play().catch((error) => error.name !== "AbortError" && this.failed());
  }

  seek(time) {
    this.audio.currentTime = Math.min(Math.max(time, 0), this.duration);
    this.showTime();
  }

  step(seconds) {
    this.seek(this.audio.currentTime + seconds);
  }

  seekTo(event) {
    const box = this.part.wave.getBoundingClientRect();
    this.seek((this.duration * (event.clientX - box.left)) / box.width);
  }

  showState() {
    const playing = !this.audio.paused && !this.audio.ended;
    this.part.play.textContent = playing ? "Pause" : "Play";
    this.part.play.setAttribute("aria-pressed", String(playing));
    if (playing) requestAnimationFrame(() => this.animate());
  }

  animate() {
    this.showTime();
    if (!this.audio.paused) requestAnimationFrame(() => this.animate());
  }

  showTime() {
    const { part, audio } = this;
    // Somebody who pressed Play and hears nothing is told why.
    const starved = !audio.paused && !audio.ended && audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    part.head.style.left = `${(100 * audio.currentTime) / (this.duration || 1)}%`;
    part.clock.textContent = `${clock(audio.currentTime)} / ${clock(this.duration)}${starved ? ", loading" : ""}`;
    part.wave.setAttribute("aria-valuenow", audio.currentTime.toFixed(1));
    part.wave.setAttribute("aria-valuetext", `${clock(audio.currentTime)} of ${clock(this.duration)}`);
  }

  // Which part of the waveform stands out.
  isFilled() {
    return false;
  }

  draw() {
    const { canvas } = this.part;
    const { context, width, height, ratio } = fit(canvas);
    const [filled, rest] = [colour(canvas, "--accent"), colour(canvas, "--edge")];
    const middle = height / 2;
    for (let x = 0; x < width; x++) {
      const [low, high] = this.peaks[Math.floor((this.peaks.length * x) / width)] ?? [-2, 2];
      context.fillStyle = this.isFilled((this.duration * x) / width) ? filled : rest;
      const top = middle - (middle * high) / 100;
      context.fillRect(x, top, 1, Math.max(ratio, (middle * (high - low)) / 100));
    }
  }

  // Handle a key; whether it meant something here.
  key(key) {
    const actions = {
      " ": () => this.toggle(),
      ArrowRight: () => this.step(STEP_S),
      ArrowLeft: () => this.step(-STEP_S),
      PageUp: () => this.step(6 * STEP_S),
      PageDown: () => this.step(-6 * STEP_S),
      Home: () => this.seek(0),
      End: () => this.seek(this.duration),
    };
    actions[key]?.();
    return key in actions;
  }
}
