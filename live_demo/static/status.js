// A comparison's status in words.

import { clock } from "./clock.js";
import { about, wholePercent } from "./format.js";

export const POLL_MS = { waiting: 1000, loading: 500, running: 300 };

const STAGES = { encoder: "encoding the audio", prefill: "prefill", decode: "writing the reply" };

export function describe(status, model) {
  if (status.state === "waiting") {
    const ahead = status.position === 1 ? "1 comparison is" : `${status.position} comparisons are`;
    const text = status.position ? `Waiting: ${ahead} ahead, ${about(status.begins_s)}` : "Waiting to begin";
    return { text, announced: text, share: null };
  }
  if (status.state === "loading" || !status.pace) {
    const text = `Loading the model: ${model}`;
    return { text, announced: text, share: null };
  }
  const { configuration, stage, share, done, total, elapsed_s: elapsed, left_s: left } = status.pace;
  // The encoder counts as one configuration: on a small model it is the longest single step.
  const part = stage === "encoder" ? share : 1 + done + (stage === "decode" ? 0.5 + share / 2 : 0);
  const doing = stage === "encoder" ? STAGES.encoder : `${configuration}, ${STAGES[stage]}`;
  const much = stage === "prefill" ? "" : ` ${wholePercent(share)}`;
  const until = left === null ? "" : ` · ${about(left)} left`;
  const aside = status.put_aside ? "Shorter comparisons of others go first · " : "";
  return {
    text: `${aside}${doing}${much} · ${done} of ${total} done · ${elapsed.toFixed(0)} s${until}`,
    announced: status.put_aside ? "Shorter comparisons of others go first" : `${doing}, ${done} of ${total} done`,
    share: part / (1 + total),
  };
}

// Why a recording cannot be compared as it is.
export function tooMuch({ duration, chosen, tooLong, longest }) {
  if (!tooLong || chosen) return null;
  return `${clock(duration)} is longer than the ${clock(longest)} that a model takes: set a window, or compare all of it in windows.`;
}
