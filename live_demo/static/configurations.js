// Which configurations are compared: a grid of methods and shares, and names typed by hand.

import { h, say } from "./dom.js";

const VANILLA = "vanilla";
const SHARES = ["0.3", "0.5", "0.6", "0.7", "0.9"];
const FACTORS = ["2", "3", "4"];
const STAGES = { before: "before the model", prune: "token pruning", evict: "cache eviction" };

export class Configurations {
  changed = () => {};

  constructor(part, setup, server) {
    Object.assign(this, { part, setup, server });
    this.chosen = new Set(setup.defaults);
    this.drawGrid();
    this.show();
    let pending = 0;
    part.named.addEventListener("input", () => {
      clearTimeout(pending);
      pending = setTimeout(() => this.check(), 150);
    });
    part.namedForm.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
  }

  get names() {
    return [VANILLA, ...this.chosen];
  }

  set(names) {
    this.chosen = new Set(names.filter((name) => name !== VANILLA));
    this.show();
  }

  drawGrid() {
    for (const [stage, title] of Object.entries(STAGES)) {
      for (const kind of ["ratio", "factor"]) {
        const methods = this.setup.methods.filter((method) => method.stage === stage && method.kind === kind);
        if (methods.length) this.part.grid.append(this.table(methods, kind === "ratio" ? SHARES : FACTORS, title));
      }
    }
  }

  table(methods, amounts, title) {
    const isShare = (amount) => amount.includes(".");
    const shown = (amount) => (isShare(amount) ? `${Math.round(100 * amount)}%` : `÷ ${amount}`);
    const row = (method) =>
      h(
        "tr", {},
        h("th", { scope: "row" },
          method.paper
            ? h("a", { href: method.paper, target: "_blank", rel: "noopener noreferrer", title: `${method.title}: the paper` }, method.title)
            : method.title),
        amounts.map((amount) => {
          const name = `${method.name}@${amount}`;
          const label = `${method.title}, ${isShare(amount) ? `${shown(amount)} removed` : `factor ${amount}`}`;
          const cell = h("button", {
            type: "button", class: "cell", "data-name": name, "aria-label": label, title: name,
            onclick: () => this.toggle(name),
          });
          return h("td", {}, cell);
        }),
      );
    return h(
      "table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, title),
        amounts.map((amount) => h("th", { scope: "col" }, shown(amount))))),
      h("tbody", {}, methods.map(row)),
    );
  }

  toggle(name) {
    if (!this.chosen.delete(name)) this.put(name);
    this.show();
  }

  put(name) {
    if (this.chosen.size + 1 >= this.setup.limits.configurations) {
      say(this.part.namedFault, `At most ${this.setup.limits.configurations} configurations are compared at once.`);
      return;
    }
    this.chosen.add(name);
  }

  // Say at once what is wrong with a name.
  async check() {
    const name = this.part.named.value.trim();
    if (!name) {
      say(this.part.namedFault, null);
      return null;
    }
    let read;
    try {
      read = await this.server.get("/configurations", { name });
    } catch (error) {
      read = { name: null, error: error.message };
    }
    if (name === this.part.named.value.trim()) say(this.part.namedFault, read.error);
    return read.name;
  }

  async add() {
    const name = await this.check();
    if (name === null) return;
    this.part.named.value = "";
    if (name !== VANILLA) this.put(name);
    this.show();
  }

  show() {
    for (const cell of this.part.grid.querySelectorAll(".cell")) {
      cell.setAttribute("aria-pressed", String(this.chosen.has(cell.dataset.name)));
    }
    const chip = (name) =>
      h("li", { class: "chip" }, h("code", {}, name),
        name === VANILLA
          ? h("span", { class: "sr" }, "always compared")
          : h("button", { type: "button", "aria-label": `Remove ${name}`, onclick: () => this.toggle(name) }, "×"));
    this.part.chips.replaceChildren(...this.names.map(chip));
    this.changed();
  }
}
