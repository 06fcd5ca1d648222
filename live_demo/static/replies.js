// What each configuration answered: the option with its probability, or the text beside vanilla's.

import { h } from "./dom.js";
import { count, percent } from "./format.js";
import { optionBars } from "./options.js";

const MARKS = { equal: "span", missing: "del", new: "ins" };
const VERDICTS = { true: "right", false: "wrong" };

export function drawReplies(node, rows, { compare, options, limit, opened }) {
  node.replaceChildren(...rows.map((row) => reply(row, { compare, options, limit, opened })));
  for (const article of node.children) markOverflow(article, opened);
}

function reply(row, { compare, options, limit, opened }) {
  const vanilla = row.configuration === "vanilla";
  const same = row.same_reply && !vanilla;
  const words = compare && !vanilla && row.differences.length
    ? row.differences.flatMap(([kind, text]) => [h(MARKS[kind], {}, text), " "])
    : [row.reply || h("span", { class: "muted" }, "an empty reply")];
  const verdict = VERDICTS[row.correct];
  const open = opened.has(row.configuration);
  return h("article", { "data-reply": row.configuration },
    h("h3", {}, h("code", {}, row.configuration), " ",
      verdict && h("span", { class: `verdict ${verdict}` }, verdict), " ",
      h("span", { class: "muted" }, same ? "the same reply as vanilla" : beside(row)),
      row.cut_off && h("span", { class: "cut-off" }, ` cut off at ${count(limit)} tokens`),
      row.unsure_s > 0 && h("span", { class: "cut-off" }, ` ${row.unsure_s.toFixed(0)} s unsure`)),
    row.error ? h("p", { class: "fault-text" }, row.error) : null,
    optionBars(row, options),
    row.error || (same && compare) ? null : h("p", { class: open ? "reply open" : "reply", tabindex: "0" }, words));
}

// A reply that does not fit says so, and opens in full.
function markOverflow(article, opened) {
  const text = article.querySelector(".reply");
  if (!text || (!text.classList.contains("open") && text.scrollHeight <= text.clientHeight + 2)) return;
  const name = article.dataset.reply;
  const button = h("button", { type: "button", class: "plain more", onclick: () => {
    const open = text.classList.toggle("open");
    opened[open ? "add" : "delete"](name);
    label();
  } });
  const label = () => {
    const open = text.classList.contains("open");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Show less" : "Show all of it";
    text.classList.toggle("cut", !open);
  };
  label();
  article.append(button);
}

function beside(row) {
  if (row.error) return "";
  if (row.answer) return `reads as ${row.answer}, ${row.answer_text}`;
  const accuracy = row.word_accuracy === null || row.word_accuracy === undefined ? "" : `, ${percent(row.word_accuracy)} of the right words`;
  if (row.configuration === "vanilla") return `${count(row.new_tokens)} tokens${accuracy}`;
  return row.agreement === null ? "" : `${percent(row.agreement)} of vanilla's words${accuracy}`;
}
