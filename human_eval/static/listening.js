// What was really played, in intervals of one speed and one state, reported every few seconds.

import { newId } from "./server.js";

const REPORT_EVERY_MS = 5000;
// Positions that are this far beyond where playing would have led were reached by a seek.
const SEEK_S = 0.3;
// What the server takes for too short to hear; it is not worth reporting.
const SHORTEST_S = 0.05;
// What rounding may take from a fully played recording.
const SHARE_TOLERANCE = 0.005;

export class Listening {
  // `signal` ends it.
  constructor(audio, report, signal) {
    Object.assign(this, { audio, report });
    this.page = newId();
    this.intervals = [];
    this.current = null;
    this.item = null;
    this.own = [];
    this.maxSpeed = Infinity;
    this.rest = null;
    for (const name of ["playing", "pause", "ended", "ratechange", "volumechange", "waiting"])
      audio.addEventListener(name, () => this.restart(), { signal });
    audio.addEventListener("seeking", () => this.sought(), { signal });
    audio.addEventListener("timeupdate", () => this.follow(), { signal });
    const visible = () => {
      this.restart();
      if (document.hidden) this.send();
    };
    document.addEventListener("visibilitychange", visible, { signal });
    window.addEventListener("pagehide", () => this.send(), { signal });
    this.timer = setInterval(() => this.send(), REPORT_EVERY_MS);
  }

  // Begin with another item; what was played of the last one is sent first.
  attend(item, maxSpeed = Infinity) {
    this.audio.pause();
    this.send();
    Object.assign(this, { item, maxSpeed, own: [], current: null, rest: null });
  }

  // What was played by this page's own count, beside what the server knows: the same without a connection.
  coverage({ covered, needed, unlocked }, duration) {
    const { current } = this;
    const own = current && this.isCredited(current) ? [...this.own, [current.start, current.end]] : this.own;
    const all = join([...covered, ...own]);
    const sum = all.reduce((seconds, [start, end]) => seconds + Math.min(end, duration) - Math.min(start, duration), 0);
    const share = duration ? Math.min(1, sum / duration) : 1;
    return { covered: all, share, needed, unlocked: unlocked || share >= needed - SHARE_TOLERANCE };
  }

  // The server refused this page's count; from now on the server's is what counts.
  forget() {
    this.own = [];
    this.end();
  }

  isCredited({ muted, speed }) {
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

  // Something changed: end the interval, and begin another if it still plays.
  restart() {
    this.end();
    if (!this.item) return;
    const { audio, rest } = this;
    const [now, here, speed] = [performance.now() / 1000, audio.currentTime, audio.playbackRate];
    if (!this.running) {
      this.rest = { at: now, here };
      return;
    }
    this.rest = null;
    // A busy page notices late that it plays again: it began where it stood, if there was time for it.
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
  sought() {
    this.restart();
    this.rest = { at: performance.now() / 1000, here: this.audio.currentTime };
  }

  follow() {
    const { current, audio } = this;
    if (!current) return this.running ? this.restart() : undefined;
    if (audio.seeking) return undefined; // its own event comes
    const expected = current.start + (performance.now() / 1000 - current.at) * current.speed;
    if (Math.abs(audio.currentTime - expected) > SEEK_S) return this.restart(); // a stall, or a jump
    current.end = Math.max(current.end, audio.currentTime);
    return undefined;
  }

  end() {
    const interval = this.current;
    this.current = null;
    if (!interval) return;
    const expected = interval.start + (performance.now() / 1000 - interval.at) * interval.speed;
    // A seek has moved the position already. All else leaves it where playing led, later than expected where
    // the audio stalled, or where this page was too busy to notice the end in time.
    const here = this.audio.currentTime;
    if (!this.audio.seeking && here <= expected + SEEK_S) interval.end = Math.max(interval.end, here);
    const left = this.audio.duration - interval.end;
    if (interval.end - interval.start < SHORTEST_S && !(interval.end > interval.start && left < SHORTEST_S)) return;
    this.intervals.push(interval);
    if (this.isCredited(interval)) this.own.push([interval.start, interval.end]);
  }

  // Send what there is, as one report that can be sent again unchanged.
  send() {
    if (!this.item) return;
    const wasPlaying = this.current;
    this.end();
    const { intervals } = this;
    this.intervals = [];
    if (wasPlaying && this.running) this.restart();
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
