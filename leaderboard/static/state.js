// What the person has chosen: kept in the address, so that a link shows the same.

export const VIEWS = ["models", "pruning", "eviction", "duration", "speed"];
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
  return {
    view: one("view", VIEWS),
    protocol: one("protocol", PROTOCOLS),
    query: parameters.get("q") ?? "",
    access: some("access", ACCESS),
    provenance: some("source", PROVENANCE),
    hidden: new Set((parameters.get("hide") ?? "").split(",").filter(Boolean)),
    sort: parameters.get("sort") ?? "",
    descending: parameters.get("order") !== "up",
    score: parameters.get("score") ?? "",
  };
}

export function writeState(state) {
  const address = new URL(location.href);
  const all = (chosen, known) => (chosen.size === known.length ? "" : [...chosen].join(","));
  const values = {
    view: state.view === VIEWS[0] ? "" : state.view,
    protocol: state.protocol === PROTOCOLS[0] ? "" : state.protocol,
    q: state.query,
    access: all(state.access, ACCESS),
    source: all(state.provenance, PROVENANCE),
    hide: [...state.hidden].join(","),
    sort: state.sort,
    order: state.sort && !state.descending ? "up" : "",
    score: state.score,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(history.state, "", address);
}
