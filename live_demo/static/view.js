// The stretch of the recording that is on the screen; every drawing follows it.

const SHORTEST_S = 2;
// A stretch shorter than this part of the recording is zoomed in on.
const CLOSELY = 4;

export class View extends EventTarget {
  duration = 0;
  start = 0;
  end = 0;

  reset(duration) {
    this.duration = duration;
    this.show(0, duration);
  }

  get span() {
    return this.end - this.start;
  }

  get zoomed() {
    return this.span < this.duration - 1e-6;
  }

  show(start, end) {
    const span = Math.min(Math.max(end - start, Math.min(SHORTEST_S, this.duration)), this.duration);
    this.start = Math.min(Math.max(start, 0), this.duration - span);
    this.end = this.start + span;
    this.dispatchEvent(new Event("change"));
  }

  // Show all of a stretch, and a short one closely.
  cover(start, end) {
    const around = 0.04 * (end - start);
    if (end - start < this.duration / CLOSELY) this.show(start - around, end + around);
    else if (start < this.start || end > this.end) this.show(Math.min(start, this.start), Math.max(end, this.end));
  }

  zoom(factor, around = (this.start + this.end) / 2) {
    const share = this.span ? (around - this.start) / this.span : 0.5;
    const span = Math.min(Math.max(this.span / factor, Math.min(SHORTEST_S, this.duration)), this.duration);
    this.show(around - share * span, around - share * span + span);
  }

  pan(seconds) {
    this.show(this.start + seconds, this.end + seconds);
  }

  // Place of a time, as a share of the width; and back.
  fraction(time) {
    return this.span ? (time - this.start) / this.span : 0;
  }

  time(fraction) {
    return this.start + fraction * this.span;
  }
}
