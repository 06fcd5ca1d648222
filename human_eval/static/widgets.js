// Small pieces of the pages, and numbers as people say them.

import { h } from "./dom.js";

// Show one of several views.
export function only(views, shown) {
  for (const view of views) view.hidden = view !== shown;
}

export const percent = (share) => `${Math.floor(100 * share + 1e-6)}%`;

export const minutes = (value) => (value < 1 ? "less than a minute" : `about ${Math.round(value)} min`);

// A time in minutes as people say it.
export const duration = (value) => {
  if (!(value > 0)) return "none";
  if (value < 1) return "less than a minute";
  return value < 90 ? `about ${Math.round(value)} min` : `about ${(value / 60).toFixed(1)} h`;
};

// `label` says what the button does where its words alone do not.
export const button = (words, act, label = null) => h("button", { type: "button", class: "plain", onclick: act, "aria-label": label }, words);
export const number = (value) => h("span", { class: "figures" }, String(value));
export const bar = (part, whole) => h("span", { class: "line" }, h("progress", { max: whole || 1, value: part, "aria-label": "answered" }), number(`${part} of ${whole}`));

// A text and a button that copies it.
export function copyable(text, what) {
  const shown = h("code", { class: "copied" }, text);
  const copy = button("Copy", async () => {
    await copyText(text, shown);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 4000);
  }, `Copy ${what}`);
  return h("span", { class: "line" }, shown, copy);
}

// Browsers give the clipboard to pages of https and of this machine; elsewhere the old way is left.
async function copyText(text, shown) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  getSelection().selectAllChildren(shown);
  return document.execCommand("copy");
}

export function table(head, rows) {
  const figures = head.map((_, place) => rows.length > 0 && rows.every((row) => row[place]?.classList?.contains("figures")));
  const kind = (place) => (figures[place] ? "number" : null);
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": `Table: ${head.filter(Boolean).join(", ")}` }, h("table", { class: "table" },
    h("thead", {}, h("tr", {}, ...head.map((words, place) => h(words ? "th" : "td", words ? { scope: "col", class: kind(place) } : {}, words)))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, place) => h("td", { class: kind(place) }, cell)))))));
}
