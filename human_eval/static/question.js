// The question of one item: options or a transcript, confidence, comment, and a draft of them all.

import { feedbackView } from "./feedback.js";
import { h } from "./dom.js";
import { percent } from "./widgets.js";

export const LETTERS = "ABCDEFGHIJ";
const DRAFT_AFTER_MS = 800;
const CONFIDENCE = ["a guess", "unsure", "fairly sure", "sure", "certain"];

export class Question {
  // `act` has `draft(content)` and `submit(content)`; `signal` ends it.
  constructor(part, act, signal) {
    Object.assign(this, { part, act });
    this.choice = null;
    this.confidence = null;
    part.submit.addEventListener("click", () => this.submit(), { signal });
    for (const node of [part.transcript, part.comment]) node.addEventListener("input", () => this.changed(), { signal });
    part.confidence.replaceChildren(
      h("legend", {}, "How sure are you?"),
      ...CONFIDENCE.map((words, index) =>
        h("label", { title: words },
          h("input", { type: "radio", name: "confidence", value: index + 1, onchange: () => this.setConfidence(index + 1) }),
          h("span", {}, String(index + 1)), h("span", { class: words === CONFIDENCE[0] || words === CONFIDENCE.at(-1) ? "muted" : "sr" }, words))),
    );
  }

  show(item) {
    const { part } = this;
    this.item = item;
    const saved = item.draft ?? item.answer ?? {};
    this.feedbackShown = this.sending = false;
    this.choice = saved.choice ?? null;
    this.confidence = saved.confidence ?? null;
    this.transcribes = item.options.length === 0;
    part.question.textContent = item.question;
    part.feedback.hidden = part.next.hidden = true;
    part.submit.hidden = false;
    part.submit.textContent = item.answer ? "Save the change" : "Save and continue";
    part.options.hidden = this.transcribes;
    part.transcriptField.hidden = !this.transcribes;
    part.transcript.value = saved.transcript ?? "";
    part.comment.value = saved.comment ?? "";
    part.options.replaceChildren(
      h("legend", { class: "sr" }, "Options"),
      ...item.options.map((option, position) =>
        h("label", { class: "option" },
          h("input", { type: "radio", name: "choice", value: option.index, onchange: () => this.choose(position) }),
          h("span", { class: "letter" }, LETTERS[position]), h("span", {}, option.text))),
    );
    this.showChoice();
    this.unlock(item.listening);
    this.keys();
  }

  // The question can be answered once enough was played.
  unlock(listening) {
    const { part } = this;
    this.open = listening.unlocked;
    part.coverage.textContent = listening.unlocked
      ? `${percent(listening.share)} heard`
      : `${percent(listening.share)} heard; you can ${this.transcribes ? "save" : "answer"} once it is ${percent(listening.needed)}`;
    // A transcript is written while one listens.
    const locked = this.feedbackShown || !(this.open || this.transcribes);
    part.answer.classList.toggle("locked", locked);
    for (const node of part.answer.querySelectorAll("input, textarea")) node.disabled = locked;
    this.updateSubmit();
  }

  choose(position) {
    if (!this.open || this.transcribes || !this.item.options[position]) return;
    this.choice = this.item.options[position].index;
    this.showChoice();
    this.changed();
  }

  setConfidence(value) {
    this.confidence = value;
    this.showChoice();
    this.changed();
  }

  showChoice() {
    for (const input of this.part.options.querySelectorAll("input")) input.checked = Number(input.value) === this.choice;
    for (const input of this.part.confidence.querySelectorAll("input")) input.checked = Number(input.value) === this.confidence;
    this.updateSubmit();
  }

  get content() {
    return {
      choice: this.transcribes ? null : this.choice,
      transcript: this.transcribes ? this.part.transcript.value : null,
      confidence: this.confidence,
      comment: this.part.comment.value,
    };
  }

  get complete() {
    return this.transcribes ? this.part.transcript.value.trim() !== "" : this.choice !== null;
  }

  updateSubmit() {
    this.part.submit.disabled = this.sending || !this.open || !this.complete;
  }

  changed() {
    this.updateSubmit();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.act.draft(this.content), DRAFT_AFTER_MS);
  }

  // After practice: the right answer stays on the screen until the next question.
  showFeedback(feedback) {
    const { part } = this;
    this.feedbackShown = true;
    for (const node of part.answer.querySelectorAll("input, textarea")) node.disabled = true;
    part.feedback.replaceChildren(...feedbackView(feedback, this.item, LETTERS));
    part.feedback.hidden = part.next.hidden = false;
    part.submit.hidden = true;
    this.keys();
    part.next.focus();
  }

  // What can be pressed for this item.
  keys() {
    const last = LETTERS[this.item.options.length - 1];
    const play = [["Space", "play or pause"], ["←", "back 5 s"], ["→", "forward 5 s"]];
    const line = this.feedbackShown ? [["Enter", "next question"]] : this.transcribes
      ? [["Esc", "play or pause"], ["F1", "back 5 s"], ["F2", "forward 5 s"], ["Ctrl+Enter", "save"]]
      : [["A", last], ["1", "5"], ["Enter", "save"], ...play];
    const kbd = (keys) => keys.split("+").flatMap((key, index) => [index ? "+" : "", h("kbd", {}, key)]);
    const words = line.map(([key, action]) => {
      if (key === "A") return [...kbd("A"), "–", ...kbd(action), " answer"];
      if (key === "1") return [...kbd("1"), "–", ...kbd(action), " how sure"];
      return [...kbd(key), ` ${action}`];
    });
    this.part.keys.replaceChildren("Keys: ", ...words.flatMap((entry, index) => (index ? [", ", ...entry] : entry)));
  }

  submit() {
    if (this.feedbackShown || this.sending || !this.open || !this.complete) return;
    clearTimeout(this.timer);
    this.sending = true;
    this.updateSubmit();
    this.act.submit(this.content);
  }

  // Handle a key; whether it meant something here.
  key(key) {
    const position = LETTERS.indexOf(key.toUpperCase());
    if (key.length === 1 && position >= 0 && position < this.item.options.length) this.choose(position);
    else if (/^[1-5]$/.test(key) && this.open) this.setConfidence(Number(key));
    else if (key === "Enter") this.submit();
    else return false;
    return true;
  }
}
