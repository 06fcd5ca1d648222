// Tabs, protocol, search, filters, columns, link. Drawn again when the view changes, else kept.

import { choosable } from "./columns.js";
import { h } from "./dom.js";
import { ACCESS, PROVENANCE } from "./state.js";
import { addTip } from "./tip.js";
import { VIEWS } from "./views.js";

export function drawTabs(node, { state, change }) {
  const tabs = VIEWS.map(({ key: view, name }) => h("button", {
    type: "button",
    role: "tab",
    "aria-selected": String(state.view === view),
    tabindex: state.view === view ? "0" : "-1",
    "data-focus": `tab-${view}`,
    onclick: () => change({ view }),
  }, name));
  node.replaceChildren(...tabs);
  node.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const index = tabs.indexOf(document.activeElement);
    if (!step || index < 0) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  };
}

// `names`: which of the controls stand there, in their order.
export function drawControls(node, context, names) {
  node.replaceChildren(...names.map((name) => CONTROLS[name](context)));
}

const CONTROLS = {
  protocol: protocolSwitch,
  search: ({ state, change }) => h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search models and methods",
    value: state.query,
    oninput: (event) => change({ query: event.target.value }),
  }),
  filters: ({ state, change }) => menu("Filters", [
    choices("Weights", ACCESS, state.access, { open: "Open", closed: "Closed" }, (access) => change({ access })),
    choices("Scores", PROVENANCE, state.provenance, { published: "Published", measured: "Measured here" },
      (provenance) => change({ provenance })),
  ]),
  columns: columnsMenu,
  share: shareButton,
};

function protocolSwitch({ state, change }) {
  const option = (protocol) => h("label", {},
    h("input", {
      type: "radio",
      name: "protocol",
      value: protocol,
      checked: state.protocol === protocol,
      onchange: () => change({ protocol }),
    }), h("span", {}, protocol));
  return h("fieldset", { class: "switch" }, h("legend", { class: "sr" }, "Protocol of measured runs"),
    option("strict"), option("published"));
}

// A list under a button; a click elsewhere or Escape closes it.
function menu(name, content) {
  const node = h("details", { class: "menu" }, h("summary", {}, name), h("div", { class: "sheet" }, content));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !node.open) return;
    node.open = false;
    node.querySelector("summary").focus();
  });
  return node;
}

export function closeMenus(root, target) {
  for (const node of root.querySelectorAll("details.menu[open]")) {
    if (!node.contains(target)) node.open = false;
  }
}

function choices(title, known, chosen, names, change) {
  return h("fieldset", {}, h("legend", {}, title), known.map((value) => h("label", {}, h("input", {
    type: "checkbox",
    checked: chosen.has(value),
    onchange: (event) => {
      const next = new Set(chosen);
      if (event.target.checked) next.add(value);
      else next.delete(value);
      // Nothing chosen would show nothing: the last one stays.
      if (next.size === 0) event.target.checked = true;
      else {
        chosen.clear();
        for (const value of next) chosen.add(value);
        change(chosen);
      }
    },
  }), " ", names[value])));
}

function columnsMenu({ board, state, change }) {
  const columns = choosable(board, state.view, state);
  // A column that is hidden is not in the table, but is among those offered.
  const boxes = columns.map((column) => h("label", {}, h("input", {
    type: "checkbox",
    checked: !state.hidden.has(column.key),
    onchange: (event) => {
      if (event.target.checked) state.hidden.delete(column.key);
      else state.hidden.add(column.key);
      change({ hidden: state.hidden });
    },
  }), " ", column.label));
  return menu("Columns", h("fieldset", { class: "columns" }, h("legend", {}, "Shown"), boxes));
}

function shareButton() {
  const button = h("button", {
    type: "button",
    class: "plain",
    onclick: async () => {
      // A browser lends the clipboard to secure pages only; the link is in the address bar all the same.
      const copied = await (navigator.clipboard?.writeText(location.href) ?? Promise.reject()).then(() => true, () => false);
      button.textContent = copied ? "Link copied" : "Link is in the address bar";
      setTimeout(() => (button.textContent = "Share"), 2000);
    },
  }, "Share");
  return addTip(button, () => ["Copy a link to this table as it is shown"]);
}
