// Figures: asked for as JSON, drawn by Plotly's own script when the first is shown, their numbers as a table beneath.

import { h } from "./dom.js";

const NARROW = 560;
const CONFIG = { displaylogo: false, responsive: false };
const COLOUR = /^var\((--[a-z0-9-]+)\)$/;
const UNREACHED = "The figure could not be fetched. Nothing is lost; reload the page to try again.";
const FIRST_COLUMNS = 1;

const shown = new Set();
let script = null;

// Makes the page's figures: (slot, address, choose) to the slot's node, which keeps what it shows until the next is
// there. `choose` is told what somebody chose of a figure: parameter to value.
export function figureSlots(plotly) {
  const slots = new Map();
  return (slot, address, choose) => {
    if (!slots.has(slot)) slots.set(slot, new Figure(plotly));
    return slots.get(slot).show(address, choose);
  };
}

class Figure {
  constructor(plotly) {
    this.plotly = plotly;
    this.canvas = h("div", { class: "canvas", role: "group" });
    this.choices = h("div", { class: "choices" });
    this.caption = h("figcaption", {});
    this.notes = h("div", { class: "about" });
    this.fault = h("p", { class: "fault", role: "alert", hidden: true });
    this.node = h("figure", { class: "plot", "aria-busy": "true" }, this.choices, this.caption, this.fault, this.canvas, this.notes);
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    shown.add(this);
  }

  show(address, choose) {
    this.choose = choose;
    if (address !== this.address) {
      this.address = address;
      this.fetch(address);
    }
    return this.node;
  }

  async fetch(address) {
    this.node.setAttribute("aria-busy", "true");
    const [answer, library] = await Promise.all([asked(address), loaded(this.plotly)]);
    if (address !== this.address) return; // another was asked for meanwhile
    const later = answer?.pending ?? (answer?.wait ? answer.error : null);
    if (later) {
      this.caption.textContent = later;
      setTimeout(() => address === this.address && this.fetch(address), 1000 * answer.wait);
      return;
    }
    this.node.setAttribute("aria-busy", "false");
    const error = answer?.error ?? (answer && library ? null : UNREACHED);
    this.fault.textContent = error ?? "";
    this.fault.hidden = !error;
    this.document = error ? null : answer;
    this.canvas.hidden = !this.document || this.document.empty !== null;
    this.caption.textContent = this.document?.title ?? "";
    this.offer(this.document?.choices ?? []);
    this.notes.replaceChildren(...(this.document ? this.about() : []));
    this.drawn = null;
    this.draw();
  }

