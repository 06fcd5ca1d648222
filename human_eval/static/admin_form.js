// The form of a new study: a name is enough, everything else has a default.

import { h } from "./dom.js";
import { button, duration } from "./widgets.js";

// Field, label, smallest value, default, what an empty field means.
const NUMBERS = [
  ["per_task", "Questions per task", 1, "", "all"],
  ["overlap", "People per question", 1, 3],
  ["practice_per_task", "Practice questions per task", 0, 1],
  ["gold_per_task", "Check questions per task", 0, 0],
];
const WAYS = [["invite", "invitation links"], ["account", "accounts that people make here"], ["huggingface", "Hugging Face sign-in"], ["prolific", "Prolific"]];

// `attempt` shows a refusal; `made` goes to the new study.
export function studyForm(server, names, attempt, made) {
  const status = h("p", { class: "muted", role: "status" });
  const form = h("form", { class: "form study-form" },
    h("h3", {}, "New study"),
    field("Name", h("input", { type: "text", name: "name", required: true, maxlength: 200 })),
    field("Dataset", h("input", { type: "text", name: "dataset", value: "bundled", required: true, "aria-describedby": "dataset-words" })),
    h("p", { class: "muted", id: "dataset-words" }, "“bundled” comes with the app and has three short recordings of each task. Or enter the folder of a dataset on this server."),
    h("fieldset", {}, h("legend", {}, "Tasks"), h("div", { class: "choices" }, ...Object.entries(names).map(([code, name]) =>
      h("label", { class: "check" }, h("input", { type: "checkbox", name: "tasks", value: code, checked: true }), name)))),
    h("div", { class: "line" }, ...NUMBERS.map(([name, label, min, value, empty]) =>
      h("label", { class: "line" }, label, h("input", { type: "number", name, min, value, placeholder: empty, class: "brief" })))),
    h("p", { class: "muted" }, "Practice questions come first and show the right answer afterwards. Check questions look like all others; how people answer them shows who works carefully. Both are taken from the same tasks."),
    h("div", { class: "line" },
      h("label", { class: "line" }, "Must be heard before answering, %", h("input", { type: "number", name: "must_listen", min: 0, max: 100, value: 80, class: "brief", required: true })),
      h("label", { class: "line" }, "Time limit per question, s", h("input", { type: "number", name: "time_limit_s", min: 1, placeholder: "none", class: "brief" })),
      h("label", { class: "check" }, h("input", { type: "checkbox", name: "sound_check", checked: true }), "sound check with headphones first")),
    h("fieldset", {}, h("legend", {}, "People join by"), h("div", { class: "choices" }, ...WAYS.map(([way, label]) =>
      h("label", { class: "check" }, h("input", { type: "checkbox", name: "joining", value: way, checked: way === "invite" }), label)))),
    h("details", {}, h("summary", {}, "Texts and random seed"), h("div", { class: "form" },
      field("Instructions", h("textarea", { name: "instructions", rows: 3, placeholder: "the standard instructions" })),
      field("Consent", h("textarea", { name: "consent", rows: 3, placeholder: "the standard consent text" })),
      field("Random seed", h("input", { type: "number", name: "seed", min: 0, value: 0, class: "brief" })))),
    status,
    h("div", { class: "line" },
      button("Preview", () => attempt(async () => (status.textContent = preview(await server.post("/admin/preview", specOf(form, names)), names)))),
      h("button", { class: "go" }, "Make a draft")));
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => made((await server.post("/admin/studies", specOf(form, names))).study));
  };
  return form;
}

// What the form asks for; what is left empty is left to the server's defaults.
function specOf(form, names) {
  const data = new FormData(form);
  const spec = { name: data.get("name") || "Preview", dataset: data.get("dataset"), sound_check: data.has("sound_check"), joining: data.getAll("joining"), must_listen: Number(data.get("must_listen")) / 100 };
  for (const name of [...NUMBERS.map(([name]) => name), "seed", "time_limit_s"]) if (data.get(name) !== "") spec[name] = Number(data.get(name));
  for (const name of ["instructions", "consent"]) if (data.get(name).trim()) spec[name] = data.get(name);
  const tasks = data.getAll("tasks");
  if (tasks.length < Object.keys(names).length) spec.tasks = tasks;
  return spec;
}

function preview({ items, minutes_per_person: minutes, hours, answers_wanted: wanted, exclusions }, names) {
  const tasks = Object.entries(items).map(([task, counts]) => `${names[task] ?? task} ${counts.main}`).join(", ");
  const excluded = exclusions.length ? ` ${exclusions.length === 1 ? "One record of the dataset cannot be used." : `${exclusions.length} records of the dataset cannot be used.`}` : "";
  return `Questions: ${tasks}. ${wanted} answers are needed: ${duration(minutes)} of work for a person who answers every question once, ${duration(60 * hours)} for all people together.${excluded}`;
}

const field = (label, control) => h("label", { class: "field" }, h("span", {}, label), control);
