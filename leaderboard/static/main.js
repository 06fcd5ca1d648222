// The leaderboard: fetch once, then everything happens here.

import { h } from "./dom.js";
import { ACCESS, PROVENANCE, freshParameters, readState, writeState } from "./state.js";
import { startTips } from "./tip.js";
import { closeMenus, drawControls, drawTabs } from "./toolbar.js";
import { viewOf } from "./views.js";

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
    // A view that is chosen begins afresh, and Back leads to the one before; other choices change it.
    change(patch) {
      const moved = patch.view && patch.view !== state.view;
      Object.assign(state, moved ? { sort: "", descending: true, ...freshParameters(patch.view) } : {}, patch);
      writeState(state, moved);
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
    // How many rows there are, for who does not see them.
    announce(rows) {
      part("status").textContent = rows === 1 ? "1 row" : `${rows} rows`;
    },
  };
  window.addEventListener("popstate", () => {
    Object.assign(state, readState());
    draw(true);
  });

  function draw(tools) {
    const focused = document.activeElement?.getAttribute("data-focus");
    const scrolled = [...part("content").querySelectorAll(".region")].map((region) => region.scrollLeft);
    const view = viewOf(state.view);
    if (tools) {
      drawTabs(part("tabs"), context);
      drawControls(part("controls"), context, view.controls);
    }
    part("hint").textContent = view.hint(context);
    part("content").replaceChildren(...view.draw(context).filter(Boolean), foot(board));
    if (!tools) {
      part("content").querySelectorAll(".region").forEach((region, index) => (region.scrollLeft = scrolled[index] ?? 0));
    }
    if (focused) part("board").querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  draw(true);
}

function foot(board) {
  return h("p", { class: "foot" },
    "P: published, as printed in ", h("a", { href: board.source.url }, `arXiv ${board.source.arxiv}`),
    `, tables here SHA-256 ${board.source.sha256.slice(0, 12)}. M: measured here; open a row for its dataset, commit and hardware. `,
    "Macro F1 on a scale to 100; ASR is word accuracy rate. Shade runs from a column's lowest to its highest score.");
}

