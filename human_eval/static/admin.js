// The administrator's view: making studies, opening and closing them, who has done what, what came of it.

import { h, minutes, say } from "./dom.js";
import { resultsView } from "./results.js";

const NEXT = { draft: [["open", "Open"]], open: [["paused", "Pause"], ["closed", "Close"]], paused: [["open", "Open again"], ["closed", "Close"]], closed: [] };
const NUMBERS = { per_task: "Samples per task", overlap: "People per sample", gold_per_task: "Gold checks per task", practice_per_task: "Practice items per task", seed: "Seed" };
const WAYS = [["invite", "invitation links"], ["account", "local accounts"], ["huggingface", "Hugging Face sign-in"], ["prolific", "Prolific"]];

export class Admin {
  constructor(root, server) {
    Object.assign(this, { root, server });
    this.fault = h("p", { class: "fault", role: "alert", hidden: true });
    this.body = h("div", { class: "form" });
    root.replaceChildren(this.fault, this.body);
  }

  async try(act) {
    say(this.fault, null);
    try {
      return await act();
    } catch (refusal) {
      if (!("status" in refusal)) throw refusal;
      say(this.fault, refusal.message);
      return undefined;
    }
  }

  list() {
    return this.try(async () => {
      const { studies } = await this.server.get("/admin/studies");
      this.body.replaceChildren(
        studies.length ? table(["Study", "State", "Dataset", "Items", "Answers", "People", ""], studies.map((study) => [
          study.name, study.state, study.dataset, number(study.items), number(`${study.answers} of ${study.wanted}`),
          number(study.participants), button("Look", () => this.study(study.id))])) : h("p", { class: "muted" }, "There is no study yet."),
        this.form());
    });
  }

  form() {
    const preview = h("p", { class: "muted", role: "status" });
    const form = h("form", { class: "form" },
      h("h3", {}, "New study"),
      field("Name", h("input", { type: "text", name: "name", required: true, maxlength: 200 })),
      field("Dataset", h("input", { type: "text", name: "dataset", value: "bundled", required: true })),
      field("Tasks", h("input", { type: "text", name: "tasks", placeholder: "all; or codes, separated by commas" })),
      h("div", { class: "line" }, ...Object.entries(NUMBERS).map(([name, words]) =>
        h("label", { class: "line" }, words, h("input", { type: "number", name, min: name === "seed" || name.startsWith("gold") || name.startsWith("practice") ? 0 : 1, value: { overlap: 3, per_task: "", seed: 0, practice_per_task: 1 }[name] ?? 0, class: "brief" })))),
      h("div", { class: "line" },
        h("label", { class: "line" }, "Must listen %", h("input", { type: "number", name: "must_listen", min: 0, max: 100, value: 80, class: "brief" })),
        h("label", { class: "line" }, "Time limit, s", h("input", { type: "number", name: "time_limit_s", min: 1, class: "brief" })),
        h("label", { class: "check" }, h("input", { type: "checkbox", name: "sound_check", checked: true }), "sound check")),
      h("div", { class: "line" }, "Joining by", ...WAYS.map(([way, words]) =>
        h("label", { class: "check" }, h("input", { type: "checkbox", name: "joining", value: way, checked: way === "invite" }), words))),
      field("Instructions", h("textarea", { name: "instructions", rows: 3, placeholder: "the usual ones" })),
      field("Consent", h("textarea", { name: "consent", rows: 3, placeholder: "the usual text" })),
      preview,
      h("div", { class: "line" },
        button("Preview", () => this.try(async () => (preview.textContent = foreseen(await this.server.post("/admin/preview", spec(form)))))),
        h("button", { class: "go" }, "Make a draft")));
    form.onsubmit = (event) => {
      event.preventDefault();
      this.try(async () => {
        const { study } = await this.server.post("/admin/studies", spec(form));
        await this.study(study.id);
      });
    };
    return form;
  }