  offer(offered) {
    const focused = document.activeElement?.getAttribute("data-focus");
    this.choices.replaceChildren(...offered.map((choice) => chooserOf(choice, (value) => this.choose({ [choice.parameter]: value }))));
    if (focused) this.choices.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  // Draws where there is something new: other numbers, another width, the other mode.
  draw() {
    const width = this.canvas.clientWidth;
    const dark = document.documentElement.classList.contains("dark");
    const state = `${width} ${dark}`;
    if (!this.document || this.document.empty !== null || !width || state === this.drawn) return;
    this.drawn = state;
    const { data, layout } = this.dressed(width);
    this.canvas.setAttribute("aria-label", `${this.document.title}. The numbers stand in the table below.`);
    // What is wider than a phone scrolls in its own box, for the keyboard too.
    if (layout.width > width) this.canvas.setAttribute("tabindex", "0");
    else this.canvas.removeAttribute("tabindex");
    const config = { ...CONFIG, displayModeBar: width < NARROW ? false : "hover" };
    withoutBase(() => window.Plotly.react(this.canvas, data, layout, config));
  }

  dressed(width) {
    const { data, layout } = coloured(this.document.figure, getComputedStyle(document.documentElement));
    const own = width < NARROW ? layout.meta.narrow : {};
    // A finger that scrolls the page must not draw a frame to zoom in.
    const touch = matchMedia("(pointer: coarse)").matches ? { dragmode: false } : {};
    return { data, layout: { width, ...merged(layout, own), ...touch, autosize: false } };
  }

  about() {
    const { document: found } = this;
    return [
      ...found.notices.map((notice) => h("p", { class: "notice", dir: "auto" }, notice)),
      found.empty !== null && h("p", { class: "empty" }, ...words(found.empty)),
      ...found.answers.map((answer) => h("p", { class: "answer" }, answer)),
      found.empty === null && h("div", { class: "tools" },
        ...["png", "svg"].map((format) => h("button", { type: "button", class: "plain", onclick: () => this.export(format) }, format.toUpperCase())),
        h("button", { type: "button", class: "plain", onclick: () => this.reset() }, "Reset zoom"),
        h("span", { class: "muted" }, found.source)),
      found.notes.length > 0 && h("ul", { class: "notes" }, found.notes.map((note) => h("li", { dir: "auto" }, ...words(note)))),
      found.empty === null && numbers(found),
    ].filter(Boolean);
  }

  reset() {
    this.drawn = null;
    window.Plotly.purge(this.canvas);
    this.draw();
  }

  // A picture stands alone: it carries its title, its source, and what warns of its numbers.
  export(format) {
    const { title, source, notices, name } = this.document;
    const width = Math.max(this.canvas.clientWidth, 720);
    const { data, layout } = this.dressed(width);
    const head = { text: escaped(title), subtitle: { text: escaped([source, ...notices].join(". ")).slice(0, 160) }, x: 0.01, xanchor: "left", font: { size: 15 } };
    const top = { ...layout.margin, t: layout.margin.t + 80 };
    const picture = { data, layout: { ...layout, title: head, margin: top, height: layout.height + 80 } };
    window.Plotly.downloadImage(picture, { format, filename: `audiomarathon-${name}`, width, height: layout.height + 80, scale: 2 });
  }
}

// Where a page has a <base>, Plotly names the page in each of a drawing's links to its own parts. Such a link leads
// elsewhere once the address has changed: the page is fetched anew, and nothing is clipped.
function withoutBase(draw) {
  const base = document.querySelector("base[href]");
  const href = base?.getAttribute("href");
  base?.removeAttribute("href");
  try {
    draw();
  } finally {
    base?.setAttribute("href", href);
  }
}

const asked = (address) => fetch(address).then(
  async (response) => ({ ...(await response.json()), wait: Number(response.headers.get("Retry-After")) }), () => null);

function loaded(plotly) {
  script ??= new Promise((resolve) => {
    const node = h("script", {
      src: new URL("." + plotly, document.baseURI).href,
      onload: () => resolve(true),
      onerror: () => {
        script = null;
        node.remove();
        resolve(false);
      },
    });
    document.head.append(node);
  });
  return script;
}

function chooserOf({ parameter, label, chosen, options, unit }, choose) {
  const common = { "aria-label": label, "data-focus": `choose-${parameter}`, onchange: (event) => choose(event.target.value) };
  if (options === null) {
    return h("label", {}, label, h("input", { type: "number", min: "0", max: "100", step: "any", value: chosen, ...common }), unit);
  }
  return h("label", {}, label, h("select", common, options.map(([value, name]) => h("option", { value, selected: value === chosen }, name))));
}

// A copy whose colours are those of the page as it is now.
function coloured(value, style) {
  if (typeof value === "string") return value.replace(COLOUR, (_, name) => style.getPropertyValue(name).trim());
  if (Array.isArray(value)) return value.map((part) => coloured(part, style));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, coloured(part, style)]));
}

function merged(base, own) {
  const both = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const deep = value && typeof value === "object" && !Array.isArray(value) && base[key];
    both[key] = deep ? merged(base[key], value) : value;
  }
  return both;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

// Text with `code` in it.
const words = (text) => text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));

// The rows are made when the table is opened.
function numbers({ table, title }) {
  const node = h("details", { class: "numbers" }, h("summary", {}, "Numbers as a table"));
  node.addEventListener("toggle", () => {
    if (node.children.length === 1) node.append(tableOf(table, title));
  });
  return node;
}

function tableOf({ columns, rows }, title) {
  const digits = columns.map((column) => column.digits);
  const cell = (value, column) => {
    if (value === null) return "–";
    return digits[column] === null ? String(value) : Number(value).toFixed(digits[column]).replace("-", "−");
  };
  const kind = (column) => (digits[column] === null ? null : "number");
  return h("div", { class: "region", tabindex: "0", role: "region", "aria-label": `Numbers: ${title}` },
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map(({ name }, column) => h("th", { scope: "col", class: kind(column) }, name)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((value, column) =>
        h(column < FIRST_COLUMNS ? "th" : "td", { class: kind(column), dir: "auto", scope: column < FIRST_COLUMNS ? "row" : null }, cell(value, column))))))));
}

new MutationObserver(() => shown.forEach((figure) => figure.draw()))
  .observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
