// What a comparison would take, before it is asked for, and how long one that waits will wait.

import { about, gigabytes } from "./format.js";

const PAUSE_MS = 400;

export class Expectation {
  constructor(part, server) {
    Object.assign(this, { part, server });
    this.timer = this.asked = null;
  }

  // Ask soon, once whoever chooses has stopped choosing; `seconds` are those of the stretch that is compared.
  // Of several windows, that of each.
  ask(content, seconds, windows) {
    const text = content && JSON.stringify([content, seconds, windows]);
    if (text === this.asked) return;
    this.asked = text;
    clearTimeout(this.timer);
    if (!content) this.part.expected.textContent = "";
    else this.timer = setTimeout(() => this.fetch(content, seconds, windows, text), PAUSE_MS);
  }

  async fetch(content, seconds, windows, text) {
    let words = "";
    try {
      words = wordsOf(await this.server.post(`/estimate?seconds=${seconds.toFixed(3)}`, content), windows);
    } catch {
      // What is wrong with the question is said where it is asked.
    }
    if (this.asked === text) this.part.expected.textContent = words;
  }
}

function wordsOf({ estimate, reason, before, begins_s: begins }, windows) {
  if (!estimate) return reason;
  const { seconds, memory, measured } = estimate;
  const wait = before ? ` It begins in ${about(begins)}, behind ${before} ${before === 1 ? "other" : "others"}.` : "";
  const how = measured ? "" : " By arithmetic: nothing was measured here yet.";
  const all = ({ value, low, high }) => `${about(windows * value)} (${about(windows * low)} to ${about(windows * high)})`;
  return `Takes ${all(seconds)} and ${gigabytes(memory.value)}.${wait}${how}`;
}
