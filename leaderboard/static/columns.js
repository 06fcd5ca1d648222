// The columns of a table: what each shows, sorts by and how wide it is.
//
// key      its name in the address
// label    its head; `under` stands small below it, `name` is its head in files
// kind     score, plain, text, rank or model; scores are shaded, they and plain figures aligned right
// width    in pixels; that of models takes what is left
// drops    it goes where no row has a value
// optional it is shown when asked for

import { METRICS, count, method, number, rank, ranksOf, removed, scores, share, signed, size } from "./format.js";

const WIDTHS = { rank: 42, score: 62, wideScore: 82, plain: 60, text: 120 };

export const MODEL_WIDTH = { desk: 208, phone: 150 };

// Every column a section has, in order.
export function columnsOf(board, section, view, state) {
  const shown = all(board, section, view, state).filter((column) =>
    (column.optional ? state.shown.has(column.key) : !state.hidden.has(column.key)));
  // A column without a single figure says nothing.
  return shown.filter((column) => !column.drops || section.rows.some((row) => (column.value(row) ?? null) !== null));
}

// What the chooser offers: all that some section may show.
export function choosable(board, view, state) {
  const sections = [board[view] ?? board.models, ...board.measured];
  const found = new Map();
  for (const section of sections) {
    for (const column of all(board, section, view, state)) {
      const has = !column.drops || section.rows.some((row) => (column.value(row) ?? null) !== null);
      if (has && !column.fixed) found.set(column.key, column);
    }
  }
  return [...found.values()];
}

function all(board, section, view, state) {
  const printed = section.table !== null;
  return [
    (view === "models" || !printed) && rankColumn(view, state),
    { key: "model", label: "Model", title: "Model", kind: "model", fixed: true, value: (row) => row.model },
    ...setup(section, view),
    overallColumn(section, state),
    ...groupsOf(board).flatMap(({ name, tasks }) => [...tasks.map((task) => taskColumn(task, state)), meanColumn(name, tasks, state)]),
    gapColumn(state),
    { key: "unread", label: "Unread", title: "Replies that no answer could be read from, in percent", kind: "plain",
      drops: true, value: (row) => scores(row, state.protocol).overall.unread, text: (row) => number(scores(row, state.protocol).overall.unread) },
    ...(view === "models" ? FACTS : []),
  ].filter(Boolean).map((column) => ({
    name: column.label,
    width: WIDTHS[column.kind === "score" && state.intervals ? "wideScore" : column.kind] ?? 0,
    ...column,
  }));
}

const fact = (kind, label, title) => ({ key: kind, label, title, kind: "text", drops: true, optional: true,
  value: (row) => row.facts[kind]?.value ?? null });

const FACTS = [
  fact("family", "Family", "Series of its maker"),
  fact("released", "Released", "When its maker released it, as far as a source says"),
  { ...fact("licence", "Licence", "Licence of the weights, as far as a source says"), width: 180 },
];

function groupsOf(board) {
  const groups = new Map();
  for (const task of board.tasks) {
    if (!groups.has(task.group)) groups.set(task.group, []);
    groups.get(task.group).push(task);
  }
  return [...groups].map(([name, tasks]) => ({ name, tasks }));
}

function taskColumn(task, state) {
  return {
    key: task.code,
    label: task.word,
    under: task.word === task.code ? null : task.code,
    name: task.code,
    title: `${task.name} (${task.code}), ${METRICS[task.metric]}, 0 to 100`,
    group: task.group,
    kind: "score",
    drops: true,
    task,
    value: (row) => scores(row, state.protocol).tasks[task.code]?.value ?? null,
    cell: (row) => scores(row, state.protocol).tasks[task.code] ?? null,
  };
}

// The note of a mean that lacks some of its group's tasks.
export const PARTIAL = { id: "partial-mean", text: "Mean over the tasks that have a score; some have none.", columns: ["mean"] };

