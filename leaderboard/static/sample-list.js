// A page of samples, each a link to its own page.

import { clock } from "./clock.js";
import { h } from "./dom.js";
import { count } from "./format.js";
import { CLEARED } from "./sample-filters.js";

export class SampleList {
  constructor(change) {
    this.change = change;
    this.node = h("div", {});
  }

  show(found, state) {
    const names = Object.fromEntries(found.datasets.map(({ key, name }) => [key, name]));
    this.node.replaceChildren(
      h("p", { class: "sample-count" }, h("b", {}, count(found.total)), found.total === 1 ? " sample" : " samples"),
      ...found.notes.map((note) => h("p", { class: "muted" }, note)),
      found.samples.length
        ? h("ol", { class: "sample-list" }, found.samples.map((row) => this.row(row, names[row.dataset])))
        : this.empty(found, state),
      ...(found.pages > 1 ? [this.pages(found)] : []));
  }

  row(row, dataset) {
    const address = new URL(location.href);
    address.searchParams.set("sample", row.id);
    return h("li", {}, h("a", {
      href: address.href,
      class: "sample-row",
      "data-focus": `sample-${row.id}`,
      onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or window of its own
        event.preventDefault();
        this.change({ sample: row.id, gold: "" });
      },
    },
    h("span", { class: "code" }, row.task),
    h("span", { class: "asked" }, h("bdi", {}, row.question ?? row.task_name),
      row.options.length ? h("span", { class: "muted" }, ` ${row.options.join(" · ")}`) : null),
    h("span", { class: "muted" }, h("bdi", {}, dataset)),
    h("span", { class: "number" }, row.duration_s === null ? "–" : clock(row.duration_s)),
    h("span", { class: "muted number" }, this.answers(row))));
  }

  answers(row) {
    if (row.held_back) return "in an open study";
    if (!row.answers) return "no answers";
    if (row.different === 1) return row.answers === 1 ? "1 answer" : `${row.answers} answers, all the same`;
    return `${row.answers} answers, ${row.different} different`;
  }

  empty(found, state) {
    const compared = found.datasets.some(({ runs }) => new Set(runs.filter(({ kind }) => kind === "model").map(({ model }) => model)).size > 1);
    const why = state.show === "disagree" && !compared
      ? "No two models have answered the same dataset here, so none can disagree. "
      : found.total ? "There is nothing on this page. " : "No sample fits. ";
    return h("p", { class: "empty" }, why,
      h("button", { type: "button", class: "plain", onclick: () => this.change({ ...CLEARED }) }, "Clear search and filters"));
  }

  pages({ page, pages }) {
    const button = (words, to) => h("button", {
      type: "button",
      class: "plain",
      disabled: to < 1 || to > pages,
      "data-focus": `sample-page-${words}`,
      onclick: () => this.change({ page: String(to) }),
    }, words);
    return h("nav", { class: "sample-pages", "aria-label": "Pages of samples" },
      button("Previous", page - 1), h("span", {}, `Page ${count(page)} of ${count(pages)}`), button("Next", page + 1));
  }
}
