// What was really played, in stretches of one speed and one state, reported every few seconds.

import { newId } from "./server.js";

const REPORT_EVERY_MS = 5000;
// Positions that are this far beyond where playing would have led were reached by a seek.
const SEEK_S = 0.3;
// What the server takes for too short to hear; it is not worth telling.
const SHORTEST_S = 0.05;
// What rounding may take from a fully played recording.
const SHARE_TOLERANCE = 0.005;

export class Listening {
  // `signal` ends it.
  constructor(audio, report, signal) {
    Object.assign(this, { audio, report });
    this.page = newId();
    this.stretches = [];
    this.current = null;
    this.item = null;
    this.own = [];
    this.maxSpeed = Infinity;
    this.rest = null;
    for (const name of ["playing", "pause", "ended", "ratechange", "volumechange", "waiting"])
      audio.addEventListener(name, () => this.turn(), { signal });
    audio.addEventListener("seeking", () => this.moved(), { signal });
    audio.addEventListener("timeupdate", () => this.follow(), { signal });
    const visible = () => {
      this.turn();
      if (document.hidden) this.send();
    };
    document.addEventListener("visibilitychange", visible, { signal });
    window.addEventListener("pagehide", () => this.send(), { signal });
    this.timer = setInterval(() => this.send(), REPORT_EVERY_MS);
  }

  // Begin with another item; what was heard of the last one is sent first.
  attend(item, maxSpeed = Infinity) {
    this.audio.pause();
    this.send();
    Object.assign(this, { item, maxSpeed, own: [], current: null, rest: null });
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
    if (!this.item) return;
    const { audio, rest } = this;
    const [now, here, speed] = [performance.now() / 1000, audio.currentTime, audio.playbackRate];
    if (!this.running) {
      this.rest = { at: now, here };
      return;
    }
    this.rest = null;
    // A busy page hears late that sound goes on: it began where it stood, if there was time for it.
    const late = rest ? (here - rest.here) / speed : 0;
    const led = late > 0 && late <= now - rest.at;
    this.current = {
      start: led ? rest.here : here,
      end: here,
      speed,
      at: led ? now - late : now,
      muted: audio.muted || audio.volume === 0,
      hidden: document.hidden,
    };
  }

  // Somebody went elsewhere in the recording.
  moved() {
    this.turn();
    this.rest = { at: performance.now() / 1000, here: this.audio.currentTime };
  }

  follow() {
    const { current, audio } = this;
    if (!current) return this.running ? this.turn() : undefined;
    if (audio.seeking) return undefined; // its own event comes
    const expected = current.start + (performance.now() / 1000 - current.at) * current.speed;
    if (Math.abs(audio.currentTime - expected) > SEEK_S) return this.turn(); // a stall, or a jump
    current.end = Math.max(current.end, audio.currentTime);
    return undefined;
  }

  end() {
    const stretch = this.current;
    this.current = null;
    if (!stretch) return;
    const expected = stretch.start + (performance.now() / 1000 - stretch.at) * stretch.speed;
    // A seek has moved the position already. All else leaves it where playing led, later than expected where
    // sound stalled, or where this page was too busy to hear of the end in time.
    const here = this.audio.currentTime;
    if (!this.audio.seeking && here <= expected + SEEK_S) stretch.end = Math.max(stretch.end, here);
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
