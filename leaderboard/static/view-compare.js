// Two to four rows beside each other: over all tasks, and task by task against the first.

import { choices, some } from "./choices.js";
import { h } from "./dom.js";
import { method } from "./format.js";
import { howScored } from "./sections.js";

const MOST = 4;

export const compareView = {
  key: "compare",
  name: "Compare",
  controls: ["protocol", "share"],
  parameters: { systems: "" },
  hint: () => "Choose two to four rows. The others are compared with the first: paired, sample by sample, where both were measured on one dataset; otherwise their scores are set side by side.",
  draw({ board, state, change, figure, announce }) {
    const rows = rowsOf(board);
    const chosen = chosenOf(board, state.systems).filter((id) => rows.has(id));
    const put = (place) => (id) => {
      const next = [...chosen];
      next.splice(place, 1, id);
      change({ systems: [...new Set(next.filter(Boolean))].join(",") });
    };
    const places = Array.from({ length: Math.min(MOST, chosen.length + 1) }, (_, place) => place);
    announce(chosen.length);
    const systems = chosen.join(",");
    return [
      choices(...places.map((place) => rowChooser(place, rows, chosen[place] ?? "", put(place)))),
      figure("tasks", { systems, ...some(state, ["protocol"]) }),
      figure("compare", { systems }),
    ];
  },
};

// Nothing chosen yet: the two best of the paper's table.
function chosenOf(board, systems) {
  if (systems) return systems.split(",").slice(0, MOST);
  return board.models.rows.filter((row) => row.access !== "human" && !row.run).slice(0, 2).map((row) => row.id);
}

function rowsOf(board) {
  const found = new Map();
  for (const section of [board.models, board.pruning, board.eviction, board.duration, ...board.measured]) {
    for (const row of section.rows) {
      const group = section.table ? `Table ${section.table}. ${section.title}` : `${howScored(section)} on ${section.dataset}`;
      const name = [row.model, row.steps.length || row.run ? method(row) + amounts(row) : "", row.duration].filter(Boolean).join(", ");
      found.set(row.id, { group, name });
    }
  }
  return found;
}

const amounts = (row) => row.steps.map((step) => ` ${step.amount}`).join(" +");

// Thousands of rows may be offered: the list is made when somebody looks at it.
function rowChooser(place, rows, chosen, choose) {
  const label = place === 0 ? "Compare with" : place === 1 ? "Row" : "and";
  const none = place > 0 ? [h("option", { value: "" }, chosen ? "Remove" : "Add a row")] : [];
  const node = h("select", { "aria-label": `Row ${place + 1}`, "data-focus": `row-${place}`, onchange: (event) => choose(event.target.value) },
    none, chosen && h("option", { value: chosen, selected: true }, rows.get(chosen).name));
  const fill = () => {
    if (node.querySelector("optgroup")) return;
    const groups = Map.groupBy([...rows], ([, { group }]) => group);
    node.replaceChildren(...none, ...[...groups].map(([group, members]) => h("optgroup", { label: group },
      members.map(([id, { name }]) => h("option", { value: id, selected: id === chosen }, name)))));
  };
  for (const event of ["pointerdown", "focus", "keydown"]) node.addEventListener(event, fill);
  return h("label", {}, label, node);
}
