// Score against the share removed, one panel for each model; long against short audio.

import { h, svg } from "./dom.js";
import { number, scores, share } from "./format.js";
import { addTip } from "./tip.js";

const SIZE = { width: 320, height: 210, left: 30, right: 12, top: 10, bottom: 30 };
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "1 4", "10 4", "4 2 1 2", "12 3"];
const SHAPES = [
  "M-4,0 A4,4 0 1,0 4,0 A4,4 0 1,0 -4,0 Z",
  "M-3.6,-3.6 H3.6 V3.6 H-3.6 Z",
  "M0,-4.6 L4.4,3.6 L-4.4,3.6 Z",
  "M0,-5 L5,0 L0,5 L-5,0 Z",
  "M0,4.6 L4.4,-3.6 L-4.4,-3.6 Z",
  "M-4,-4 L4,4 M-4,4 L4,-4",
  "M-5,0 H5 M0,-5 V5",
  "M-4.6,-2 H4.6 V2 H-4.6 Z",
];

const x = (value, highest) => SIZE.left + (value / highest) * (SIZE.width - SIZE.left - SIZE.right);
const y = (value) => SIZE.height - SIZE.bottom - (value / 100) * (SIZE.height - SIZE.top - SIZE.bottom);

const cellOf = (row, score, protocol) => {
  const by = scores(row, protocol);
  return score === "overall" ? by.overall : by.tasks[score];
};

// `stage` is "prune" or "evict"; `sections` hold the rows, filtered already.
export function drawCurves(stage, sections, context) {
  const { board, state, change } = context;
  const score = scoreOf(board, state, stage === "evict" ? "ASR" : "overall");
  const found = sections.flatMap(({ section, rows }) => panelsOf(stage, section, rows));
  if (!found.length) return null;
  const panels = found.filter((panel) => pointsOf(panel).some(({ row }) => has(row, score, state.protocol)));
  const names = [...new Map(panels.flatMap((panel) => [...panel.series.values()]).map((one) => [one.method, one.title]))];
  const style = new Map(names.map(([method], index) => [method, index % SHAPES.length]));
  return h("figure", { class: "chart" },
    h("figcaption", {}, chooser(board, score, change), " against share removed"),
    legend(names.map(([, title], index) => ({ title, index: index % SHAPES.length }))),
    !panels.length && h("p", { class: "empty" }, "No row shown has this score."),
    h("div", { class: "panels" }, panels.map((panel) => curves(panel, score, style, state.protocol))));
}

const pointsOf = (panel) => [...panel.series.values()].flatMap((one) => one.points);

const has = (row, score, protocol) => (cellOf(row, score, protocol)?.value ?? null) !== null;

function scoreOf(board, state, standard) {
  return state.score === "overall" || board.tasks.some((task) => task.code === state.score) ? state.score : standard;
}

function chooser(board, score, change) {
  const options = [["overall", "Overall"], ...board.tasks.map((task) => [task.code, `${task.code} ${task.name}`])];
  return h("select", { "aria-label": "Score drawn", "data-focus": "score", onchange: (event) => change({ score: event.target.value }) },
    options.map(([value, name]) => h("option", { value, selected: value === score }, name)));
}

// One panel for each model of a table, or each run; a curve for each method that stands alone.
function panelsOf(stage, section, rows) {
  const panels = new Map();
  for (const row of rows) {
    const single = row.steps.length === 1 && row.steps[0].stage === stage;
    if (row.steps.length && !single) continue;
    const key = row.run ? row.run.folder : row.model;
    if (!panels.has(key)) panels.set(key, { row, section, start: null, series: new Map() });
    const panel = panels.get(key);
    if (!single) panel.start = row;
    else {
      const { method, title, amount } = row.steps[0];
      // Two settings of one method are two curves.
      const name = row.configuration.replace(/@[0-9.]+/, "");
      if (!panel.series.has(name)) panel.series.set(name, { method: name, title: name === method ? title : `${title} ${name.slice(method.length + 1)}`, points: [] });
      panel.series.get(name).points.push({ amount, row });
    }
  }
  return [...panels.values()].filter((panel) => panel.series.size);
}

