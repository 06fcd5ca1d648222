// What the person has chosen: kept in the address, so that a link shows the same, and Back and Forward walk it.

import { FILTERS } from "./filters.js";
import { VIEWS, viewOf } from "./views.js";

const PROTOCOLS = ["strict", "published"];

export function readState() {
  const parameters = new URLSearchParams(location.search);
  const one = (name, known) => (known.includes(parameters.get(name)) ? parameters.get(name) : known[0]);
  const some = (name) => new Set((parameters.get(name) ?? "").split(",").filter(Boolean));
  const view = one("view", VIEWS.map(({ key }) => key));
  return {
    ...Object.fromEntries(Object.entries(viewOf(view).parameters).map(([name, none]) => [name, parameters.get(name) ?? none])),
    view,
    protocol: one("protocol", PROTOCOLS),
    query: parameters.get("q") ?? "",
    filters: Object.fromEntries(FILTERS.map(({ key, param }) => [key, some(param)])),
    hidden: some("hide"),
    shown: some("show"),
    intervals: parameters.get("intervals") === "on",
    sort: parameters.get("sort") ?? "",
    descending: parameters.get("order") !== "up",
    // Ids hold any character, so each stands alone.
    pins: new Set(parameters.getAll("pin")),
    open: new Set(parameters.getAll("open")),
  };
}

// What a view keeps of its own, as nobody has chosen yet.
export const freshParameters = (view) => ({ ...viewOf(view).parameters });

// `adds` makes an entry of the history; without it the present one is changed.
export function writeState(state, adds) {
  const address = new URL(location.href);
  const values = {
    view: state.view === VIEWS[0].key ? "" : state.view,
    protocol: state.protocol === PROTOCOLS[0] ? "" : state.protocol,
    q: state.query,
    ...Object.fromEntries(FILTERS.map(({ key, param }) => [param, [...state.filters[key]].join(",")])),
    hide: [...state.hidden].join(","),
    show: [...state.shown].join(","),
    intervals: state.intervals ? "on" : "",
    sort: state.sort,
    order: state.sort && !state.descending ? "up" : "",
  };
  for (const { key, parameters } of VIEWS) {
    for (const [name, none] of Object.entries(parameters)) {
      if (key === state.view) values[name] = state[name] === none ? "" : state[name];
      else values[name] ??= "";
    }
  }
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  for (const [name, ids] of [["pin", state.pins], ["open", state.open]]) {
    address.searchParams.delete(name);
    for (const id of ids) address.searchParams.append(name, id);
  }
  if (adds && address.href !== location.href) history.pushState(null, "", address);
  else history.replaceState(history.state, "", address);
}
