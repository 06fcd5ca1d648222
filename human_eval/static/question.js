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
    for (const node of [part.transcript, part.comment]) node.addEventListener("input", () => this.edited(), { signal });
    part.confidence.replaceChildren(
      h("legend", {}, "How sure are you?"),
      ...CONFIDENCE.map((words, place) =>
        h("label", { title: words },
          h("input", { type: "radio", name: "confidence", value: place + 1, onchange: () => this.sure(place + 1) }),
          h("span", {}, String(place + 1)), h("span", { class: words === CONFIDENCE[0] || words === CONFIDENCE.at(-1) ? "muted" : "sr" }, words))),
    );
  }

  show(item) {
    const { part } = this;
    this.item = item;
    const known = item.draft ?? item.answer ?? {};
    this.learning = this.sending = false;
    this.choice = known.choice ?? null;
    this.confidence = known.confidence ?? null;
    this.spoken = item.options.length === 0;
    part.question.textContent = item.question;
    part.feedback.hidden = part.goOn.hidden = true;
    part.submit.hidden = false;
    part.submit.textContent = item.answer ? "Save the change" : "Save and continue";
    part.options.hidden = this.spoken;
    part.transcriptField.hidden = !this.spoken;
    part.transcript.value = known.transcript ?? "";
    part.comment.value = known.comment ?? "";
    part.options.replaceChildren(
      h("legend", { class: "sr" }, "Options"),
      ...item.options.map((option, place) =>
        h("label", { class: "option" },
          h("input", { type: "radio", name: "choice", value: option.index, onchange: () => this.choose(place) }),
          h("span", { class: "letter" }, LETTERS[place]), h("span", {}, option.text))),
    );
    this.mark();
    this.unlock(item.listening);
    this.keys();
  }

  // The answer opens when enough was heard.
  unlock(listening) {
    const { part } = this;
    this.open = listening.unlocked;
    part.heard.textContent = listening.unlocked
      ? `${percent(listening.share)} heard`
      : `${percent(listening.share)} heard; you can ${this.spoken ? "save" : "answer"} from ${percent(listening.needed)} on`;
    // A transcript is written while one listens.
    const locked = this.learning || !(this.open || this.spoken);
    part.answer.classList.toggle("locked", locked);
    for (const node of part.answer.querySelectorAll("input, textarea")) node.disabled = locked;
    this.ready();
  }

  choose(place) {
    if (!this.open || this.spoken || !this.item.options[place]) return;
    this.choice = this.item.options[place].index;
    this.mark();
    this.edited();
  }

  sure(value) {
    this.confidence = value;
    this.mark();
    this.edited();
  }

  mark() {
    for (const input of this.part.options.querySelectorAll("input")) input.checked = Number(input.value) === this.choice;
    for (const input of this.part.confidence.querySelectorAll("input")) input.checked = Number(input.value) === this.confidence;
    this.ready();
  }

  get content() {
    return {
      choice: this.spoken ? null : this.choice,
      transcript: this.spoken ? this.part.transcript.value : null,
      confidence: this.confidence,
      comment: this.part.comment.value,
    };
  }

  get complete() {
    return this.spoken ? this.part.transcript.value.trim() !== "" : this.choice !== null;
  }

  ready() {
    this.part.submit.disabled = this.sending || !this.open || !this.complete;
  }

  edited() {
    this.ready();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.act.draft(this.content), DRAFT_AFTER_MS);
  }

  // After practice: what was right stays on the screen until one goes on.
  learn(feedback) {
    const { part } = this;
    this.learning = true;
    for (const node of part.answer.querySelectorAll("input, textarea")) node.disabled = true;
    part.feedback.replaceChildren(...feedbackView(feedback, this.item, LETTERS));
    part.feedback.hidden = part.goOn.hidden = false;
    part.submit.hidden = true;
    this.keys();
    part.goOn.focus();
  }

  // What can be pressed for this item.
  keys() {
    const last = LETTERS[this.item.options.length - 1];
    const play = [["Space", "play or pause"], ["←", "back 5 s"], ["→", "forward 5 s"]];
    const line = this.learning ? [["Enter", "next question"]] : this.spoken
      ? [["Esc", "play or pause"], ["F1", "back 5 s"], ["F2", "forward 5 s"], ["Ctrl+Enter", "save"]]
      : [["A", last], ["1", "5"], ["Enter", "save"], ...play];
    const kbd = (key) => key.split("+").flatMap((each, place) => [place ? "+" : "", h("kbd", {}, each)]);
    const words = line.map(([key, does]) => {
      if (key === "A") return [...kbd("A"), "–", ...kbd(does), " answer"];
      if (key === "1") return [...kbd("1"), "–", ...kbd(does), " how sure"];
      return [...kbd(key), ` ${does}`];
    });
    this.part.keys.replaceChildren("Keys: ", ...words.flatMap((each, place) => (place ? [", ", ...each] : each)));
  }

  submit() {
    if (this.learning || this.sending || !this.open || !this.complete) return;
    clearTimeout(this.timer);
    this.sending = true;
    this.ready();
    this.act.submit(this.content);
  }

  // Whether the key was ours.
  key(key) {
    const place = LETTERS.indexOf(key.toUpperCase());
    if (key.length === 1 && place >= 0 && place < this.item.options.length) this.choose(place);
    else if (/^[1-5]$/.test(key) && this.open) this.sure(Number(key));
    else if (key === "Enter") this.submit();
    else return false;
    return true;
  }
}
