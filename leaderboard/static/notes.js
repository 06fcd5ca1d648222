// Footnotes: a note stands where a row that is shown has it, under the letter that marks its cells.

import { PARTIAL } from "./columns.js";
import { h } from "./dom.js";

const letter = (index) => String.fromCharCode(97 + index);

// The notes that a section's cells may have: its own, that of partial means, those of chance.
export const notesOf = (section, board) => [...section.notes, PARTIAL, ...board.chance_notes];

// Notes on cells have a letter, always the same; those on the table as a whole stand without.
export function lettersOf(notes) {
  const marked = notes.filter((note) => note.columns.length);
  return new Map(marked.map((note, index) => [note.id, letter(index)]));
}

export function marked(cell, letters) {
  const found = (cell?.notes ?? []).filter((id) => letters.has(id)).map((id) => letters.get(id));
  return found.length ? h("sup", {}, found.join(" ")) : null;
}

export function drawNotes(section, rows, columns, board) {
  const notes = notesOf(section, board);
  const letters = lettersOf(notes);
  const present = new Set(rows.flatMap((row) => columns.flatMap((column) => column.cell?.(row)?.notes ?? [])));
  const shown = notes.filter((note) => (note.columns.length ? present.has(note.id) : true));
  if (!shown.length) return null;
  return h("ul", { class: "notes" }, shown.map((note) =>
    h("li", {}, letters.has(note.id) && h("sup", {}, letters.get(note.id)), " ", note.text)));
}
