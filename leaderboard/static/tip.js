// One tooltip for everything that has something to say: hover, focus or tap; Escape closes it.

const tips = new WeakMap();

// `lines` makes the lines when the tip is opened.
export function addTip(node, lines) {
  tips.set(node, lines);
  node.setAttribute("data-tip", "");
  return node;
}

// `bar`: what no tip may cover.
export function startTips(board, tip, bar) {
  let shown = null;

  const hide = () => {
    tip.hidden = true;
    shown = null;
  };
  const show = (node) => {
    if (node === shown) return;
    const lines = tips.get(node)?.();
    if (!lines) return hide();
    shown = node;
    tip.replaceChildren(...lines.filter(Boolean).map((line) => {
      const part = document.createElement("div");
      part.dir = "auto";
      part.textContent = line;
      return part;
    }));
    tip.hidden = false;
    position(node);
  };
  const position = (node) => {
    const box = node.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - own.width / 2), innerWidth - own.width - 8);
    // Above the node only where there is room below the navigation, which stays free.
    const free = Math.max(8, bar.getBoundingClientRect().bottom + 4);
    const above = box.top - own.height - 6;
    const below = box.bottom + 6;
    const top = below + own.height > innerHeight - 8 && above >= free ? above : below;
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
  };
  const follow = (event) => {
    const node = event.target.closest?.("[data-tip]");
    if (node) show(node);
    else if (!tip.contains(event.target)) hide();
  };
  for (const name of ["pointerover", "focusin", "click"]) board.addEventListener(name, follow);
  board.addEventListener("pointerleave", hide);
  board.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", hide, { capture: true, passive: true });
}
