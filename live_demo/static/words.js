// What the figures mean, in plain words: what to take from them, and why they may show nothing.

import { count } from "./format.js";

const others = (rows) => rows.filter((row) => row.configuration !== "vanilla" && !row.error);

export function notes({ comparison, run, rows }, { finished, model }) {
  const found = [];
  if (!finished) found.push("The comparison did not come to its end; what was answered is here.");
  if (rows.some((row) => row.stages.includes("evict"))) {
    found.push(
      "Evictions act after the prefill, so the first token is vanilla's by construction: a one-letter answer " +
        "cannot change, and only longer replies tell these methods apart.",
    );
  }
  if (rows.some((row) => row.shared)) found.push("Parts of the work were shared between configurations: these times are not to be ranked.");
  const timed = Math.max(...rows.map((row) => row.timed ?? 1));
  found.push(
    timed > 1
      ? `Each configuration was timed ${timed} times behind a shared encoder pass: medians, with the lowest and highest beside them.`
      : "Each configuration ran once, one after another, behind one shared encoder pass: one timing each, so small differences are noise of the machine.",
  );
  if (model?.windowed && rows.some((row) => row.cache_share !== null)) {
    found.push(
      "This model reads windows of 30 s, one at a time: Cache is the largest window's, and padding behind the sound is never " +
        "removed. A short last window so reads as if little was evicted; Kept counts sound alone.",
    );
  }
  const cut = rows.filter((row) => row.cut_off).map((row) => row.configuration);
  if (cut.length) {
    found.push(`Cut off at the limit of ${count(comparison.ask.max_new_tokens)} tokens: ${cut.join(", ")}. Their figures count what was written by then.`);
  }
  const unsure = rows.filter((row) => row.unsure_s > 0).map((row) => `${row.configuration} ${row.unsure_s.toFixed(0)} s`);
  if (unsure.length) {
    found.push(
      `The model's own checks (loops, improbable words) failed at every attempt: ${unsure.join(", ")}. What stands for these ` +
        "seconds may have been said by nobody. So it goes with music, noise and languages that the model does not know.",
    );
  }
  if (run.model.untrained) found.push("This model is untrained: its answers mean nothing, its times and memory do.");
  return found;
}

// Why all replies may be alike, where they are.
export function aboutReplies(rows) {
  const compared = others(rows);
  if (!compared.length || !compared.every((row) => row.same_reply)) return null;
  if (compared.every((row) => row.stages.every((stage) => stage === "evict")) && compared.every((row) => row.offers_options)) {
    return "All replies are vanilla's: evictions cannot change a one-letter answer. Ask for a transcript to tell them apart.";
  }
  const sure = compared.some((row) => row.option_shares?.length);
  return `All replies are vanilla's, so they do not tell these methods apart; ${sure ? "how sure the model is, " : ""}times and memory do. Remove more, or ask for something finer.`;
}
