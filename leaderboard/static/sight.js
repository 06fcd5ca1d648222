// Rows in sight: of a long table only those near the window are in the document, between two spacers as
// tall as the others, so that the page scrolls as if all were there.

import { h } from "./dom.js";

// So many lines of a page are drawn whole, those of its first tables; the browser's own search finds them.
const WHOLE = 60;
// How far above and below the window lines are drawn, in pixels.
const MARGIN = 300;
const USUAL_HEIGHT = 29;

// `lines` hold their `kind`, of which all are about as tall; `draw(line, index)` makes a line's table rows.
// `drawn` counts the page's lines that are drawn whole; `settle(fn)` calls back when the table is in the document.
export function fillBody(body, lines, draw, span, { drawn, settle }) {
  if (drawn.lines + lines.length <= WHOLE) {
    drawn.lines += lines.length;
    body.append(...lines.flatMap(draw));
    return;
  }
  const sight = new Sight(body, lines, draw, span);
  settle(() => sight.start());
}

class Sight {
  constructor(body, lines, draw, span) {
    Object.assign(this, { body, lines, draw });
    this.heights = new Float64Array(lines.length);  // 0 where not yet known
    this.usual = new Map();
    this.tops = new Float64Array(lines.length + 1);
    this.first = this.last = 0;  // drawn: first <= index < last
    this.nodes = new Map();
    [this.above, this.below] = [spacer(span), spacer(span)];
    body.append(this.above.row, this.below.row);
  }

  start() {
    let waiting = false;
    const later = () => {
      if (!this.body.isConnected) return stop();
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (this.body.isConnected) this.update();
      });
    };
    const stop = () => {
      removeEventListener("scroll", later, { capture: true });
      removeEventListener("resize", later);
    };
    addEventListener("scroll", later, { capture: true, passive: true });
    addEventListener("resize", later);
    this.sample();
    this.measureTops();
    this.update();
  }

  // How tall a line of each kind is, so that the page has its height from the start.
  sample() {
    const firsts = new Map();
    this.lines.forEach((line, index) => firsts.has(line.kind) || firsts.set(line.kind, index));
    const samples = [...firsts].map(([kind, index]) => [kind, this.draw(this.lines[index], index)[0]]);
    this.above.row.after(...samples.map(([, node]) => node));
    for (const [kind, node] of samples) this.usual.set(kind, node.getBoundingClientRect().height);
    for (const [, node] of samples) node.remove();
  }

  update() {
    // Heights become known as lines are drawn, which may bring others into sight.
    for (let round = 0; round < 3 && this.move(); round += 1) this.measure();
  }

  // Draw what is in sight and take away what is not; whether anything was drawn.
  move() {
    const start = this.body.getBoundingClientRect().top;
    const first = this.indexAt(-start - MARGIN);
    const last = Math.min(this.indexAt(innerHeight - start + MARGIN) + 1, this.lines.length);
    if (first === this.first && last === this.last) return false;
    for (let index = this.first; index < this.last; index += 1) {
      if (index >= first && index < last) continue;
      for (const node of this.nodes.get(index)) node.remove();
      this.nodes.delete(index);
    }
    const drawn = (index) => {
      const nodes = this.draw(this.lines[index], index);
      this.nodes.set(index, nodes);
      return nodes;
    };
    const range = (from, to) => Array.from({ length: Math.max(to - from, 0) }, (_, step) => drawn(from + step)).flat();
    const apart = first >= this.last || last <= this.first;
    if (apart) this.above.row.after(...range(first, last));
    else {
      this.above.row.after(...range(first, this.first));
      this.below.row.before(...range(this.last, last));
    }
    [this.first, this.last] = [first, last];
    this.space();
    return true;
  }

  measure() {
    let changed = false;
    for (const [index, nodes] of this.nodes) {
      const height = nodes.reduce((sum, node) => sum + node.getBoundingClientRect().height, 0);
      if (Math.abs(height - this.heights[index]) < 0.5) continue;
      this.heights[index] = height;
      changed = true;
    }
    if (!changed) return;
    this.measureTops();
    this.space();
  }

  measureTops() {
    let top = 0;
    for (let index = 0; index < this.lines.length; index += 1) {
      this.tops[index] = top;
      top += this.heights[index] || this.usual.get(this.lines[index].kind) || USUAL_HEIGHT;
    }
    this.tops[this.lines.length] = top;
  }

  space() {
    this.above.set(this.tops[this.first]);
    this.below.set(this.tops[this.lines.length] - this.tops[this.last]);
  }

  // The line at a height within the body, kept within its ends.
  indexAt(height) {
    let [low, high] = [0, this.lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= height) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function spacer(span) {
  const cell = h("td", { colspan: span });
  const row = h("tr", { class: "spacer", "aria-hidden": "true" }, cell);
  return {
    row,
    set(height) {
      row.hidden = height < 0.5;
      cell.style.height = `${height}px`;
    },
  };
}