function curves(panel, score, style, protocol) {
  const amounts = [...new Set([0, ...pointsOf(panel).map((point) => point.amount)])].sort((a, b) => a - b);
  const highest = Math.max(...amounts) * 1.04;
  const chart = frame(`${titleOf(panel)}: score against share removed; the figures stand in the table below.`);
  for (const amount of amounts) {
    chart.append(svg("text", { x: x(amount, highest), y: SIZE.height - SIZE.bottom + 16, class: "tick middle" }, share(amount)));
  }
  const layers = [svg("g"), svg("g")];
  for (const one of panel.series.values()) {
    const index = style.get(one.method);
    const points = [...(panel.start ? [{ amount: 0, row: panel.start }] : []), ...one.points]
      .map((point) => ({ ...point, cell: cellOf(point.row, score, protocol) }))
      .filter((point) => point.cell && point.cell.value !== null)
      .sort((a, b) => a.amount - b.amount);
    const path = points.map(({ amount, cell }, step) => `${step ? "L" : "M"}${x(amount, highest)},${y(cell.value)}`).join(" ");
    layers[0].append(svg("path", { d: path, class: "curve", style: `stroke: var(--series-${index + 1})`, "stroke-dasharray": DASHES[index] || null }));
    for (const { amount, cell, row } of points.filter((point) => point.amount > 0)) {
      layers[1].append(mark(index, x(amount, highest), y(cell.value), () => [
        `${one.title}, ${share(amount)} removed: ${number(cell.value)}`, row.model, range(cell)]));
    }
  }
  const start = panel.start && cellOf(panel.start, score, protocol);
  if (start && start.value !== null) {
    layers[1].append(addTip(svg("circle", { cx: x(0, highest), cy: y(start.value), r: 3.5, class: "start" }),
      () => [`Vanilla: ${number(start.value)}`, panel.row.model, range(start)]));
  }
  chart.append(...layers);
  return framed(panel, chart);
}

const range = (cell) => cell.interval && `95% interval ${number(cell.interval[0])} to ${number(cell.interval[1])}`;

export function drawDurations(sections, context) {
  const { board, state } = context;
  const panels = new Map();
  for (const { section, rows } of sections) {
    for (const row of rows.filter(({ duration }) => duration)) {
      if (!panels.has(row.model)) panels.set(row.model, { row, section, byDuration: {} });
      panels.get(row.model).byDuration[row.duration] = row;
    }
  }
  if (!panels.size) return null;
  return h("figure", { class: "chart" },
    h("figcaption", {}, "Score by task on long and short audio"),
    legend([{ title: "Long, 90 to 300 s", index: 0 }, { title: "Short", index: 1 }], false),
    h("div", { class: "panels" }, [...panels.values()].map((panel) => durations(panel, board, state.protocol))));
}

function durations(panel, board, protocol) {
  const chart = frame(`${titleOf(panel)}: score on long and short audio by task; the figures stand in the table below.`);
  board.tasks.forEach((task, column) => {
    const middle = x(column + 0.5, board.tasks.length);
    chart.append(svg("text", { x: middle, y: SIZE.height - SIZE.bottom + 16, class: "tick middle small" }, task.code));
    const found = ["long", "short"].map((duration) => {
      const row = panel.byDuration[duration];
      return row ? cellOf(row, task.code, protocol)?.value ?? null : null;
    });
    if (found.every((value) => value !== null)) {
      chart.append(svg("line", { x1: middle, x2: middle, y1: y(found[0]), y2: y(found[1]), class: "between" }));
    }
    found.forEach((value, index) => value !== null && chart.append(mark(index, middle, y(value), () => [
      `${task.code}, ${index ? "short" : "long"} audio: ${number(value)}`, panel.row.model])));
  });
  return framed(panel, chart);
}

function frame(label) {
  const chart = svg("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": label });
  for (const value of [0, 25, 50, 75, 100]) {
    chart.append(
      svg("line", { x1: SIZE.left, x2: SIZE.width - SIZE.right, y1: y(value), y2: y(value), class: "rule" }),
      svg("text", { x: SIZE.left - 5, y: y(value) + 4, class: "tick end" }, String(value)));
  }
  return chart;
}

function mark(index, left, top, lines) {
  return addTip(svg("path", {
    d: SHAPES[index],
    transform: `translate(${left},${top})`,
    class: "point",
    style: `fill: var(--series-${index + 1}); stroke: var(--series-${index + 1})`,
  }), lines);
}

const titleOf = ({ row, section }) => (row.run ? `${row.model}, measured on ${section.dataset}` : row.model);

function framed(panel, chart) {
  return h("div", { class: "panel" },
    h("h3", {}, h("bdi", {}, panel.row.model), panel.row.run && h("span", { class: "muted" }, " measured on ", h("bdi", {}, panel.section.dataset))),
    panel.row.run?.notice && h("p", { class: "notice", dir: "auto" }, panel.row.run.notice),
    chart);
}

function legend(entries, lines = true) {
  return h("ul", { class: "legend" }, entries.map(({ title, index }) => h("li", {},
    svg("svg", { viewBox: "0 0 34 12", width: 34, height: 12, "aria-hidden": "true" },
      lines && svg("line", { x1: 0, x2: 34, y1: 6, y2: 6, class: "curve", style: `stroke: var(--series-${index + 1})`, "stroke-dasharray": DASHES[index] || null }),
      svg("path", { d: SHAPES[index], transform: "translate(17,6)", style: `fill: var(--series-${index + 1}); stroke: var(--series-${index + 1})` })),
    title)));
}
