// Submit: bring a run, see what became of it by its receipt, and, for administrators, decide.

import { h, say } from "./dom.js";
import { SubmissionsApi } from "./submissions.js";
import { drawReceipt, drawUpload } from "./submit-form.js";
import { drawReview } from "./submit-review.js";

export const submitView = {
  key: "submit",
  name: "Submit",
  controls: [],
  parameters: { receipt: "" },
  hint: () => "Bring your own run: it is scored here and marked as submitted.",
  draw(context) {
    const submissions = new SubmissionsApi(context.api);
    const node = h("div", { class: "submitting" });
    fill(node, submissions, context);
    return [node];
  },
};

async function fill(node, submissions, { board, state, change }) {
  const { receipt } = state;
  if (receipt) {
    node.replaceChildren(drawReceipt(submissions, receipt, board.tasks),
      h("p", {}, h("button", { type: "button", class: "plain", onclick: () => change({ receipt: "" }) }, "Submit another run")));
    return;
  }
  try {
    const open = await submissions.get("");
    node.replaceChildren(...[
      h("section", {}, h("h2", {}, "Submit a run"), drawUpload(submissions, open, (found) => change({ receipt: found }))),
      open.administrator && drawReview(submissions, board.tasks),
    ].filter(Boolean));
  } catch (error) {
    const fault = h("p", { class: "fault", role: "alert" });
    say(fault, error.message);
    node.replaceChildren(fault);
  }
}
