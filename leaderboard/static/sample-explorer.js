// The list of samples or one of them, whichever the address names, as the server has it now.

import { h } from "./dom.js";
import { SampleFilters } from "./sample-filters.js";
import { SampleList } from "./sample-list.js";
import { SamplePage } from "./sample-page.js";

const UNREACHABLE = "The server could not be reached.";
const SKELETON_LINES = 8;

export class SampleExplorer {
  constructor(api) {
    this.api = `${api}/samples`;
    this.asking = new AbortController();
    this.filters = new SampleFilters((patch) => this.context.change({ page: "1", ...patch }));
    this.list = new SampleList((patch) => this.context.change(patch));
    this.page = new SamplePage(this.api, (patch) => this.context.change(patch));
    this.fault = h("div", { class: "fault", role: "alert", hidden: true });
    this.waiting = h("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: SKELETON_LINES }, () => h("i")));
    this.parts = { list: h("div", {}, this.filters.node, this.list.node), page: this.page.node };
    this.node = h("div", { class: "samples" }, this.fault, this.waiting, this.parts.list, this.parts.page);
    this.shown = ""; // the sample or the list that is on the page
  }

  async show(context) {
    this.context = context;
    const { state } = context;
    const kind = state.sample ? "page" : "list";
    const wanted = `${kind} ${state.sample}`;
    if (kind === "list") this.filters.show(state);
    if (kind === "list" || wanted !== this.shown) this.page.close();
    const fresh = wanted !== this.shown;
    this.parts.list.hidden = kind !== "list";
    this.parts.page.hidden = kind !== "page" || fresh;
    this.list.node.hidden = fresh;
    this.waiting.hidden = !fresh;
    this.fault.hidden = true;
    const found = await this.fetch(kind, state);
    if (!found) return;
    this.shown = wanted;
    this.waiting.hidden = true;
    this.parts.page.hidden = kind !== "page";
    this.list.node.hidden = false;
    if (kind === "page") this.page.show(found, state, fresh);
    else {
      this.filters.offer(found.datasets, state);
      this.list.show(found, state);
      context.announce(found.total);
    }
  }

  // What the server has; nothing where something else is wanted meanwhile, or where it has to be told why not.
  async fetch(kind, state) {
    this.asking.abort();
    clearTimeout(this.again);
    this.asking = new AbortController();
    const asked = { dataset: state.set, run: state.run, task: state.task, show: state.show, slice: state.slice, q: state.query };
    if (kind === "list") asked.page = state.page;
    else asked.gold = state.gold;
    const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
    try {
      const answer = await fetch(`${this.api}${state.sample ? `/${state.sample}` : ""}?${query}`, { signal: this.asking.signal });
      const found = await answer.json();
      if (answer.ok) return found;
      const pause = Number(answer.headers.get("Retry-After"));
      if (pause) this.again = setTimeout(() => this.show(this.context), 1000 * pause);
      this.fail(found.error, Boolean(pause));
    } catch (error) {
      if (error.name !== "AbortError") this.fail(UNREACHABLE, false);
    }
    return null;
  }

  fail(sentence, waits) {
    const { change } = this.context;
    this.waiting.hidden = !waits;
    this.fault.replaceChildren(`${sentence} `,
      waits ? "" : h("button", { type: "button", class: "plain", onclick: () => this.show(this.context) }, "Try again"),
      h("button", { type: "button", class: "plain", onclick: () => change({ sample: "", page: "1" }) }, "All samples"));
    this.fault.hidden = false;
    this.shown = "";
  }
}
