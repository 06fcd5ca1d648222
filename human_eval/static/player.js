// One recording: its waveform with the played part filled, and keys to move in it.

import { h } from "./dom.js";
import { clock } from "./widgets.js";

const STEP_S = 5;
const TYPES = { opus: "audio/ogg; codecs=opus", mp3: "audio/mpeg" };

export class Player {
  // `signal` ends it; without one it lives as long as the page.
  constructor(part, server, signal) {
    Object.assign(this, { part, server });
    this.audio = part.audio;
    this.peaks = [];
    this.covered = [];
    this.duration = 0;
    part.play.addEventListener("click", () => this.toggle(), { signal });
    part.speed.addEventListener("change", () => (this.audio.playbackRate = Number(part.speed.value)), { signal });
    part.wave.addEventListener("pointerdown", (event) => this.seekTo(event), { signal });
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.showState(), { signal });
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) this.audio.addEventListener(name, () => this.showTime(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), { signal });
    const observers = [new ResizeObserver(() => this.draw()), new MutationObserver(() => this.draw())];
    observers[0].observe(part.wave);
    observers[1].observe(document.documentElement, { attributes: true });
    signal?.addEventListener("abort", () => observers.forEach((observer) => observer.disconnect()));
  }

  async load(item, maxSpeed) {
    const { part, server } = this;
    this.audio.pause();
    this.duration = item.duration_s;
    this.peaks = [];
    this.showCovered(item.listening.covered);
    const sources = ["opus", "mp3"].map((coding) => h("source", { src: server.resource(item.audio[coding]), type: TYPES[coding] }));
    sources.at(-1).addEventListener("error", () => this.failed());
    this.audio.replaceChildren(...sources);
    this.audio.load();
    part.play.disabled = false;
    for (const option of part.speed.options) option.disabled = Number(option.value) > maxSpeed;
    if (Number(part.speed.value) > maxSpeed) part.speed.value = "1";
    this.audio.playbackRate = Number(part.speed.value);
    part.wave.setAttribute("aria-valuemax", this.duration.toFixed(1));
    this.showTime();
    const answer = await fetch(server.resource(item.peaks), { credentials: "same-origin" });
    if (answer.ok && this.duration === item.duration_s) this.peaks = (await answer.json()).peaks;
    this.draw();
  }

  showCovered(covered) {
    this.covered = covered;
    this.draw();
  }

  failed() {
    this.part.play.disabled = true;
    this.part.clock.textContent = "The recording cannot be played. Reload the page; if that does not help, report the problem.";
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

  draw() {
    const canvas = this.part.canvas;
    const ratio = window.devicePixelRatio || 1;
    const box = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(box.width * ratio));
    canvas.height = Math.max(1, Math.round(box.height * ratio));
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    const [played, rest] = ["--accent", "--edge"].map((name) => style.getPropertyValue(name).trim());
    const middle = canvas.height / 2;
    for (let x = 0; x < canvas.width; x++) {
      const time = (this.duration * x) / canvas.width;
      const [low, high] = this.peaks[Math.floor((this.peaks.length * x) / canvas.width)] ?? [-2, 2];
      context.fillStyle = this.covered.some(([start, end]) => time >= start && time < end) ? played : rest;
      const top = middle - (middle * high) / 100;
      context.fillRect(x, top, 1, Math.max(ratio, (middle * (high - low)) / 100));
    }
  }

  // Handle a key while somebody types, none that a text needs; whether it meant something here.
  writingKey({ key, ctrlKey }) {
    if (key === "Escape" || (key === " " && ctrlKey)) this.toggle();
    else if (key === "F1") this.step(-STEP_S);
    else if (key === "F2") this.step(STEP_S);
    else return false;
    return true;
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
