// The question: a task's prompt with its question and options, or a free question.

import { h, say } from "./dom.js";

const LETTERS = "ABCDE";
const FREE = "free";
// An upload for a model that takes any question begins with this one.
const OPEN_QUESTION = "What do you hear in this recording?";
const TRANSCRIPT = "ASR";
// Transcripts grow with the audio; this is where the field starts, and it can be raised.
const USUAL_LONGEST = 256;

export class Question {
  changed = () => {};

  constructor(part, setup) {
    Object.assign(this, { part, setup });
    this.tasks = new Map(setup.tasks.map((task) => [task.code, task]));
    this.drafts = new Map(); // what was typed for each task, kept while others are looked at
    this.duration = 0;
    this.code = null;
    part.reply.max = setup.limits.reply;
    part.repeats.max = setup.limits.repeats;
    for (const node of [part.reply, part.repeats, part.seed]) node.addEventListener("change", () => this.changed());
    const groups = new Map();
    for (const task of setup.tasks) {
      const option = h("option", { value: task.code }, `${task.code} · ${task.name}`);
      if (!groups.has(task.group)) groups.set(task.group, h("optgroup", { label: task.group }));
      groups.get(task.group).append(option);
    }
    part.model.append(...setup.models.map((model) => h("option", { value: model.name }, model.title)));
    part.model.addEventListener("change", () => this.ask(part.model.value));
    say(part.missing, setup.missing);
    part.task.append(...groups.values(), h("option", { value: FREE }, "Free question"));
    part.task.addEventListener("change", () => this.choose(part.task.value));
    this.ask(setup.models[0].name);
    part.reply.addEventListener("input", () => (this.replySet = true));
    for (const node of [part.question, part.options]) node.addEventListener("input", () => this.preview());
  }

  get task() {
    return this.tasks.get(this.code);
  }

  get model() {
    return this.setup.models.find((model) => model.name === this.part.model.value);
  }

  // Choose a model; tasks that it cannot do cannot be chosen.
  ask(name) {
    this.part.model.value = name;
    const { does, tasks } = this.model;
    say(this.part.modelHint, does);
    for (const option of this.part.task.querySelectorAll("option")) {
      option.disabled = tasks.length > 0 && !tasks.includes(option.value);
    }
    if (tasks.length && !tasks.includes(this.code)) this.choose(tasks[0]);
    else if (this.code) this.preview();
  }

  // The host's own model takes every task; else speech of one's own begins with its transcript, and an
  // example of the benchmark with its question.
  suit(example) {
    const [first] = this.setup.models;
    const transcript = this.setup.models.find((model) => model.tasks.includes("ASR"));
    if (first !== transcript && this.setup.models.length > 2) return this.ask(first.name);
    const fromMini = example?.collection === "AudioMarathon-mini";
    if (transcript && !fromMini && (!example || example.task === "ASR")) this.ask(transcript.name);
    else this.ask(this.setup.models.at(-1).name);
  }

  // A new recording begins with its own question: an example's, or what any recording can be asked.
  begin(example) {
    this.drafts.clear();
    this.code = null;
    this.suit(example);
    if (example) return this.choose(example.task, { question: example.question, options: example.options });
    // The host's own model takes any question; the others write down what is said.
    const open = this.model.general;
    this.choose(open ? FREE : TRANSCRIPT, open ? { question: OPEN_QUESTION, options: [] } : null);
  }

  // Show a task's form; `filled` is a question and options to put into it.
  choose(code, filled = null) {
    if (this.code) this.drafts.set(this.code, this.typed());
    this.code = code;
    this.part.task.value = code;
    const task = this.task;
    const draft = filled ?? this.drafts.get(code) ?? this.usual(task);
    const free = code === FREE;
    this.part.questionField.hidden = !(free || task.asks);
    this.part.question.value = draft.question || (free ? "" : task.question);
    this.showOptions(task, draft.options);
    say(this.part.taskHint, this.hint(task));
    this.replySet = false;
    this.suggestReply();
    this.preview();
  }

