// Menus of the toolbar: a list under a button, filled when it is opened.

import { choosable } from "./columns.js";
import { h } from "./dom.js";
import { FILTERS, optionsOf } from "./filters.js";

export function filtersMenu(context) {
  return menu("Filters", () => FILTERS.map((filter) => filterChoices(filter, context)));
}

export function columnsMenu(context) {
  return menu("Columns", () => h("fieldset", { class: "columns" }, h("legend", {}, "Shown"), columnChoices(context)));
}

function menu(name, content) {
  const sheet = h("div", { class: "sheet" });
  const node = h("details", { class: "menu" }, h("summary", {}, name, h("span", { class: "count", "data-count": name })), sheet);
  node.addEventListener("toggle", () => {
    if (!node.open) return;
    sheet.replaceChildren(...[content()].flat());
    bringInside(node, sheet);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !node.open) return;
    node.open = false;
    node.querySelector("summary").focus();
  });
  return node;
}

const MARGIN = 16;

// A sheet begins under its button, and further left where it would leave the window; on phones it has the whole width.
function bringInside(node, sheet) {
  const beneath = getComputedStyle(node).position === "relative";
  const room = document.documentElement.clientWidth - MARGIN - node.getBoundingClientRect().left;
  sheet.style.left = beneath ? `${Math.min(0, room - sheet.offsetWidth)}px` : "";
}

// A click elsewhere closes what is open.
export function closeMenus(root, target) {
  for (const node of root.querySelectorAll("details.menu[open]")) {
    if (!node.contains(target)) node.open = false;
  }
}

// Nothing ticked leaves all rows; each tick narrows.
function filterChoices(filter, { board, state, change }) {
  const chosen = state.filters[filter.key];
  const boxes = optionsOf(filter, board).map(([value, name]) => box(name, chosen.has(value), (checked) => {
    if (checked) chosen.add(value);
    else chosen.delete(value);
    change({ filters: state.filters });
  }));
  return h("fieldset", {}, h("legend", {}, filter.title), boxes);
}

function columnChoices({ board, state, change }) {
  return choosable(board, state.view, state).map((column) => {
    const set = column.optional ? state.shown : state.hidden;
    const name = column.group && column.name !== column.label && !column.mean ? `${column.name} ${column.label}` : column.name;
    return box(name, set.has(column.key) === Boolean(column.optional), (checked) => {
      if (checked === Boolean(column.optional)) set.add(column.key);
      else set.delete(column.key);
      change({});
    });
  });
}

const box = (name, checked, toggle) => h("label", {}, h("input", {
  type: "checkbox",
  checked,
  onchange: (event) => toggle(event.target.checked),
}), " ", h("bdi", {}, name));
