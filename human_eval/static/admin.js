// The administrator's view: studies, their state, progress, invitations and results, and accounts.

import { studyForm } from "./admin_form.js";
import { h, say } from "./dom.js";
import { remarksView } from "./remarks.js";
import { resultsView } from "./results.js";
import { bar, button, copyable, duration, number, table } from "./widgets.js";

const NEXT = { draft: [["open", "Open"]], open: [["paused", "Pause"], ["closed", "Close"]], paused: [["open", "Open again"], ["closed", "Close"]], closed: [] };
const STATES = {
  draft: "A draft: nobody can take part yet. Check it, then open it.",
  open: "Open: people with a link can take part.",
  paused: "Paused: nobody gets new questions. What people have begun is kept.",
  closed: "Closed for good. The results are below.",
};
const TIMES = "The time of an answer runs from when its question is shown until it is saved, listening included.";

export class Admin {
  // `actions` leave this view: `takePart` for the studies that one takes part in, `signOut`.
  constructor(root, server, setup, actions) {
    Object.assign(this, { root, server, setup });
    this.fault = h("p", { class: "fault", role: "alert", hidden: true });
    this.body = h("div", { class: "form" });
    this.footer = h("div", { class: "line" }, h("span", { class: "grow" }),
      button("Take part in a study", actions.takePart), button("Sign out", actions.signOut));
    root.replaceChildren(this.fault, this.body, this.footer);
  }

  async try(act) {
    say(this.fault, null);
    try {
      return await act();
    } catch (refusal) {
      if (!("status" in refusal)) throw refusal;
      say(this.fault, refusal.message);
      this.fault.scrollIntoView({ block: "nearest" });
      return undefined;
    }
  }

  list() {
    return this.try(async () => {
      const { studies } = await this.server.get("/admin/studies");
      this.body.replaceChildren(
        h("h2", {}, "Studies"),
        studies.length ? table(["Study", "State", "Dataset", "Questions", "Answers", "People"], studies.map((study) => [
          button(study.name, () => this.study(study.id), `Show ${study.name}`), study.state, study.dataset, number(study.items),
          number(`${study.answers} of ${study.wanted}`), number(study.participants)]))
          : h("p", { class: "muted" }, "There is no study yet. Fill in the form below to make one; nobody sees it until you open it."),
        studyForm(this.server, this.setup.task_names, (act) => this.try(act), (study) => this.study(study.id)),
        this.people());
      this.footer.hidden = false;
    });
  }

  study(id) {
    return this.try(async () => {
      const [{ study, unverified }, progress, { invites }, { items }] = await Promise.all([
        `/admin/studies/${id}`, `/admin/studies/${id}/progress`, `/admin/studies/${id}/invites`, `/admin/studies/${id}/remarks`,
      ].map((path) => this.server.get(path)));
      const open = study.state !== "closed";
      this.body.replaceChildren(
        h("div", { class: "line" }, h("h2", {}, study.name), h("span", { class: "grow" }),
          ...NEXT[study.state].map(([state, words]) => button(words, () => this.move(id, state))),
          study.state === "draft" ? button("Delete the draft", () => this.remove(id)) : null,
          button("All studies", () => this.list())),
        h("p", { class: "muted" }, STATES[study.state]),
        unverified.length ? this.unverifiedNotice(unverified) : null,
        ...(open ? [h("h3", {}, "Invitations"), this.invitations(id, study, invites)] : []),
        h("h3", {}, "Progress"), ...this.progress(study, progress),
        h("h3", {}, "What people wrote"), ...remarksView(items),
        h("h3", {}, "Results"), resultsView(this.server, id, study.state, (act) => this.try(act)));
    });
  }

  unverifiedNotice(codes) {
    const names = codes.map((code) => this.setup.task_names[code] ?? code).join(", ");
    return h("p", { class: "notice" }, `Not yet checked by reviewers: ${names}. Questions or their right answers may be wrong. `,
      h("a", { href: "./verify" }, "Check the samples"));
  }

