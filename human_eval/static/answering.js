// One item after the other: fetched ahead, listened to, answered, kept until the server has it.

import { minutes, say } from "./dom.js";
import { Listening } from "./listening.js";
import { Outbox } from "./outbox.js";
import { Player } from "./player.js";
import { Question } from "./question.js";
import { newId } from "./server.js";

const STATES = { sending: "saving", offline: "offline: kept here, will be sent", busy: "the server is busy: kept here, will be sent" };

export class Answering {
  // `leave(reason)` ends the view: "done", "waiting", "paused", "review" or "lost".
  constructor(part, server, study, leave) {
    Object.assign(this, { part, server, study, leave });
    this.player = new Player(part, server);
    this.question = new Question(part, { draft: (content) => this.draft(content), submit: (content) => this.submit(content) });
    this.outbox = new Outbox(server, study.annotator, {
      onSent: (entry, answer) => this.sent(entry, answer),
      onRefused: (entry, refusal) => this.refused(entry, refusal),
      onState: (state, waiting) => this.state(state, waiting),
    });
    this.listening = new Listening(part.audio, (item, report) =>
      this.outbox.put({ id: report.client_id, kind: "listening", method: "POST", path: `/items/${item}/listening`, content: report }));
    part.pause.onclick = () => this.pause();
    part.back.onclick = () => this.stop("review");
    part.skip.onclick = () => this.ask("skip");
    part.flag.onclick = () => this.ask("flag");
    part.reasonForm.onsubmit = (event) => this.reason(event);
    part.reasonCancel.onclick = () => this.askEnd();
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.outbox.flush();
  }

  // The item in hand, or the next one.
  async next() {
    const path = `/studies/${this.study.id}/next`;
    const { item, reason } = await this.server.post(path, { ahead: false });
    if (!item) return this.stop(reason);
    await this.show(item);
    return undefined;
  }

  async show(item) {
    say(this.part.notice, this.study.pause_suggested ? "You have worked for a while. A pause keeps answers good." : null);
    say(this.part.feedback, null);
    this.listening.attend(item.id);
    this.item = await this.server.post(`/items/${item.id}/open`);
    this.progress();
    this.question.show(this.item);
    await this.player.load(this.item, this.study.max_speed);
    this.part.wave.focus({ preventScroll: true });
    this.prefetch();
  }

  // The next item's audio comes into the browser's cache while this one is listened to.
  async prefetch() {
    const { item } = await this.server.post(`/studies/${this.study.id}/next`, { ahead: true }).catch(() => ({}));
    if (!item) return;
    const coding = this.part.audio.canPlayType("audio/ogg; codecs=opus") ? "opus" : "mp3";
    fetch(this.server.resource(item.audio[coding]), { credentials: "same-origin", priority: "low" }).catch(() => null);
  }

  progress() {
    const { part, item, study } = this;
    const { answered, skipped, to_do: left } = study.progress;
    part.place.textContent = item.practice ? "Practice" : `${answered + skipped + 1} of ${answered + skipped + left}`;
    const time = study.progress.minutes_left;
    part.left.textContent = time === null || item.practice ? "" : `${minutes(time)} left`;
  }

  draft(content) {
    this.put("draft", "PUT", "draft", { draft: content });
  }

  submit(content) {
    this.part.submit.disabled = true;
    this.listening.send();
    this.put("answer", "PUT", "answer", { client_id: newId(), ...content });
  }

  put(kind, method, action, content) {
    return this.outbox.put({ id: newId(), kind, method, path: `/items/${this.item.id}/${action}`, content, item: this.item.id });
  }

  async sent(entry, answer) {
    const own = entry.path.startsWith(`/items/${this.item?.id}/`);
    if (entry.kind === "listening" && own) {
      this.player.hear(answer.listening.covered);
      this.question.unlock(answer.listening);
    } else if (entry.kind === "answer" && own) {
      if (answer.feedback) this.learn(answer.feedback);
      else await this.goOn();
    } else if (entry.kind === "skip" && own) await this.goOn();
  }

  refused(entry, refusal) {
    if (refusal.status === 401) this.stop("lost");
    else if (entry.kind !== "listening" || refusal.status !== 409) say(this.part.notice, refusal.message);
    this.question.ready();
  }

  // Practice shows the right answer before it goes on.
  learn(feedback) {
    const right = feedback.correct ? "Right." : "Not right.";
    say(this.part.feedback, `${right} ${feedback.reference ? `The transcript is: ${feedback.reference}` : ""} Press Enter to go on.`);
    this.learning = true;
  }

  async goOn() {
    this.learning = false;
    try {
      this.study = await this.server.get(`/studies/${this.study.id}`);
      await this.next();
    } catch (refusal) {
      say(this.part.notice, `${refusal.message} Your answer is saved.`);
      setTimeout(() => this.goOn(), 4000);
    }
  }

  state(state, waiting) {
    const words = state === "saved" ? `saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : STATES[state];
    this.part.saved.textContent = waiting > 1 && state !== "sending" ? `${words} (${waiting})` : words;
  }

  async pause() {
    this.player.audio.pause();
    this.listening.send();
    await this.server.post(`/studies/${this.study.id}/pause`).catch(() => null);
    this.stop("paused");
  }

  ask(kind) {
    this.asked = kind;
    const { part } = this;
    part.reasonForm.hidden = false;
    part.faultField.hidden = kind === "skip";
    part.reasonLabel.textContent = kind === "skip" ? "Why do you skip this?" : "Comment";
    part.reason.required = kind === "skip";
    part.reason.value = "";
    (kind === "skip" ? part.reason : part.faultKind).focus();
  }

  askEnd() {
    this.part.reasonForm.hidden = true;
    this.part.wave.focus({ preventScroll: true });
  }

  reason(event) {
    event.preventDefault();
    const { part } = this;
    if (this.asked === "skip") this.put("skip", "POST", "skip", { reason: part.reason.value });
    else {
      this.put("flag", "POST", "flag", { client_id: newId(), fault: part.faultKind.value, comment: part.reason.value });
      say(part.notice, "Thank you. You can still answer, or skip.");
    }
    this.askEnd();
  }

  key(event) {
    const typing = event.target.closest?.("input[type=text], textarea, select, button, summary, a");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.learning && event.key === "Enter") this.goOn();
    else if (typing || !this.item || this.part.work.hidden) return;
    else if (!this.player.key(event.key) && !this.question.key(event.key)) return;
    event.preventDefault();
  }

  stop(reason) {
    this.player.audio.pause();
    this.listening.stop();
    document.removeEventListener("keydown", this.onKey);
    this.leave(reason);
  }
}
