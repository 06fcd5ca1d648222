// Which configurations are compared: presets, a grid of methods and shares, and names typed by hand.

import { h, say } from "./dom.js";
import { MethodGrid } from "./grid.js";

const VANILLA = "vanilla";

export class Configurations {
  changed = () => {};

  constructor(part, setup, server) {
    Object.assign(this, { part, setup, server });
    this.chosen = new Set(setup.defaults);
    this.grid = new MethodGrid(part, setup.methods, (name) => this.toggle(name));
    this.drawPresets();
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
    say(this.part.namedFault, null);
    this.show();
  }

  drawPresets() {
    const preset = ({ name, title, does, configurations }) =>
      h("button", { type: "button", class: "plain preset", "data-preset": name, title: does, onclick: () => this.set(configurations) }, title);
    const { methods, presets } = this.setup;
    const every = ({ name, amounts }) => amounts.map((amount) => `${name}@${amount}`);
    const one = h("select", { "aria-label": "One method over all shares", "data-preset": "one",
      onchange: () => this.set(every(methods.find(({ name }) => name === one.value))) },
      h("option", { value: "", disabled: true, hidden: true }, "One method, all shares"),
      methods.map(({ name, title }) => h("option", { value: name }, title)));
    this.presets = [...presets.map(({ name, configurations }) => [name, configurations])];
    this.oneMethod = { node: one, lists: methods.map((method) => [method.name, every(method)]) };
    this.part.presets.append(...presets.map(preset), one);
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
    this.grid.mark(this.chosen);
    const same = (names) => names.length === this.chosen.size && names.every((name) => this.chosen.has(name));
    for (const [name, names] of this.presets) {
      this.part.presets.querySelector(`[data-preset="${name}"]`).setAttribute("aria-pressed", String(same(names)));
    }
    this.oneMethod.node.value = this.oneMethod.lists.find(([, names]) => same(names))?.[0] ?? "";
    const chip = (name) =>
      h("li", { class: "chip" }, h("code", {}, name),
        name === VANILLA
          ? h("span", { class: "sr" }, "always compared")
          : h("button", { type: "button", "aria-label": `Remove ${name}`, onclick: () => this.toggle(name) }, "×"));
    this.part.chips.replaceChildren(...this.names.map(chip));
    this.changed();
  }
}
