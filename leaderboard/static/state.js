// What the person has chosen: kept in the address, so that a link shows the same, and Back and Forward walk it.

import { VIEWS, viewOf } from "./views.js";

const PROTOCOLS = ["strict", "published"];
export const ACCESS = ["open", "closed"];
export const PROVENANCE = ["published", "measured"];

export function readState() {
  const parameters = new URLSearchParams(location.search);
  const one = (name, known) => (known.includes(parameters.get(name)) ? parameters.get(name) : known[0]);
  const some = (name, known) => {
    const wanted = (parameters.get(name) ?? "").split(",").filter((value) => known.includes(value));
    return new Set(wanted.length ? wanted : known);
  };
  const view = one("view", VIEWS.map(({ key }) => key));
  return {
    ...Object.fromEntries(Object.entries(viewOf(view).parameters).map(([name, none]) => [name, parameters.get(name) ?? none])),
    view,
    protocol: one("protocol", PROTOCOLS),
    query: parameters.get("q") ?? "",
    access: some("access", ACCESS),
    provenance: some("source", PROVENANCE),
    hidden: new Set((parameters.get("hide") ?? "").split(",").filter(Boolean)),
    sort: parameters.get("sort") ?? "",
    descending: parameters.get("order") !== "up",
  };
}

// What a view keeps of its own, as nobody has chosen yet.
export const freshParameters = (view) => ({ ...viewOf(view).parameters });

// `adds` makes an entry of the history; without it the present one is changed.
export function writeState(state, adds) {
  const address = new URL(location.href);
  const all = (chosen, known) => (chosen.size === known.length ? "" : [...chosen].join(","));
  const values = {
    view: state.view === VIEWS[0].key ? "" : state.view,
    protocol: state.protocol === PROTOCOLS[0] ? "" : state.protocol,
    q: state.query,
    access: all(state.access, ACCESS),
    source: all(state.provenance, PROVENANCE),
    hide: [...state.hidden].join(","),
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
  if (adds && address.href !== location.href) history.pushState(null, "", address);
  else history.replaceState(history.state, "", address);
}
