// Deciding on submissions, for administrators: the list, one in detail, and the log.

import { h, say } from "./dom.js";
import { button, factsOf, field, scoresOf, stateOf, when } from "./submit-parts.js";

export function drawReview(api, tasks) {
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const list = h("div", {}), detail = h("div", { class: "review" }), log = h("div", {});
  const attempt = async (act) => {
    say(fault, "");
    try {
      await act();
    } catch (error) {
      say(fault, error.message);
    }
  };

  async function refresh() {
    const { csrf, administrator, submissions } = await api.get("/review");
    api.csrf = csrf;
    list.replaceChildren(
      h("p", { class: "muted" }, `Signed in as ${administrator}. `,
        submissions.length ? "" : "Nothing was submitted yet."),
      submissions.length ? h("table", { class: "preview" },
        h("caption", { class: "sr" }, "Submissions"),
        h("thead", {}, h("tr", {}, ["Model", "Submitter", "Dataset", "Filed", "State"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, submissions.map((one) => h("tr", {},
          h("th", { scope: "row" }, button(one.model, () => attempt(() => open(one.id)))),
          h("td", { dir: "auto" }, one.submitter?.name ?? "–"),
          h("td", {}, one.dataset),
          h("td", {}, when(one.filed_at)),
          h("td", {}, stateOf(one)))))) : "");
  }

  const open = async (id) => show(await api.get(`/review/${id}`));

  function show(one) {
    const reason = field("reason", "Reason, shown to the submitter", { long: true, rows: "2" });
    const decide = (verb) => attempt(async () => {
      show(await api.post(`/review/${one.id}/${verb}`, { reason: reason.lastChild.value }));
      await refresh();
    });
    detail.replaceChildren(...[
      h("h3", {}, h("bdi", {}, one.model)),
      factsOf(one, [
        one.submitter && ["Submitter", one.submitter.name],
        one.submitter && ["Contact", one.submitter.contact],
        one.submitter?.remark && ["Remark", one.submitter.remark],
        ["Came by", one.source],
        one.decided_by && ["Decided by", one.decided_by],
        one.supersedes.length && ["Supersedes", `${one.supersedes.length} earlier of the same submitter and model`],
      ]),
      scoresOf(one, tasks),
      ["waiting", "accepted", "refused"].includes(one.state) && reason,
      one.state === "waiting" && h("div", { class: "buttons" },
        button("Accept", () => decide("accept"), true), button("Refuse", () => decide("refuse"))),
      ["accepted", "refused"].includes(one.state) && h("div", { class: "buttons" }, button("Undo the decision", () => decide("undo"))),
      one.state === "accepted" && h("p", {}, h("a", { href: "?" }, "See it on the leaderboard")),
    ].filter(Boolean));
  }

  async function showLog() {
    const { events } = await api.get("/log");
    log.replaceChildren(h("table", { class: "preview" },
      h("caption", { class: "sr" }, "Log of submissions"),
      h("thead", {}, h("tr", {}, ["Time", "Submission", "Event", "By", "Reason"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, events.map(({ at, id, event, by, reason }) => h("tr", {},
        [when(at), id.slice(0, 8), event, by, reason].map((text) => h("td", { dir: "auto" }, text)))))));
  }

  attempt(refresh);
  return h("section", { class: "reviewing" },
    h("h2", {}, "Review"), fault, list, detail, button("Show the log", () => attempt(showLog)), log);
}
