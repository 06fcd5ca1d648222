// The leaderboard: fetch once, then everything happens here.

import { expanded } from "./board.js";
import { figureAddress } from "./choices.js";
import { h } from "./dom.js";
import { figureSlots } from "./figure.js";
import { dropUnknown, noFilters } from "./filters.js";
import { closeMenus } from "./menus.js";
import { freshParameters, readState, writeState } from "./state.js";
import { startTips } from "./tip.js";
import { drawControls, drawTabs, markControls } from "./toolbar.js";
import { viewOf } from "./views.js";

export async function start(root, api, setup) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  startTips(part("board"), part("tip"), part("bar"));
  document.addEventListener("pointerdown", (event) => closeMenus(root, event.target));
  const page = new Board(part, api, figureSlots(setup.plotly));
  page.drawTools();
  const board = await fetchBoard(api, part("fault"));
  part("board").setAttribute("aria-busy", "false");
  if (board) page.show(expanded(board));
  else part("content").replaceChildren();
}

// While the server still reads the runs it says when to ask again; until then the page shows its skeleton.
async function fetchBoard(api, fault) {
  try {
    let response = await fetch(`${api}/leaderboard`);
    while (response.status === 503 && response.headers.has("Retry-After")) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("Retry-After"))));
      response = await fetch(`${api}/leaderboard`);
    }
    if (response.ok) return await response.json();
    fault.textContent = `The server could not send the scores (${response.status}). Nothing is lost; reload the page to try again.`;
  } catch {
    fault.textContent = "The server could not be reached. Nothing is lost; reload the page to try again.";
  }
  fault.hidden = false;
  return null;
}

// The page and what views and controls may ask of it, which is their `context`.
class Board {
  constructor(part, api, slot) {
    this.part = part;
    this.state = readState();
    this.settling = [];
    this.context = {
      api,
      board: null,
      // A figure's node, by its name and parameters; what is chosen of it is chosen of the view.
      figure: (name, parameters) => slot(name, figureAddress(api, name, parameters), (patch) => this.change(patch)),
      state: this.state,
      get view() { return this.state.view; },
      change: (patch) => this.change(patch),
      clear: () => this.clear({}),
      reset: () => this.clear({ pins: new Set(), open: new Set() }),
      toggle: (id) => this.flip(this.state.open, id),
      pin: (id) => this.flip(this.state.pins, id),
      drawn: { lines: 0 },
      // Call back once what is being drawn is in the document.
      settle: (then) => this.settling.push(then),
      // How many rows there are, for who does not see them.
      announce: (rows) => (part("status").textContent = rows === 1 ? "1 row" : `${rows} rows`),
    };
  }

  show(board) {
    this.context.board = board;
    dropUnknown(this.state.filters, board);
    window.addEventListener("popstate", () => {
      Object.assign(this.state, readState());
      dropUnknown(this.state.filters, board);
      this.drawTools();
      this.draw();
    });
    this.draw();
  }

  // A view that is chosen begins afresh, and Back leads to the one before; other choices change it.
  change(patch) {
    const { state } = this;
    const moved = patch.view && patch.view !== state.view;
    const stepped = (viewOf(state.view).steps ?? []).some((name) => name in patch && patch[name] !== state[name]);
    Object.assign(state, moved ? { sort: "", descending: true, ...freshParameters(patch.view) } : {}, patch);
    writeState(state, moved || stepped);
    this.keepFocus(() => {
      if (moved) this.drawTools();
      this.draw(moved);
    });
  }

  clear(more) {
    Object.assign(this.state, { query: "", filters: noFilters() }, more);
    writeState(this.state);
    this.drawTools();
    this.draw();
  }

  flip(set, id) {
    if (!set.delete(id)) set.add(id);
    writeState(this.state);
    this.keepFocus(() => this.draw());
  }

  // What had the keyboard's focus has it again after it was drawn anew.
  keepFocus(draw) {
    const focused = document.activeElement?.getAttribute("data-focus");
    draw();
    if (focused) this.part("board").querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  drawTools() {
    const { part, context } = this;
    const view = viewOf(this.state.view);
    drawTabs(part("tabs"), context);
    drawControls(part("controls"), context, view.controls);
    markControls(part("controls"), this.state);
    part("hint").textContent = view.hint(context);
  }

  draw(moved) {
    const { part, context, state } = this;
    if (!context.board) return;
    const content = part("content");
    const scrolled = [...content.querySelectorAll(".region")].map((region) => region.scrollLeft);
    const view = viewOf(state.view);
    markControls(part("controls"), state);
    part("hint").textContent = view.hint(context);
    this.settling.length = 0;
    context.drawn.lines = 0;
    const height = content.offsetHeight;
    content.style.minHeight = moved ? "" : `${height}px`;  // what is drawn in steps must not move the page meanwhile
    content.replaceChildren(...view.draw(context).filter(Boolean), foot(context.board));
    for (const then of this.settling) then();
    content.style.minHeight = "";
    if (!moved) content.querySelectorAll(".region").forEach((region, index) => (region.scrollLeft = scrolled[index] ?? 0));
  }
}

function foot(board) {
  return h("p", { class: "foot" },
    "Published figures: ", h("a", { href: board.source.url }, `arXiv ${board.source.arxiv}`),
    `, tables here SHA-256 ${board.source.sha256.slice(0, 12)}.`);
}
