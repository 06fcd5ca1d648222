// What was really played, in stretches of one speed and one state, reported every few seconds.

import { newId } from "./server.js";

const REPORT_EVERY_MS = 5000;
// Positions that are this far from where playing would have led were reached by a seek.
const SEEK_S = 0.3;
// What the server takes for too short to hear; it is not worth telling.
const SHORTEST_S = 0.05;
// What rounding may take from a fully played recording.
const SHARE_TOLERANCE = 0.005;

export class Listening {
  constructor(audio, report) {
    Object.assign(this, { audio, report });
    this.page = newId();
    this.stretches = [];
    this.current = null;
    this.item = null;
    this.own = [];
    this.maxSpeed = Infinity;
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
  attend(item, maxSpeed = Infinity) {
    this.send();
    Object.assign(this, { item, maxSpeed, own: [] });
  }

  // What was heard by this page's own count, beside what the server knows: the same without a connection.
  heard({ covered, needed, unlocked }, duration) {
    const { current } = this;
    const own = current && this.counts(current) ? [...this.own, [current.start, current.end]] : this.own;
    const all = join([...covered, ...own]);
    const sum = all.reduce((seconds, [start, end]) => seconds + Math.min(end, duration) - Math.min(start, duration), 0);
    const share = duration ? Math.min(1, sum / duration) : 1;
    return { covered: all, share, needed, unlocked: unlocked || share >= needed - SHARE_TOLERANCE };
  }

  // The server did not believe this page's count; from here on its own is what counts.
  forget() {
    this.own = [];
    this.end();
  }

  counts({ muted, speed }) {
    return !muted && speed <= this.maxSpeed;
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
    const left = this.audio.duration - stretch.end;
    if (stretch.end - stretch.start < SHORTEST_S && !(stretch.end > stretch.start && left < SHORTEST_S)) return;
    this.stretches.push(stretch);
    if (this.counts(stretch)) this.own.push([stretch.start, stretch.end]);
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

// Spans that touch or overlap are one.
function join(spans) {
  const joined = [];
  for (const [start, end] of [...spans].sort((one, other) => one[0] - other[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}