function meanColumn(group, tasks, state) {
  const found = (row) => {
    const by = scores(row, state.protocol).tasks;
    return tasks.filter((task) => (by[task.code]?.value ?? null) !== null);
  };
  const value = (row) => {
    const by = scores(row, state.protocol).tasks;
    let [sum, have] = [0, 0];
    for (const { code } of tasks) {
      const one = by[code]?.value ?? null;
      if (one !== null) [sum, have] = [sum + one, have + 1];
    }
    return have ? sum / have : null;
  };
  return {
    key: `mean-${group.toLowerCase().replaceAll(" ", "-")}`,
    label: "Mean",
    under: "group",
    name: `Mean, ${group}`,
    title: `${group}: plain mean of the tasks with a score`,
    group,
    kind: "score",
    mean: true,
    drops: true,
    ...(state.intervals ? {} : { width: 54 }),
    value,
    cell: (row) => {
      const own = found(row);
      return { value: value(row), over: own.map((task) => task.code), notes: own.length && own.length < tasks.length ? [PARTIAL.id] : [] };
    },
  };
}

function overallColumn(section, state) {
  return {
    key: "overall",
    label: "Overall",
    title: overallTitle(section),
    kind: "score",
    ...(state.intervals ? {} : { width: 70 }),
    value: (row) => scores(row, state.protocol).overall.value,
    cell: (row) => scores(row, state.protocol).overall,
  };
}

function overallTitle(section) {
  if (section.table === 7) return "Plain mean of the ten printed scores";
  return section.table ? "Average as printed: the plain mean over tasks" : "Plain mean over the tasks of this dataset";
}

function rankColumn(view, state) {
  const span = (row) => ranksOf(row, view)[state.protocol] ?? null;
  return {
    key: "rank",
    label: "#",
    name: "Rank",
    title: `Rank by overall score among the ${view === "models" ? "models" : "configurations"} of this dataset. A range: tests on the same recordings do not tell these rows apart.`,
    kind: "rank",
    drops: true,
    ascends: true,
    value: (row) => span(row)?.[0] ?? null,
    text: (row) => rank(row, span(row)),
    tip: (row) => span(row) && [
      `Rank ${rank(row, span(row))}`,
      row.run
        ? "From paired tests over the same recordings, 5% of false discoveries among all pairs"
        : "By the printed figure: no predictions are published, so no difference can be tested",
    ],
  };
}

function setup(section, view) {
  const printed = section.table !== null;
  // Beside a method the size of the model is no news.
  const params = { key: "params", label: "Params", title: "Parameters", kind: "plain", drops: true, optional: view !== "models",
    value: (row) => row.parameters, text: (row) => size(row.parameters), width: 54 };
  if (view === "duration" && printed) {
    return [{ key: "duration", label: "Audio", title: "Long or short audio", kind: "text", value: (row) => row.duration, width: 70 }];
  }
  if (view === "models") return [params];
  const what = { key: "method", label: "Method", title: "Compression method", kind: "text", value: method, width: 160 };
  const amount = { key: "removed", label: "Removed", title: "Share of audio tokens, or of the cache, that is removed",
    kind: "plain", value: removed, text: removedText, width: 76 };
  return [params, what, amount];
}

function removedText(row) {
  const value = removed(row);
  if (value !== null) return share(value);
  if (!row.steps.length) return "–";
  return row.steps.map((step) => (step.stage === "before" ? `÷${step.amount}` : share(step.amount))).join(" + ");
}

function gapColumn(state) {
  const gap = (row) => row.gaps[state.protocol] ?? null;
  return {
    key: "gap",
    label: "Gap to human",
    title: "Mean over the tasks that people have a score on, less the people's mean over the same tasks",
    kind: "plain",
    drops: true,
    width: 80,
    value: (row) => gap(row)?.value ?? null,
    text: (row) => signed(gap(row)?.value),
    tip: (row) => gap(row) && [
      `Gap to human ${signed(gap(row).value)}`,
      gap(row).interval ? `95% interval ${signed(gap(row).interval[0])} to ${signed(gap(row).interval[1])}, paired by question` : gap(row).samples && "No interval: too few recordings",
      gap(row).samples && `On the ${count(gap(row).samples)} questions that people answered: people ${number(gap(row).people)}, this row ${number(gap(row).own)}`,
      `Over the ${gap(row).over.length} tasks with a human score: ${gap(row).over.join(", ")}`,
      gap(row).printed !== null && `Overall less the human average as printed: ${signed(gap(row).printed)}`,
    ],
  };
}
