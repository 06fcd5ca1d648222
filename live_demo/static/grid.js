// The grid of methods and amounts: each method's name explains it, each cell chooses a configuration.

import { h } from "./dom.js";

const STAGES = { before: "before the model", prune: "token pruning", evict: "cache eviction" };

const isShare = (amount) => amount.includes(".");
const shown = (amount) => (isShare(amount) ? `${Math.round(100 * amount)}%` : `÷ ${amount}`);

export class MethodGrid {
  constructor(part, methods, toggle) {
    Object.assign(this, { part, methods, toggle });
    for (const [stage, title] of Object.entries(STAGES)) {
      const node = stage === "evict" ? part.evicting : part.shortening;
      for (const alike of Map.groupBy(methods.filter((method) => method.stage === stage), (method) => method.kind).values()) {
        node.append(this.table(alike, title));
      }
    }
    this.explain(methods.find((method) => method.stage === "prune") ?? methods[0]);
  }

  table(methods, title) {
    const { amounts, kind } = methods[0];
    const unit = kind === "ratio" ? "share removed" : "factor";
    return h(
      "table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col", title: unit }, title, h("span", { class: "sr" }, `, ${unit}`)),
        amounts.map((amount) => h("th", { scope: "col" }, shown(amount))))),
      h("tbody", {}, methods.map((method) => this.row(method))),
    );
  }

  row(method) {
    const explain = () => this.explain(method);
    const name = h("button", { type: "button", class: "method", "aria-pressed": "false", "data-method": method.name,
      onclick: explain, onpointerenter: explain, onfocus: explain }, method.title);
    return h("tr", {}, h("th", { scope: "row" }, name), method.amounts.map((amount) => h("td", {}, this.cell(method, amount))));
  }

  cell(method, amount) {
    const name = `${method.name}@${amount}`;
    const label = `${method.title}, ${isShare(amount) ? `${shown(amount)} removed` : `factor ${amount}`}`;
    return h("button", { type: "button", class: "cell", "data-name": name, "aria-label": label, title: name, onclick: () => this.toggle(name) });
  }

  // One sentence on a method, with its paper one click away.
  explain(method) {
    const paper = method.paper && h("a", { href: method.paper, target: "_blank", rel: "noopener noreferrer", "aria-label": `The paper of ${method.title}` }, "Paper");
    this.part.explained.replaceChildren(...[h("b", {}, method.title), ` ${method.summary} `, paper || "This project's own."].filter(Boolean));
    for (const node of this.part.grid.querySelectorAll(".method")) {
      node.setAttribute("aria-pressed", String(node.dataset.method === method.name));
    }
  }

  mark(chosen) {
    for (const cell of this.part.grid.querySelectorAll(".cell")) {
      cell.setAttribute("aria-pressed", String(chosen.has(cell.dataset.name)));
    }
  }
}
