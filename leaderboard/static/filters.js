// What a table may be narrowed to. Each filter is declared once: menu, address and rows read this list.
//
// key      its name in the state
// param    its name in the address
// title    its legend in the menu
// of       (row, section) what the row is by it, or null where that is not known
// names    what its values are called, where they are not words already
// order    its values in their order; without it they come as words do

import { method } from "./format.js";
import { PROVENANCES } from "./provenance.js";

const PROVENANCE = Object.keys(PROVENANCES);

const UNKNOWN = "unknown";

// Largest size, in parameters, of each class.
const SIZES = [["under 1B", 1e9], ["1B to 4B", 4e9], ["4B to 10B", 1e10], ["over 10B", Infinity]];

export const FILTERS = [
  { key: "access", param: "access", title: "Weights", of: (row) => row.access,
    names: { open: "Open", closed: "Closed" }, order: ["open", "closed"] },
  { key: "provenance", param: "source", title: "Scores", of: (row) => row.provenance,
    names: Object.fromEntries(PROVENANCE.map((key) => [key, PROVENANCES[key].name])), order: PROVENANCE },
  { key: "family", param: "family", title: "Family", of: (row) => row.facts.family?.value },
  { key: "size", param: "size", title: "Parameters", of: sizeClass, order: [...SIZES.map(([name]) => name), UNKNOWN] },
  { key: "released", param: "released", title: "Released", of: (row) => row.facts.released?.value.slice(0, 4) },
  { key: "dataset", param: "data", title: "Dataset", of: (row, section) => (section.table ? "paper" : section.key),
    names: { paper: "AudioMarathon, as published" } },
];

function sizeClass(row) {
  return row.parameters ? SIZES.find(([, most]) => row.parameters <= most)[0] : null;
}

const valueOf = (filter, row, section) => filter.of(row, section) ?? UNKNOWN;

// The values that some row has, with what they are called.
export function optionsOf(filter, board) {
  const sections = [board.models, board.pruning, board.eviction, board.duration, ...board.measured];
  const found = new Map();
  for (const section of sections) {
    for (const row of section.rows) {
      if (row.access === "human") continue;
      const value = valueOf(filter, row, section);
      if (!found.has(value)) found.set(value, nameOf(filter, value, section));
    }
  }
  const place = (value) => (filter.order ? filter.order.indexOf(value) : value === UNKNOWN ? 1 : 0);
  return [...found].sort(([a, nameA], [b, nameB]) => place(a) - place(b) || nameA.localeCompare(nameB, "en", { numeric: true }));
}

function nameOf(filter, value, section) {
  if (value === UNKNOWN) return "Not known";
  return filter.names?.[value] ?? (filter.key === "dataset" ? section.dataset : value);
}

// No filter has a value that no row has: an old link must not hide everything.
export function dropUnknown(filters, board) {
  for (const filter of FILTERS) {
    const known = new Set(optionsOf(filter, board).map(([value]) => value));
    filters[filter.key] = new Set([...filters[filter.key]].filter((value) => known.has(value)));
  }
}

export const noFilters = () => Object.fromEntries(FILTERS.map(({ key }) => [key, new Set()]));

export const countFilters = (state) => FILTERS.reduce((sum, { key }) => sum + state.filters[key].size, 0);

// Whether a row of models is among those asked for; nothing chosen in a filter leaves all.
export function fits(row, section, state) {
  for (const filter of FILTERS) {
    const chosen = state.filters[filter.key];
    if (chosen.size && !chosen.has(valueOf(filter, row, section))) return false;
  }
  if (!state.query) return true;
  const text = `${row.model} ${row.configuration} ${method(row)} ${row.facts.family?.value ?? ""} ${row.duration ?? ""}`.toLowerCase();
  return state.query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
