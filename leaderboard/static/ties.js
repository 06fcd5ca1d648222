// Ties as brackets beside the ranks: each is a stretch of models of which no test tells any two apart.

import { h } from "./dom.js";
import { scores } from "./format.js";

// More brackets side by side than this would say nothing.
const MOST_LANES = 3;

// Row id to the brackets that pass it: their lane, and whether they begin or end there.
export function bracketsOf(section, protocol) {
  const ties = section.ties[protocol] ?? [];
  const found = new Map();
  if (!ties.length) return found;
  const overall = (row) => scores(row, protocol).overall.value;
  const ranked = section.rows
    .filter((row) => row.run && !row.steps.length && row.model_ranks[protocol])
    .sort((a, b) => overall(b) - overall(a) || (a.id < b.id ? -1 : 1));
  const place = new Map(ranked.map((row, index) => [row.id, index]));
  const ends = [];  // of each lane, the last place taken
  for (const [first, last] of ties) {
    const [from, to] = [place.get(first), place.get(last)];
    let lane = ends.findIndex((end) => end < from);
    if (lane < 0) lane = ends.length;
    if (lane >= MOST_LANES) continue;
    ends[lane] = to;
    for (let index = from; index <= to; index += 1) {
      const { id } = ranked[index];
      if (!found.has(id)) found.set(id, []);
      found.get(id).push({ lane, begins: index === from, ends: index === to });
    }
  }
  return found;
}

export function drawBrackets(brackets) {
  return brackets.map(({ lane, begins, ends }) => h("i", {
    class: `bracket lane-${lane}${begins ? " begins" : ""}${ends ? " ends" : ""}`,
    "aria-hidden": "true",
  }));
}
