// The scores as they come from the server, with what is sent once put back where the page reads it.

const SECTIONS = ["models", "pruning", "eviction", "duration"];
// What a cell has that says nothing of it.
const CELL = { interval: null, interval_method: null, held_fixed: [], clusters: null, count: null, unread: null, notes: [] };

export function expanded(board) {
  for (const section of [...SECTIONS.map((name) => board[name]), ...board.measured]) {
    for (const row of section.rows) {
      row.run = row.run === null ? null : board.runs[row.run];
      // The page and its files have one name for people.
      if (row.access === "human" && !row.run) row.model = "Human";
      for (const { tasks, overall } of Object.values(row.scores)) [overall, ...Object.values(tasks)].forEach(filled);
    }
  }
  return board;
}

function filled(cell) {
  for (const [name, nothing] of Object.entries(CELL)) cell[name] ??= nothing;
}
