// Tabs, protocol, search, filters, columns, intervals, link. Drawn again when the view changes, else kept.

import { h } from "./dom.js";
import { countFilters } from "./filters.js";
import { columnsMenu, filtersMenu } from "./menus.js";
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

// `names`: which of the controls stand there, in their order. They need no scores until they are used.
export function drawControls(node, context, names) {
  node.replaceChildren(...names.map((name) => CONTROLS[name](context)));
}

// What the controls say about the state without being drawn again: how much is filtered, whether to reset.
export function markControls(node, state) {
  const counts = { Filters: countFilters(state), Columns: state.hidden.size + state.shown.size };
  for (const place of node.querySelectorAll("[data-count]")) {
    const many = counts[place.dataset.count];
    place.textContent = many ? ` ${many}` : "";
  }
  const reset = node.querySelector("[data-reset]");
  if (reset) reset.hidden = !state.query && !countFilters(state) && !state.pins.size;
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
  filters: filtersMenu,
  columns: columnsMenu,
  intervals: ({ state, change }) => addTip(h("label", { class: "toggle" }, h("input", {
    type: "checkbox",
    checked: state.intervals,
    onchange: (event) => change({ intervals: event.target.checked }),
  }), " Intervals"), () => ["95% intervals in the cells", "Measured rows have them; none is published."]),
  reset: ({ reset }) => h("button", { type: "button", class: "plain", "data-reset": "", hidden: true, onclick: reset }, "Reset"),
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
