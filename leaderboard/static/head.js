// The head of a table: groups and columns that sort, and its copy that stays in sight while the page scrolls.

import { h } from "./dom.js";
import { addTip } from "./tip.js";

// `copy`: for the eye and the mouse alone; the keyboard and screen readers have the table's own head.
export function drawHead(columns, context, copy = false) {
  const groups = [];
  for (const column of columns) {
    const last = groups.at(-1);
    if (last && last.name === (column.group ?? "")) last.span += 1;
    else groups.push({ name: column.group ?? "", span: 1 });
  }
  return h("thead", {},
    groups.some(({ name }) => name) && h("tr", { class: "groups" }, groups.map(({ name, span }, index) => name
      ? h("th", { colspan: span, scope: "colgroup", class: "group" }, name)
      : h("td", { colspan: span, class: index === 0 ? "lead" : null }))),
    h("tr", {}, columns.map((column, index) => heading(column, columns[index - 1], context, copy))));
}

function heading(column, before, { sorting, change }, copy) {
  const active = sorting.key === column.key;
  const arrow = h("span", { class: "arrow", "aria-hidden": "true" }, active ? (sorting.descending ? "↓" : "↑") : "");
  const button = h("button", {
    type: "button",
    tabindex: copy ? "-1" : null,
    "data-focus": copy ? null : `sort-${column.key}`,
    onclick: () => change({ sort: column.key, descending: active ? !sorting.descending : first(column) }),
  }, column.label, column.under ? h("small", {}, column.under, arrow) : arrow);
  addTip(button, () => [column.title]);
  return h("th", {
    scope: "col",
    class: classes(column, before),
    "data-column": column.key,
    "aria-sort": active ? (sorting.descending ? "descending" : "ascending") : null,
  }, button);
}

const first = (column) => !(column.ascends || column.kind === "text" || column.kind === "model");

export function classes(column, before) {
  const edge = column.group !== before?.group && (column.group || before?.group) ? " edge" : "";
  const right = ["score", "plain"].includes(column.kind) ? " number" : "";
  const special = column.key === "overall" ? " overall" : column.mean ? " mean" : "";
  return `${column.kind}${special}${right}${edge}`;
}

export const widthsOf = (columns) => h("colgroup", {}, columns.map((column) => h("col", { style: column.width ? `width: ${column.width}px` : null })));

// The copy is drawn when it is first needed, and lies over the table's top while the table's own head is above it.
export function stickyHead(region, table, columns, context) {
  const inner = h("div", { class: "sticky-inner" });
  const node = h("div", { class: "sticky-head", "aria-hidden": "true", hidden: true }, inner);
  const follow = () => (inner.scrollLeft = region.scrollLeft);
  const update = () => {
    const own = table.tHead.getBoundingClientRect();
    const away = own.top < 0 && table.getBoundingClientRect().bottom > own.height * 2;
    if (away && !inner.firstChild) {
      inner.append(h("table", { class: "heads" }, widthsOf(columns), drawHead(columns, context, true)));
    }
    node.hidden = !away;
    if (!away) return;
    inner.style.width = `${region.clientWidth}px`;
    inner.firstChild.style.width = `${table.offsetWidth}px`;
    follow();
  };
  region.addEventListener("scroll", follow, { passive: true });
  context.settle(() => {
    const later = () => {
      if (table.isConnected) update();
      else {
        removeEventListener("scroll", later);
        removeEventListener("resize", later);
      }
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    update();
  });
  return node;
}
