// What samples are looked for by.

import { h } from "./dom.js";
import { count } from "./format.js";

const TYPING_MS = 250;
const SHOWN = { all: "All samples", disagree: "Models disagree", wrong: "All answers wrong", flipped: "Pruning flipped an answer" };
export const CLEARED = { set: "", run: "", task: "", show: "all", slice: "", query: "", page: "1" };

export class SampleFilters {
  constructor(change) {
    this.change = change;
    this.search = h("input", {
      type: "search",
      placeholder: "Search questions",
      "aria-label": "Search questions and options",
      "data-focus": "sample-search",
      oninput: () => this.type(),
    });
    this.choices = Object.fromEntries(
      [["show", "Show"], ["set", "Dataset"], ["task", "Task"], ["run", "Answered in"], ["slice", "Slice"]].map(([name, label]) => [name, this.choice(name, label)]));
    this.node = h("div", { class: "sample-filters", role: "group", "aria-label": "Filters of samples" },
      this.search, Object.values(this.choices).map(({ label }) => label));
    this.fill("show", Object.entries(SHOWN), "all");
  }

  choice(name, words) {
    const select = h("select", {
      "data-focus": `sample-${name}`,
      // Another dataset has other runs and slices.
      onchange: () => this.change({ [name]: select.value, ...(name === "set" ? { run: "", slice: "" } : {}) }),
    });
    return { select, label: h("label", {}, h("span", {}, words), select) };
  }

  type() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.change({ query: this.search.value }), TYPING_MS);
  }

  show(state) {
    if (document.activeElement !== this.search) this.search.value = state.query;
    for (const [name, { select }] of Object.entries(this.choices)) select.value = state[name];
  }

  // `datasets`: what there is to choose from.
  offer(datasets, state) {
    const within = datasets.filter(({ key }) => !state.set || key === state.set);
    const all = (name) => [...new Set(within.flatMap((dataset) => dataset[name]))];
    this.fill("set", [["", "All datasets"], ...datasets.map(({ key, name, samples }) => [key, `${name} (${count(samples)})`])], state.set);
    this.fill("task", [["", "All tasks"], ...all("tasks").map((code) => [code, code])], state.task);
    const runs = within.flatMap((dataset) => dataset.runs);
    this.fill("run", [["", "Any run"], ...runs.map(({ folder, model }) => [folder, `${model}, ${folder}`])], state.run);
    const slices = new Map();
    for (const dataset of within) {
      for (const [name, values] of Object.entries(dataset.slices)) slices.set(name, new Set([...(slices.get(name) ?? []), ...values]));
    }
    const groups = [...slices].map(([name, values]) => [name, [...values].map((value) => [`${name}:${value}`, `${name}: ${value}`])]);
    this.fill("slice", [["", "Any slice"]], state.slice, groups);
  }

  // A choice that is not offered, from an old link, stays to be seen.
  fill(name, options, value, groups = []) {
    const option = ([key, words]) => h("option", { value: key }, words);
    const known = [...options, ...groups.flatMap(([, own]) => own)].some(([key]) => key === value);
    const { select } = this.choices[name];
    const drawn = JSON.stringify([options, groups, known ? "" : value]);
    if (drawn !== select.drawn) {
      select.replaceChildren(...options.map(option), ...groups.map(([label, own]) => h("optgroup", { label }, own.map(option))),
        ...(known ? [] : [option([value, `${value} (not here)`])]));
      select.drawn = drawn;
    }
    select.value = value;
  }
}