  preview() {
    this.drawPrompt();
    this.changed();
  }

  // The whole prompt, as `Task.free_messages` puts it together on the server.
  drawPrompt() {
    if (this.model.tasks.length) {
      this.part.prompt.textContent = this.setup.no_prompt;
      return;
    }
    const { question, options } = this.read();
    const [system, user] = this.task ? this.fromTask(question, options) : this.setup.free.map(textOf);
    const asked = this.task ? user : user.replace("{question}", () => question || "…");
    this.part.prompt.replaceChildren(
      h("p", {}, h("b", {}, "system"), ` ${system}`),
      h("p", {}, h("b", {}, "user"), " ", h("span", { class: "muted" }, "[audio]"), ` ${asked}`),
    );
  }

  fromTask(question, options) {
    const { prompt } = this.task;
    const line = (text, index) => filled(prompt.option, { letter: LETTERS[index], text });
    const user = filled(prompt.user, { question: question || this.task.question, options: options.map(line).join("\n") });
    return [prompt.system, user.trim()];
  }

  usual(task) {
    const wanted = task?.letters.length ?? 0;
    return { question: "", options: task?.labels.slice(0, wanted) ?? [] };
  }

  hint(task) {
    if (!task) return null;
    if (task.letters && !task.shows_options) return `The prompt itself fixes the options: ${task.labels.join(", ")}.`;
    return null;
  }

  showOptions(task, texts) {
    const shown = Boolean(task?.shows_options);
    this.part.options.hidden = !shown;
    this.part.options.querySelectorAll(".option, datalist").forEach((node) => node.remove());
    if (!shown) return;
    const list = h("datalist", { id: "demo-labels" }, task.labels.map((label) => h("option", { value: label })));
    const count = Math.max(task.letters.length, texts.length);
    for (let index = 0; index < count; index++) {
      const letter = LETTERS[index];
      const field = h("input", { type: "text", maxlength: 500, list: "demo-labels", autocomplete: "off" });
      field.value = texts[index] ?? "";
      this.part.options.append(h("label", { class: "option" }, h("span", {}, letter), field));
    }
    this.part.options.append(list);
  }

  fitTo(duration) {
    if (duration === this.duration) return;
    this.duration = duration;
    this.suggestReply();
  }

  limitTo(tokens) {
    this.part.reply.value = tokens;
    this.replySet = true;
  }

  suggestReply() {
    if (this.replySet) return;
    const task = this.task;
    const budget = task ? task.reply + Math.floor(task.reply_per_second * this.duration) : USUAL_LONGEST;
    const most = this.model.tasks.length ? this.setup.limits.reply : USUAL_LONGEST;
    this.part.reply.value = Math.min(budget, most);
  }

  typed() {
    const fields = [...this.part.options.querySelectorAll(".option input")];
    return { question: this.part.question.value, options: fields.map((field) => field.value) };
  }

  // The fields of a request.
  read() {
    const { question, options } = this.typed();
    const asks = this.code === FREE || this.task.asks;
    return {
      model: this.part.model.value,
      task: this.code,
      question: asks ? question.trim() : "",
      options: this.task?.shows_options ? options.map((text) => text.trim()).filter(Boolean) : [],
      max_new_tokens: this.part.reply.valueAsNumber || 1,
      seed: this.part.seed.valueAsNumber || 0,
      repeats: this.part.repeats.valueAsNumber || 1,
    };
  }

  // Put an earlier request back into the form.
  restore(ask) {
    if (this.setup.models.some((model) => model.name === ask.model)) this.ask(ask.model);
    else this.ask(this.setup.models.at(-1).name);
    this.choose(ask.task, { question: ask.question, options: ask.options });
    this.part.reply.value = ask.max_new_tokens;
    this.replySet = true;
    this.part.seed.value = ask.seed;
    this.part.repeats.value = ask.repeats;
  }
}

const textOf = (message) => message.content.map((piece) => piece.text ?? "").join("");

const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
