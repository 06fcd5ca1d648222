// The columns of a table: what each shows, sorts by and says about its cells.

import { METRICS, count, method, number, rank, removed, scores, share, signed, size } from "./format.js";

// Every column a section may have, in order. `number` columns are aligned right and shaded.
export function columnsOf(board, section, view, state) {
  const shown = all(board, section, view, state).filter((column) => !state.hidden.has(column.key));
  // A column without a single figure says nothing.
  return shown.filter((column) => !column.drops || section.rows.some((row) => column.value(row) !== null));
}

// What the chooser offers.
export function choosable(board, view, state) {
  const sections = [board[view], ...board.measured];
  const found = new Map();
  for (const section of sections) {
    for (const column of all(board, section, view, state)) {
      const has = !column.drops || section.rows.some((row) => column.value(row) !== null);
      if (has && !column.fixed) found.set(column.key, column);
    }
  }
  return [...found.values()];
}

function all(board, section, view, state) {
  const by = (row) => scores(row, state.protocol);
  const tasks = board.tasks.map((task) => ({
    key: task.code,
    label: task.code,
    title: `${task.name}, ${METRICS[task.metric]}, 0 to 100`,
    group: task.group,
    kind: "score",
    drops: true,
    task,
    value: (row) => by(row).tasks[task.code]?.value ?? null,
    cell: (row) => by(row).tasks[task.code] ?? null,
  }));
  const overall = {
    key: "overall",
    label: "Overall",
    title: overallTitle(section),
    kind: "score",
    value: (row) => by(row).overall.value,
    cell: (row) => by(row).overall,
  };
  const printed = section.table !== null;
  return [
    (view === "models" || !printed) && rankColumn(section, state),
    { key: "model", label: "Model", title: "Model", kind: "model", fixed: true, value: (row) => row.model },
    ...setup(section, view),
    overall,
    ...tasks,
    { key: "unread", label: "Unread", title: "Share of replies that could not be read, in percent", kind: "plain",
      drops: true, value: (row) => by(row).overall.unread, text: (row) => number(by(row).overall.unread) },
    gapColumn(state),
  ].filter(Boolean);
}

function rankColumn(section, state) {
  return {
    key: "rank",
    label: "#",
    title: "Rank by overall score among the rows of this table. A range: tests on the same recordings do not tell these rows apart.",
    kind: "rank",
    drops: true,
    ascends: true,
    value: (row) => row.ranks[state.protocol]?.[0] ?? null,
    text: (row) => rank(row, state.protocol),
    tip: (row) => row.ranks[state.protocol] && [
      `Rank ${rank(row, state.protocol)}`,
      row.run
        ? "From paired tests over the same recordings, 5% of false discoveries among all pairs"
        : "By the printed figure: no predictions are published, so no difference can be tested",
    ],
  };
}

function setup(section, view) {
  const printed = section.table !== null;
  const params = { key: "params", label: "Params", title: "Parameters", kind: "plain", drops: true,
    value: (row) => row.parameters, text: (row) => size(row.parameters) };
  if (view === "duration" && printed) {
    return [{ key: "duration", label: "Audio", title: "Long or short audio", kind: "text", value: (row) => row.duration }];
  }
  if (view === "models" && printed) return [params];
  const what = { key: "method", label: "Method", title: "Compression method", kind: "text", value: method };
  const amount = { key: "removed", label: "Removed", title: "Share of audio tokens, or of the cache, that is removed",
    kind: "plain", value: removed, text: (row) => removedText(row) };
  return [params, what, amount];
}

function removedText(row) {
  const value = removed(row);
  if (value !== null) return share(value);
  if (!row.steps.length) return "–";
  return row.steps.map((step) => (step.stage === "before" ? `÷${step.amount}` : share(step.amount))).join(" + ");
}

function overallTitle(section) {
  if (section.table === 7) return "Plain mean of the ten printed scores";
  return section.table ? "Average as printed: the plain mean over tasks" : "Plain mean over the tasks of this dataset";
}

function gapColumn(state) {
  const gap = (row) => row.gaps[state.protocol] ?? null;
  return {
    key: "gap",
    label: "Gap to human",
    title: "Mean over the tasks that people have a score on, less the people's mean over the same tasks",
    kind: "plain",
    drops: true,
    value: (row) => gap(row)?.value ?? null,
    text: (row) => signed(gap(row)?.value),
    tip: (row) => gap(row) && [
      `Gap to human ${signed(gap(row).value)}`,
      gap(row).interval ? `95% interval ${signed(gap(row).interval[0])} to ${signed(gap(row).interval[1])}, paired by question` : gap(row).samples && "No interval: too few recordings",
      gap(row).samples && `On the ${gap(row).samples} questions that people answered: people ${number(gap(row).people)}, this row ${number(gap(row).own)}`,
      `Over the ${gap(row).over.length} tasks with a human score: ${gap(row).over.join(", ")}`,
      gap(row).printed !== null && `Overall less the human average as printed: ${signed(gap(row).printed)}`,
    ],
  };
}

// The lines a cell says on hover: what it is, how sure, over how much, where from.
export function aboutCell(column, row, cell, section, board, state) {
  const name = column.task ? `${column.task.code} ${number(cell.value)}` : `Overall ${number(cell.value)}`;
  const metric = column.task ? `${column.task.name}, ${METRICS[column.task.metric]}` : column.title;
  return [
    name,
    metric,
    ...aboutInterval(row, cell),
    cell.count !== null && `${count(cell.count)} ${row.run ? "samples" : "questions"}`,
    cell.unread !== null && `${number(cell.unread)}% of replies unread`,
    ...aboutSource(row, section, board, state),
    ...section.notes.filter((note) => cell.notes.includes(note.id)).map((note) => note.text),
  ];
}

function aboutInterval(row, cell) {
  if (row.provenance === "published") return ["No interval is published"];
  const recordings = cell.clusters === 1 ? "1 group of recordings" : `${cell.clusters} groups of recordings`;
  if (!cell.interval) return [`No interval: ${recordings}, too few for one`];
  return [
    `95% interval ${number(cell.interval[0])} to ${number(cell.interval[1])}`,
    cell.held_fixed.length
      ? `Conditional on the recordings of ${cell.held_fixed.join(", ")}, too few to say how others would score`
      : `Over ${recordings}`,
  ];
}

export function aboutSource(row, section, board, state) {
  if (!row.run) return [`Published: Table ${section.table}, arXiv ${board.source.arxiv}`];
  const { run } = row;
  const hardware = Object.values(run.hardware).filter(Boolean).join(", ");
  return [
    `Measured: run ${run.run_id}, ${state.protocol} protocol ${run.protocol_version}`,
    `Dataset ${run.dataset}, SHA-256 ${run.dataset_sha256.slice(0, 12)}`,
    `Commit ${run.commit ? run.commit.slice(0, 12) : "unknown"}; ${hardware || "hardware unknown"}`,
    run.notice,
  ];
}
