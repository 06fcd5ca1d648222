// Submit: bring a run, see what became of it by its receipt, and, for administrators, decide.

import { h, say } from "./dom.js";
import { Desk } from "./submissions.js";
import { drawReceipt, drawUpload } from "./submit-form.js";
import { drawReview } from "./submit-review.js";

export const submitView = {
  key: "submit",
  name: "Submit",
  controls: [],
  parameters: { receipt: "" },
  hint: () => "Bring your own run: it is scored here and marked as submitted.",
  draw(context) {
    const desk = new Desk(context.api);
    const node = h("div", { class: "submitting" });
    fill(node, desk, context);
    return [node];
  },
};

async function fill(node, desk, { board, state, change }) {
  const { receipt } = state;
  if (receipt) {
    node.replaceChildren(drawReceipt(desk, receipt, board.tasks),
      h("p", {}, h("button", { type: "button", class: "plain", onclick: () => change({ receipt: "" }) }, "Submit another run")));
    return;
  }
  try {
    const open = await desk.get("");
    node.replaceChildren(...[
      h("section", {}, h("h2", {}, "Submit a run"), drawUpload(desk, open, (found) => change({ receipt: found }))),
      open.administrator && drawReview(desk, board.tasks),
    ].filter(Boolean));
  } catch (error) {
    const fault = h("p", { class: "fault", role: "alert" });
    say(fault, error.message);
    node.replaceChildren(fault);
  }
}
