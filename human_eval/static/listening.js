// What was really played, in stretches of one speed and one state, reported every few seconds.

import { newId } from "./server.js";

const REPORT_EVERY_MS = 5000;
// Positions that are this far from where playing would have led were reached by a seek.
const SEEK_S = 0.3;

export class Listening {
  constructor(audio, report) {
    Object.assign(this, { audio, report });
    this.page = newId();
    this.stretches = [];
    this.current = null;
    this.item = null;
    for (const name of ["playing", "pause", "ended", "seeking", "ratechange", "volumechange", "waiting"])
      audio.addEventListener(name, () => this.turn());
    audio.addEventListener("timeupdate", () => this.follow());
    document.addEventListener("visibilitychange", () => {
      this.turn();
      if (document.hidden) this.send();
    });
    window.addEventListener("pagehide", () => this.send());
    this.timer = setInterval(() => this.send(), REPORT_EVERY_MS);
  }

  // Begin with another item; what was heard of the last one is sent first.
  attend(item) {
    this.send();
    this.item = item;
    this.last = 0;
  }

  stop() {
    this.send();
    clearInterval(this.timer);
    this.item = null;
  }

  get running() {
    const { audio } = this;
    return !audio.paused && !audio.ended && !audio.seeking && audio.readyState > 2;
  }

  // Something changed: end the stretch, and begin another if sound goes on.
  turn() {
    this.end();
    if (!this.running || !this.item) return;
    const { audio } = this;
    this.current = {
      start: audio.currentTime,
      end: audio.currentTime,
      speed: audio.playbackRate,
      at: performance.now() / 1000,
      muted: audio.muted || audio.volume === 0,
      hidden: document.hidden,
    };
  }

  follow() {
    const { current, audio } = this;
    if (!current) return this.running ? this.turn() : undefined;
    const expected = current.start + (performance.now() / 1000 - current.at) * current.speed;
    if (Math.abs(audio.currentTime - expected) > SEEK_S) {
      this.turn(); // a stall or a jump: what led up to the last tick counts
      return;
    }
    current.end = Math.max(current.end, audio.currentTime);
  }

  end() {
    const stretch = this.current;
    this.current = null;
    if (!stretch) return;
    const expected = stretch.start + (performance.now() / 1000 - stretch.at) * stretch.speed;
    // A seek has moved the position already; a pause has not.
    const here = this.audio.currentTime;
    if (Math.abs(here - expected) <= SEEK_S) stretch.end = Math.max(stretch.end, here);
    if (stretch.end > stretch.start) this.stretches.push(stretch);
  }

  // Hand over what there is, as one report that can be sent again word for word.
  send() {
    if (!this.item) return;
    const going = this.current;
    this.end();
    const intervals = this.stretches;
    this.stretches = [];
    if (going && this.running) this.turn();
    this.report(this.item, {
      client_id: newId(),
      page: this.page,
      sent_at: performance.now() / 1000,
      intervals,
    });
  }
}
