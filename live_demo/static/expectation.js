// What a comparison would take, before it is asked for, and how long one that waits will wait.

import { about } from "./format.js";

const PAUSE_MS = 400;

export class Expectation {
  constructor(part, server) {
    Object.assign(this, { part, server });
    this.timer = this.asked = null;
  }

  // Ask soon, once whoever chooses has stopped choosing.
  ask(content) {
    const text = content && JSON.stringify(content);
    if (text === this.asked) return;
    this.asked = text;
    clearTimeout(this.timer);
    if (!content) this.part.expected.textContent = "";
    else this.timer = setTimeout(() => this.fetch(content, text), PAUSE_MS);
  }

  async fetch(content, text) {
    let words = "";
    try {
      words = wordsOf(await this.server.post("/estimate", content));
    } catch {
      // What is wrong with the question is said where it is asked.
    }
    if (this.asked === text) this.part.expected.textContent = words;
  }
}

function wordsOf({ estimate, reason, before, begins_s: begins }) {
  if (!estimate) return reason;
  const { seconds, memory, measured } = estimate;
  const wait = before ? ` It begins in ${about(begins)}, behind ${before} ${before === 1 ? "other" : "others"}.` : "";
  const how = measured ? "" : " By arithmetic: nothing was measured here yet.";
  return `Takes ${about(seconds.value)} (${about(seconds.low)} to ${about(seconds.high)}) and ${Math.round(memory.value / 1e6)} MB.${wait}${how}`;
}
