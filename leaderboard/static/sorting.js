// What a table is sorted by, and its rows in that order.

// Without a choice: models by overall score, other tables as they come.
export function sortingOf(columns, view, state) {
  const chosen = columns.some(({ key }) => key === state.sort);
  if (chosen) return { key: state.sort, descending: state.descending };
  return view === "models" ? { key: "overall", descending: true } : { key: "", descending: true };
}

export function sorted(rows, columns, sorting) {
  const column = columns.find(({ key }) => key === sorting.key);
  if (!column) return rows;
  const sign = sorting.descending ? -1 : 1;
  const keyed = rows.map((row) => [column.value(row) ?? null, row]);
  keyed.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null);  // what is missing comes last
    return sign * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  });
  return keyed.map(([, row]) => row);
}
