// A recording of an item: what was heard is filled, and no faster than the study allows.

import { Playback, STEP_S } from "./playback.js";

export class Player extends Playback {
  // `signal` ends it; without one it lives as long as the page.
  constructor(part, server, signal) {
    super(part, signal);
    this.server = server;
    this.covered = [];
    part.speed.addEventListener("change", () => (this.audio.playbackRate = Number(part.speed.value)), { signal });
  }

  async load(item, maxSpeed) {
    const { part, server } = this;
    this.showCovered(item.listening.covered);
    this.open({ opus: server.resource(item.audio.opus), mp3: server.resource(item.audio.mp3) }, item.duration_s);
    for (const option of part.speed.options) option.disabled = Number(option.value) > maxSpeed;
    if (Number(part.speed.value) > maxSpeed) part.speed.value = "1";
    this.audio.playbackRate = Number(part.speed.value);
    const answer = await fetch(server.resource(item.peaks), { credentials: "same-origin" });
    if (answer.ok && this.duration === item.duration_s) this.showPeaks((await answer.json()).peaks);
    else this.draw();
  }

  showCovered(covered) {
    this.covered = covered;
    this.draw();
  }

  get fault() {
    return "The recording cannot be played. Reload the page; if that does not help, report the problem.";
  }

  isFilled(time) {
    return this.covered.some(([start, end]) => time >= start && time < end);
  }

  // Handle a key while somebody types, none that a text needs; whether it meant something here.
  writingKey({ key, ctrlKey }) {
    if (key === "Escape" || (key === " " && ctrlKey)) this.toggle();
    else if (key === "F1") this.step(-STEP_S);
    else if (key === "F2") this.step(STEP_S);
    else return false;
    return true;
  }
}
