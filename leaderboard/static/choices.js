// Which figure of a view is shown, and the address of a figure.

import { h } from "./dom.js";

// `options`: [value, name] pairs.
export function chooser(label, options, chosen, choose) {
  return h("label", {}, label, h("select", { "aria-label": label, "data-focus": `choose-${label}`, onchange: (event) => choose(event.target.value) },
    options.map(([value, name]) => h("option", { value, selected: value === chosen }, name))));
}

export const choices = (...nodes) => h("div", { class: "choices" }, nodes);

// Parameters that nobody chose are left to the server.
export function figureAddress(api, name, parameters) {
  const chosen = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ""));
  return `${api}/figures/${name}?${chosen}`;
}

export const some = (state, names) => Object.fromEntries(names.map((name) => [name, state[name]]));