  progress(study, { tasks, annotators }) {
    const left = tasks.reduce((sum, task) => sum + task.minutes_left, 0);
    const measured = tasks.every((task) => task.basis === "measured");
    return [
      table(["Task", "Answers", "Time per answer", "Work left"], tasks.map((task) => [
        this.setup.task_names[task.task] ?? task.task, bar(task.answered, task.wanted), number(answerTime(task)), number(duration(task.minutes_left))])),
      h("p", { class: "muted" }, (left > 0 ? `Work left for all people together: ${duration(left)}. ` : "") + TIMES +
        (measured ? "" : " “estimated”: there are too few answers yet to measure it, so it is calculated from the length of the audio.")),
      annotators.length ? table(["Person", "Answers", "Skipped", "Problems reported", "Time worked", "Time left", "State"], annotators.map((person) => [
        person.id.slice(0, 8), number(person.answered), number(person.skipped), number(person.flags), number(duration(person.active_minutes)),
        number(person.submitted ? "none" : duration(person.minutes_left)), personState(person, study)])) : h("p", { class: "muted" }, "Nobody has joined yet."),
    ];
  }

  invitations(id, study, invites) {
    const newLink = h("div", { class: "notice", role: "status", hidden: true });
    const form = h("form", { class: "line" },
      h("label", { class: "line" }, "For", h("input", { type: "text", name: "label", required: true, maxlength: 200, placeholder: "e.g. students of May" })),
      h("label", { class: "line" }, "People", h("input", { type: "number", name: "uses", min: 1, max: 10000, value: 1, class: "brief", required: true })),
      h("label", { class: "line" }, "Days valid", h("input", { type: "number", name: "days", min: 1, max: 3650, value: 14, class: "brief", required: true })),
      h("button", { class: "plain" }, "Make a link"));
    form.onsubmit = (event) => {
      event.preventDefault();
      const content = Object.fromEntries(new FormData(form));
      this.try(async () => {
        const { address } = await this.server.post(`/admin/studies/${id}/invites`, { label: content.label, uses: Number(content.uses), days: Number(content.days) });
        newLink.replaceChildren("Send this link to the people you invite. It is shown only now: ", copyable(this.server.resource(address), "the link"));
        newLink.hidden = false;
      });
    };
    const rows = invites.map((invite) => [invite.label, number(invite.uses_left), until(invite), invite.revoked ? "revoked" :
      button("Revoke", () => this.try(async () => (await this.server.delete(`/admin/invites/${invite.id}`), this.study(id))), `Revoke ${invite.label}`)]);
    return h("div", { class: "form" }, study.state === "draft" ? h("p", { class: "muted" }, "Links work once the study is open.") : null,
      invites.length ? table(["For", "People who can still join", "Valid until", ""], rows) : null, form, newLink);
  }

  // Who can sign in, and that an account can be removed for good.
  people() {
    const box = h("div", { class: "form" });
    const refresh = () => this.try(async () => {
      const { accounts } = await this.server.get("/admin/accounts");
      box.replaceChildren(table(["Account", "Signs in with", "Studies", "Reviewer", ""], accounts.map((account) => [
        account.name ?? `${account.id.slice(0, 8)} (no name)`, SOURCES[account.source], number(account.studies), account.reviewer ? "yes" : "no",
        account.admin ? "administrator" : button("Remove", () => this.removeAccount(account, refresh), `Remove ${account.name ?? account.id.slice(0, 8)}`)])));
    });
    return h("details", { ontoggle: (event) => event.target.open && refresh() }, h("summary", {}, "Accounts"), box);
  }

  removeAccount(account, refresh) {
    if (!confirm("Remove this account and everything that this person did in studies? It cannot be undone.")) return undefined;
    return this.try(async () => (await this.server.delete(`/admin/accounts/${account.id}`), refresh()));
  }

  move(id, state) {
    if (state === "closed" && !confirm("Close the study for good? Nobody can answer any more, and it cannot be opened again.")) return undefined;
    return this.try(async () => {
      await this.server.post(`/admin/studies/${id}/state`, { state });
      await this.study(id);
    });
  }

  remove(id) {
    if (!confirm("Delete this draft?")) return undefined;
    return this.try(async () => {
      await this.server.delete(`/admin/studies/${id}`);
      await this.list();
    });
  }
}

const SOURCES = { local: "name and password", huggingface: "Hugging Face", invite: "invitation link", prolific: "Prolific" };
const answerTime = ({ seconds_per_answer: seconds, basis }) => `${seconds < 90 ? `${Math.round(seconds)} s` : duration(seconds / 60)}${basis === "estimated" ? ", estimated" : ""}`;
const until = ({ expires_at: at }) => (at === null ? "no end" : new Date(at * 1000).toLocaleDateString(undefined, { dateStyle: "medium" }));
const personState = (person, study) => (person.submitted ? "finished" : study.state === "closed" ? "not finished" : person.minutes_left === 0 ? "nothing left to answer" : "in progress");
