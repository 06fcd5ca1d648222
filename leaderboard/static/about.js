// The lines that a cell says on hover: what it is, how sure, over how much, where from.

import { METRICS, count, number } from "./format.js";
import { PROVENANCES } from "./provenance.js";

export function aboutCell(column, row, cell, { section, board, state, notes }) {
  if (column.mean) {
    return [`${column.title.split(":")[0]} ${number(cell.value)}`, `Plain mean over ${cell.over.join(", ")}`];
  }
  if (row.access === "chance") return aboutChance(column, cell, notes, board);
  const name = column.task ? `${column.task.code} ${number(cell.value)}` : `Overall ${number(cell.value)}`;
  const metric = column.task ? `${column.task.name}, ${METRICS[column.task.metric]}` : column.title;
  return [
    name,
    metric,
    ...aboutInterval(row, cell),
    cell.count !== null && `${count(cell.count)} ${row.run ? "samples" : "questions"}`,
    cell.unread !== null && `${number(cell.unread)}% of replies unread`,
    ...aboutSource(row, section, board, state),
    ...textsOf(cell, notes),
  ];
}

function aboutChance(column, cell, notes, board) {
  return [
    `Chance ${number(cell.value)}`,
    column.task ? `${column.task.name}, ${METRICS[column.task.metric]}` : "Plain mean over the tasks with options",
    `A random choice on the paper's questions: Table 6, arXiv ${board.source.arxiv}`,
    ...textsOf(cell, notes),
  ];
}

export const textsOf = (cell, notes) => notes.filter((note) => cell?.notes.includes(note.id)).map((note) => note.text);

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
    `${PROVENANCES[row.provenance].about}: run ${run.run_id}, ${state.protocol} protocol ${run.protocol_version}`,
    `Dataset ${run.dataset}, SHA-256 ${run.dataset_sha256.slice(0, 12)}`,
    `Commit ${run.commit ? run.commit.slice(0, 12) : "unknown"}; ${hardware || "hardware unknown"}`,
    run.submission && `Submitted by ${run.submission.by}`,
    run.notice,
  ];
}
