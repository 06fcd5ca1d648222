// What is kept against what it costs: one point for each configuration, drawn as SVG.

import { svg } from "./dom.js";
import { percent, seconds } from "./format.js";

const HEIGHT = 260;
const MARGIN = { left: 44, right: 16, top: 12, bottom: 36 };
const SHAPES = {
  vanilla: "M-5,-5 L5,5 M-5,5 L5,-5",
  before: "M0,-6 L6,5 L-6,5 Z",
  prune: "M-5,0 A5,5 0 1,0 5,0 A5,5 0 1,0 -5,0 Z",
  evict: "M-5,-5 H5 V5 H-5 Z",
  both: "M0,-7 L7,0 L0,7 L-7,0 Z",
};
export const UP = {
  agreement: (row) => row.agreement,
  cache: (row) => row.cache_share,
  audio: (row) => (row.audio_tokens ? row.kept_tokens / row.audio_tokens : null),
};

export function shapeOf(row) {
  if (!row.stages.length) return "vanilla";
  return row.stages.length > 1 ? "both" : row.stages[0];
}

export function drawChart(node, rows, { up, across, series, titles }) {
  const width = Math.max(280, node.clientWidth);
  const points = rows
    .map((row) => ({ row, x: row[across], y: UP[up](row) }))
    .filter((point) => point.x !== null && point.y !== null);
  if (!points.length) {
    node.replaceChildren("There is nothing to draw: no configuration has both figures.");
    return;
  }
  const longest = Math.max(...points.map((point) => point.x));
  const step = nice(longest / 5);
  const right = Math.ceil((longest * 1.02) / step) * step;
  const x = (value) => MARGIN.left + (value / right) * (width - MARGIN.left - MARGIN.right);
  const y = (value) => HEIGHT - MARGIN.bottom - value * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const label = `${titles.up} against ${titles.across}: ` +
    points.map((point) => `${point.row.configuration} ${percent(point.y)} at ${seconds(point.x)}`).join("; ");
  const chart = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label });
  drawAxes(chart, { x, y, step, right, width, titles });
  drawFront(chart, points, x, y);
  const marks = points.map((point) => ({ point, left: x(point.x), top: y(point.y) }));
  // Labels keep clear of every mark and of one another.
  const taken = marks.map(({ left, top }) => ({ left: left - 7, right: left + 7, top: top - 7, bottom: top + 7 }));
  for (const { point, left, top } of marks) drawPoint(chart, point, left, top, { series, taken, width, titles });
  node.replaceChildren(chart);
}

function nice(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough);
}

function drawAxes(chart, { x, y, step, right, width, titles }) {
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    chart.append(svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(share), y2: y(share), class: "rule" }));
    chart.append(svg("text", { x: MARGIN.left - 6, y: y(share) + 4, class: "tick end" }, `${100 * share}%`));
  }
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  for (let value = 0; value <= right + step / 2; value += step) {
    chart.append(svg("line", { x1: x(value), x2: x(value), y1: y(0), y2: y(0) + 4, class: "rule" }));
    chart.append(svg("text", { x: x(value), y: y(0) + 16, class: "tick middle" }, value.toFixed(digits)));
  }
  chart.append(svg("text", { x: width - MARGIN.right, y: HEIGHT - 4, class: "tick end" }, `${titles.across}, seconds`));
}

// The configurations that no other beats in both figures.
function drawFront(chart, points, x, y) {
  const front = points
    .filter((point) => !points.some((other) => other !== point && other.x <= point.x && other.y >= point.y && (other.x < point.x || other.y > point.y)))
    .sort((one, other) => one.x - other.x);
  const path = front.map((point, index) => `${index ? "L" : "M"}${x(point.x)},${y(point.y)}`).join(" ");
  chart.append(svg("path", { d: path, class: "front" }));
}

function drawPoint(chart, { row, x: across, y: up }, left, top, { series, taken, width, titles }) {
  const { colour } = series(row.configuration);
  const hover = `${row.configuration}: ${titles.up} ${percent(up)}, ${titles.across} ${seconds(across)}`;
  const mark = svg("path", {
    d: SHAPES[shapeOf(row)], transform: `translate(${left},${top})`, class: `mark ${shapeOf(row)}`, style: `--series: var(${colour})`,
  });
  mark.append(svg("title", {}, hover));
  const box = fitLabel(row.configuration.length * 6.7, left, top, taken, width);
  taken.push(box);
  chart.append(mark, svg("text", { x: box.left, y: box.bottom - 3, class: "point" }, row.configuration));
}

// The first free spot beside, above or below a mark; the last one tried where all are taken.
function fitLabel(long, left, top, taken, width) {
  const box = (x, y) => ({ left: x, right: x + long, top: y - 7, bottom: y + 7 });
  const beside = [0, -14, 14, -28, 28, -42, 42];
  const tries = [
    ...beside.map((shift) => box(left + 10, top + shift)),
    ...beside.map((shift) => box(left - 10 - long, top + shift)),
    box(left - long / 2, top - 15),
    box(left - long / 2, top + 15),
  ];
  const inside = (box) => box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= HEIGHT - MARGIN.bottom + 8;
  const free = (box) => !taken.some((other) =>
    other.left < box.right && other.right > box.left && other.top < box.bottom && other.bottom > box.top);
  return tries.find((box) => inside(box) && free(box)) ?? tries.find(inside) ?? tries[0];
}