  study(id) {
    return this.try(async () => {
      const { study } = await this.server.get(`/admin/studies/${id}`);
      const progress = await this.server.get(`/admin/studies/${id}/progress`);
      const { invites } = await this.server.get(`/admin/studies/${id}/invites`);
      this.body.replaceChildren(
        h("div", { class: "line" }, h("h2", {}, study.name), h("span", { class: "muted" }, study.state), h("span", { class: "grow" }),
          ...NEXT[study.state].map(([state, words]) => button(words, () => this.move(id, state))),
          study.state === "draft" ? button("Delete the draft", () => this.remove(id)) : null,
          button("All studies", () => this.list())),
        h("h3", {}, "Progress"),
        table(["Task", "Answered", "Left"], progress.tasks.map((task) => [
          task.task, bar(task.answered, task.wanted), number(task.minutes_left === null ? "–" : minutes(task.minutes_left))])),
        progress.annotators.length ? table(["Annotator", "Answered", "Skipped", "Flags", "At work", "Left", "State"], progress.annotators.map((each) => [
          each.id.slice(0, 8), number(each.answered), number(each.skipped), number(each.flags), number(minutes(each.active_minutes)),
          number(each.minutes_left === null ? "–" : minutes(each.minutes_left)), each.submitted ? "submitted" : "at work"])) : h("p", { class: "muted" }, "Nobody has joined yet."),
        ...(study.state === "closed" ? [] : [h("h3", {}, "Invitations"), this.invitations(id, invites)]),
        h("h3", {}, "Results"), resultsView(this.server, id, study.state, (act) => this.try(act)));
    });
  }

  invitations(id, invites) {
    const made = h("p", { hidden: true });
    const form = h("form", { class: "line" },
      h("label", { class: "line" }, "For", h("input", { type: "text", name: "label", required: true, maxlength: 200 })),
      h("label", { class: "line" }, "Uses", h("input", { type: "number", name: "uses", min: 1, value: 1, class: "brief" })),
      h("label", { class: "line" }, "Days", h("input", { type: "number", name: "days", min: 1, value: 14, class: "brief" })),
      h("button", { class: "plain" }, "Make a link"));
    form.onsubmit = (event) => {
      event.preventDefault();
      const content = Object.fromEntries(new FormData(form));
      this.try(async () => {
        const { address } = await this.server.post(`/admin/studies/${id}/invites`, { label: content.label, uses: Number(content.uses), days: Number(content.days) });
        made.replaceChildren("Send this link; it is shown once: ", h("code", {}, this.server.resource(address)));
        made.hidden = false;
      });
    };
    const rows = invites.map((invite) => [invite.label, number(`${invite.uses_left} left`), invite.revoked ? "revoked" :
      button("Revoke", () => this.try(async () => (await this.server.delete(`/admin/invites/${invite.id}`), this.study(id))))]);
    return h("div", { class: "form" }, invites.length ? table(["For", "Uses", ""], rows) : null, form, made);
  }

  move(id, state) {
    if (state === "closed" && !confirm("Close the study? Nobody can answer any more.")) return undefined;
    return this.try(async () => {
      await this.server.post(`/admin/studies/${id}/state`, { state });
      await this.study(id);
    });
  }

  remove(id) {
    return this.try(async () => {
      await this.server.delete(`/admin/studies/${id}`);
      await this.list();
    });
  }
}

// What the form asks for; what is left empty is left to the server's defaults.
function spec(form) {
  const data = new FormData(form);
  const found = { name: data.get("name"), dataset: data.get("dataset"), sound_check: data.has("sound_check"), joining: data.getAll("joining"), must_listen: Number(data.get("must_listen")) / 100 };
  for (const name of [...Object.keys(NUMBERS), "time_limit_s"]) if (data.get(name) !== "") found[name] = Number(data.get(name));
  for (const name of ["instructions", "consent"]) if (data.get(name).trim()) found[name] = data.get(name);
  const tasks = data.get("tasks").split(",").map((code) => code.trim().toUpperCase()).filter(Boolean);
  if (tasks.length) found.tasks = tasks;
  return found;
}

function foreseen({ items, hours, answers_wanted: wanted, exclusions }) {
  const tasks = Object.entries(items).map(([task, counts]) => `${task} ${counts.main}`).join(", ");
  return `${tasks}: ${wanted} answers, about ${hours.toFixed(1)} hours of work.` + (exclusions.length ? ` ${exclusions.length} samples cannot be asked.` : "");
}

const field = (words, control) => h("label", { class: "field" }, h("span", {}, words), control);
export const button = (words, act) => h("button", { type: "button", class: "plain", onclick: act }, words);
export const number = (value) => h("span", { class: "figures" }, String(value));
const bar = (part, whole) => h("span", { class: "line" }, h("progress", { max: whole || 1, value: part, "aria-label": "answered" }), number(`${part} of ${whole}`));

export function table(head, rows) {
  const figures = head.map((_, place) => rows.length > 0 && rows.every((row) => row[place]?.classList?.contains("figures")));
  const kind = (place) => (figures[place] ? "number" : null);
  return h("div", { class: "scroll" }, h("table", { class: "table" },
    h("thead", {}, h("tr", {}, ...head.map((words, place) => h("th", { scope: "col", class: kind(place) }, words)))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, place) => h("td", { class: kind(place) }, cell)))))));
}
