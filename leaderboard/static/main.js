// The leaderboard: fetch once, then everything happens here.

import { drawCurves, drawDurations } from "./chart.js";
import { h } from "./dom.js";
import { drawDownloads } from "./exports.js";
import { count, method } from "./format.js";
import { drawSpeed } from "./speed.js";
import { ACCESS, PROVENANCE, readState, writeState } from "./state.js";
import { drawNotes, drawTable } from "./table.js";
import { startTips } from "./tip.js";
import { closeMenus, drawControls, drawTabs } from "./toolbar.js";

const STAGES = { pruning: "prune", eviction: "evict" };
const HINTS = {
  strict: "Strict: a reply that cannot be read is wrong.",
  published: "Published: replies that cannot be read are left out. This is the paper's denominator, " +
    "not its ten parsers nor its choice of macro or weighted averages for each model.",
};

export async function start(root, api) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  startTips(part("board"), part("tip"));
  document.addEventListener("pointerdown", (event) => closeMenus(root, event.target));
  const board = await fetchBoard(api, part("fault"));
  part("board").setAttribute("aria-busy", "false");
  if (!board) return part("content").replaceChildren();
  show(board, part);
}

async function fetchBoard(api, fault) {
  try {
    const response = await fetch(`${api}/leaderboard`);
    if (response.ok) return await response.json();
    fault.textContent = `The server could not send the scores (${response.status}). Nothing is lost; reload the page to try again.`;
  } catch {
    fault.textContent = "The server could not be reached. Nothing is lost; reload the page to try again.";
  }
  fault.hidden = false;
  return null;
}

function show(board, part) {
  const state = readState();
  const open = new Set();
  const context = {
    board,
    state,
    open,
    get view() { return state.view; },
    change(patch) {
      const moved = patch.view && patch.view !== state.view;
      Object.assign(state, patch);
      writeState(state);
      draw(moved);
    },
    clear() {
      Object.assign(state, { query: "", access: new Set(ACCESS), provenance: new Set(PROVENANCE) });
      writeState(state);
      draw(true);
    },
    toggle(id) {
      if (!open.delete(id)) open.add(id);
      draw(false);
    },
  };

  function draw(tools) {
    const focused = document.activeElement?.getAttribute("data-focus");
    const scrolled = [...part("content").querySelectorAll(".region")].map((region) => region.scrollLeft);
    if (tools) {
      drawTabs(part("tabs"), context);
      drawControls(part("controls"), context);
    }
    part("hint").textContent = hint(board, state);
    drawContent(board, part, context);
    if (!tools) {
      part("content").querySelectorAll(".region").forEach((region, index) => (region.scrollLeft = scrolled[index] ?? 0));
    }
    if (focused) part("board").querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  draw(true);
}

function hint(board, state) {
  if (state.view === "speed") {
    return "Each configuration alone, several times: medians, quartiles on hover. Only rows of one table may be compared.";
  }
  const facts = `${count(board.source.count)} questions, ${board.tasks.length} tasks, 90–300 s.`;
  return `${facts} ${HINTS[state.protocol]} Published rows keep the paper's own scores; the switch is for measured runs.`;
}

function drawContent(board, part, context) {
  const { state, view } = context;
  if (view === "speed") {
    part("status").textContent = `${board.speed.reduce((sum, section) => sum + section.rows.length, 0)} rows`;
    part("content").replaceChildren(...drawSpeed(board.speed, state));
    return;
  }
  const shown = [board[view], ...measuredIn(board, view)]
    .map((section) => ({ section, rows: section.rows.filter((row) => fits(row, state)) }));
  const total = shown.reduce((sum, { rows }) => sum + rows.length, 0);
  part("status").textContent = `${total} rows`;
  const chart = view === "duration" ? drawDurations(shown, context)
    : STAGES[view] ? drawCurves(STAGES[view], shown, context) : null;
  const sections = shown.filter(({ rows }) => rows.length).map(({ section, rows }) => drawSection(section, rows, context));
  part("content").replaceChildren(
    ...[chart].filter(Boolean),
    ...(sections.length ? sections : [empty(context)]),
    ...(view === "models" ? [foldersOf("Runs without scores", board.pending), foldersOf("Runs that cannot be read", board.broken)] : []).filter(Boolean),
    foot(board),
  );
}

// The runs that have something to say in a view.
function measuredIn(board, view) {
  if (view === "models") return board.measured;
  const stage = STAGES[view];
  if (!stage) return [];
  return board.measured
    .map((section) => ({ ...section, rows: section.rows.filter((row) => row.steps.every((step) => step.stage === stage)) }))
    .filter((section) => section.rows.some((row) => row.steps.length));
}

function fits(row, state) {
  if (!state.provenance.has(row.provenance)) return false;
  if (row.access === "human") return true;  // pinned
  if (!state.access.has(row.access)) return false;
  const text = `${row.model} ${row.configuration} ${method(row)} ${row.duration ?? ""}`.toLowerCase();
  return state.query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function drawSection(section, rows, context) {
  return h("section", {},
    h("h2", {},
      section.table ? `Table ${section.table}. ` : "Measured on ",
      h("bdi", {}, section.table ? section.caption : section.dataset),
      section.table ? null : h("span", { class: "muted" },
        ` ${count(section.count)} samples, SHA-256 ${section.sha256.slice(0, 12)}. Not comparable with the published tables.`)),
    drawTable(section, rows, context),
    drawNotes(section),
    drawDownloads(section, rows, context));
}

function empty({ clear }) {
  return h("p", { class: "empty" }, "No row matches. ", h("button", {
    type: "button",
    class: "plain",
    onclick: clear,
  }, "Clear search and filters"));
}

function foldersOf(title, folders) {
  if (!folders.length) return null;
  return h("section", {}, h("h2", {}, title), h("ul", { class: "notes" },
    folders.map(({ folder, reason }) => h("li", {}, h("bdi", {}, folder), ": ", h("bdi", {}, reason)))));
}

function foot(board) {
  return h("p", { class: "foot" },
    "P: published, as printed in ", h("a", { href: board.source.url }, `arXiv ${board.source.arxiv}`),
    `, tables here SHA-256 ${board.source.sha256.slice(0, 12)}. M: measured here; open a row for its dataset, commit and hardware. `,
    "Macro F1 on a scale to 100; ASR is word accuracy rate. Shade runs from a column's lowest to its highest score.");
}

