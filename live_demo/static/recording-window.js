// The window: the part of a recording that is compared. None means all of it.

export class RecordingWindow extends EventTarget {
  duration = 0;
  chosen = null; // { start, end } in seconds

  constructor(limits) {
    super();
    Object.assign(this, { longest: limits.recording, whole: limits.whole, least: limits.window });
  }

  // A recording that is too long begins with as much as a model takes.
  reset(duration) {
    this.duration = duration;
    this.chosen = this.tooLong ? { start: 0, end: this.longest } : null;
    this.changed();
  }

  get tooLong() {
    return this.duration > this.whole;
  }

  get shortest() {
    return Math.min(this.least, this.duration);
  }

  set(start, end) {
    const length = Math.min(Math.max(end - start, this.shortest), this.longest);
    const first = Math.min(Math.max(start, 0), this.duration - Math.min(length, this.duration));
    const last = Math.min(first + length, this.duration);
    this.chosen = first === 0 && last === this.duration ? null : { start: first, end: last };
    this.changed();
  }

  clear() {
    this.chosen = null;
    this.changed();
  }

  // From where a drag began to where it is; the far end gives way to the limits.
  drag(anchor, time) {
    const room = Math.min(this.longest, Math.max(this.shortest, Math.abs(time - anchor)));
    if (time < anchor) this.set(anchor - Math.min(room, anchor), anchor);
    else this.set(anchor, Math.min(anchor + room, this.duration));
  }

  moveStart(time) {
    const { end } = this.chosen;
    this.set(Math.min(Math.max(time, end - this.longest, 0), end - this.shortest), end);
  }

  moveEnd(time) {
    const { start } = this.chosen;
    this.set(start, Math.max(Math.min(time, start + this.longest, this.duration), start + this.shortest));
  }

  // All of a recording in equal windows that a model takes.
  tiles() {
    const count = Math.ceil(this.duration / this.longest);
    const length = this.duration / count;
    return Array.from({ length: count }, (_, index) => ({
      start: index * length,
      end: index === count - 1 ? this.duration : (index + 1) * length,
    }));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}
