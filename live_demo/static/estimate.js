// What a comparison is likely to take: asked for while it is put together, and taken back when it changes.

import { about, gigabytes } from "./format.js";

const SOON_MS = 400;

export class Estimate {
  constructor(server, said) {
    Object.assign(this, { server, said });
  }

  clear() {
    clearTimeout(this.soon);
    this.latest = null;
    this.said("");
  }

  ask(content, seconds) {
    const asked = JSON.stringify([content, seconds]);
    if (asked === this.latest) return;
    this.clear();
    this.latest = asked;
    this.soon = setTimeout(async () => {
      let words = "";
      try {
        words = inWords(await this.server.post(`/estimate?seconds=${seconds.toFixed(3)}`, content));
      } catch {
        // A question that cannot be asked yet has no estimate; the button says why when it is pressed.
      }
      if (asked === this.latest) this.said(words);
    }, SOON_MS);
  }
}

function inWords({ estimate, reason, before, begins_s: begins }) {
  if (!estimate) return reason ?? "";
  const { seconds, first_row: first, memory, longest_s: longest, measured } = estimate;
  const queue = before ? `Begins in ${about(begins)}. ` : "";
  const most = longest > 2 * seconds.value ? `, at most ${about(longest).replace("about ", "")}` : "";
  const rough = measured ? "" : " A guess: this machine has not measured the like yet.";
  return `${queue}Takes ${about(seconds.value)}${most}; first answer after ${about(first.value)}; ${gigabytes(memory.value)} of memory.${rough}`;
}
