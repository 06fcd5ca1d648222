// The window on the waveform: dragged by mouse or finger, moved by its handles, typed into its fields.

import { say } from "./dom.js";
import { clock } from "./clock.js";
import { fineClock, readClock } from "./format.js";

const CLICK_PX = 4;
const FIRST_S = 30; // of a window that a button sets

export class WindowView {
  constructor(part, view, chosen, player) {
    Object.assign(this, { part, view, window: chosen, player });
    chosen.addEventListener("change", () => this.show());
    view.addEventListener("change", () => this.place());
    part.wave.addEventListener("pointerdown", (event) => this.press(event));
    this.handle(part.handleStart, (time) => chosen.moveStart(time), () => chosen.chosen.start);
    this.handle(part.handleEnd, (time) => chosen.moveEnd(time), () => chosen.chosen.end);
    this.field(part.windowFrom, (time) => chosen.moveStart(time));
    this.field(part.windowTo, (time) => chosen.moveEnd(time));
    part.windowMake.addEventListener("click", () => this.make());
    part.windowClear.addEventListener("click", () => this.clear());
    part.windowPlay.addEventListener("click", () => player.playRange(chosen.chosen.start, chosen.chosen.end));
  }

  // For those who do not drag: a window at the play head, whose handles take the arrow keys.
  make() {
    const { window: chosen, player } = this;
    const length = Math.min(FIRST_S, Math.max(chosen.shortest, chosen.duration / 2));
    const start = Math.min(player.time, chosen.duration - length);
    chosen.set(start, start + length);
    this.part.handleStart.focus();
  }

  clear() {
    this.window.clear();
    this.part.windowMake.focus();
  }

  timeAt(event) {
    const box = this.part.wave.getBoundingClientRect();
    return this.view.time(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
  }

  // A click seeks, a drag draws a window.
  press(event) {
    if (event.button !== 0 || !this.window.duration) return;
    const [anchor, from] = [this.timeAt(event), event.clientX];
    let dragged = false;
    follow(event, {
      move: (moved) => {
        dragged ||= Math.abs(moved.clientX - from) > CLICK_PX;
        if (dragged) this.window.drag(anchor, this.timeAt(moved));
      },
      end: () => dragged || this.player.seek(anchor),
    });
  }

  handle(node, move, time) {
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      node.focus();
      follow(event, { move: (moved) => move(this.timeAt(moved)) });
    });
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
    node.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = steps[event.key] * (event.shiftKey ? 0.1 : 1);
      const ends = { Home: 0, End: this.window.duration };
      if (event.key === "Escape") this.clear();
      else if (event.key in ends) move(ends[event.key]);
      else if (step) move(time() + step);
      else return;
      event.preventDefault();
    });
  }

  field(node, move) {
    node.addEventListener("change", () => {
      const time = readClock(node.value);
      if (Number.isFinite(time)) move(time);
      this.show(); // what cannot be read gives way to what is there
    });
  }

  show() {
    const { part } = this;
    const { chosen, duration, tooLong } = this.window;
    part.windowSet.hidden = part.windowLayer.hidden = !chosen;
    part.windowNone.hidden = part.windowMake.hidden = Boolean(chosen) || !duration;
    part.long.hidden = !tooLong;
    say(part.longWhy, `${clock(duration)} is longer than the ${clock(this.window.longest)} that a model takes. Compare`);
    part.longCount.textContent = `all of it, ${this.window.tiles().length} windows one after another`;
    if (!chosen) return;
    part.longWindow.checked = true;
    part.windowFrom.value = fineClock(chosen.start);
    part.windowTo.value = fineClock(chosen.end);
    for (const [node, time] of [[part.handleStart, chosen.start], [part.handleEnd, chosen.end]]) {
      node.setAttribute("aria-valuemin", "0");
      node.setAttribute("aria-valuemax", duration.toFixed(1));
      node.setAttribute("aria-valuenow", time.toFixed(1));
      node.setAttribute("aria-valuetext", fineClock(time));
    }
    this.place();
  }

  place() {
    const { chosen } = this.window;
    if (!chosen) return;
    const { part, view } = this;
    const [left, right] = [chosen.start, chosen.end].map((time) => Math.min(Math.max(view.fraction(time), 0), 1));
    part.beforeWindow.style.width = `${100 * left}%`;
    part.afterWindow.style.width = `${100 * (1 - right)}%`;
    part.handleStart.style.left = `${100 * left}%`;
    part.handleEnd.style.left = `${100 * right}%`;
  }
}

// A pointer from its press to its release, wherever it goes.
function follow({ pointerId }, { move, end = () => {} }) {
  const moved = (event) => event.pointerId === pointerId && move(event);
  const done = (event) => {
    if (event.pointerId !== pointerId) return;
    window.removeEventListener("pointermove", moved);
    window.removeEventListener("pointerup", done);
    window.removeEventListener("pointercancel", done);
    if (event.type === "pointerup") end();
  };
  window.addEventListener("pointermove", moved);
  window.addEventListener("pointerup", done);
  window.addEventListener("pointercancel", done);
}
