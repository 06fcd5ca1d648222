// One item after the other: fetched ahead, listened to, answered, kept until the server has it.

import { say } from "./dom.js";
import { Listening } from "./listening.js";
import { Outbox } from "./outbox.js";
import { Player } from "./player.js";
import { Question } from "./question.js";
import { newId } from "./server.js";
import { minutes } from "./widgets.js";

const STATES = {
  sending: "saving",
  offline: "no connection: saved on this device, will be sent",
  busy: "the server is busy: saved on this device, will be sent",
};
const STEP_S = 5;

export class Answering {
  // `leave(reason)` ends the view: "done", "waiting", "paused", "review" or "lost".
  constructor(part, server, study, leave) {
    Object.assign(this, { part, server, study, leave });
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.player = new Player(part, server, signal);
    this.question = new Question(part, { draft: (content) => this.draft(content), submit: (content) => this.submit(content) }, signal);
    part.audio.addEventListener("timeupdate", () => this.updateCoverage(), { signal });
    part.rewind.onclick = () => this.player.step(-STEP_S);
    part.forward.onclick = () => this.player.step(STEP_S);
    part.next.onclick = () => this.advance();
    this.outbox = new Outbox(server, study.annotator, {
      onSent: (entry, answer) => this.sent(entry, answer),
      onRefused: (entry, refusal) => this.refused(entry, refusal),
      onState: (state, waiting) => this.showState(state, waiting),
    }, signal);
    this.listening = new Listening(part.audio, (item, report) =>
      this.outbox.put({ id: report.client_id, kind: "listening", method: "POST", path: `/items/${item}/listening`, content: report }), signal);
    part.pause.onclick = () => this.pause();
    part.back.onclick = () => this.stop("review");
    part.skip.onclick = () => this.openReason("skip");
    part.flag.onclick = () => this.openReason("flag");
    part.reasonForm.onsubmit = (event) => this.sendReason(event);
    part.reasonCancel.onclick = () => this.closeReason();
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    this.outbox.flush();
  }

  // The current item, or the next one.
  async next() {
    this.player.close();
    const path = `/studies/${this.study.id}/next`;
    const { item, reason } = await this.server.post(path, { ahead: false });
    if (!item) return this.stop(reason);
    await this.show(item);
    return undefined;
  }

  async show(item) {
    this.player.close();
    const practiceOver = this.item?.practice && !item.practice;
    const breakNotice = this.study.pause_suggested ? "You have worked for a while. A short break will help you to concentrate." : null;
    say(this.part.notice, practiceOver ? "Practice is over. From now on your answers count." : breakNotice);
    this.listening.attend(item.id, this.study.max_speed);
    this.item = await this.server.post(`/items/${item.id}/open`);
    this.progress();
    this.question.show(this.item);
    await this.player.load(this.item, this.study.max_speed);
    this.focus();
    this.prefetch();
  }

  // The next item's audio comes into the browser's cache while this one is listened to.
  async prefetch() {
    const { item } = await this.server.post(`/studies/${this.study.id}/next`, { ahead: true }).catch(() => ({}));
    if (!item) return;
    const coding = this.part.audio.canPlayType("audio/ogg; codecs=opus") ? "opus" : "mp3";
    fetch(this.server.resource(item.audio[coding]), { credentials: "same-origin", priority: "low" }).catch(() => null);
  }

  // Move the focus: into the text where one is written, but no screen keyboard comes up unasked.
  focus() {
    const typing = this.question.transcribes && matchMedia("(pointer: fine)").matches;
    (typing ? this.part.transcript : this.part.wave).focus({ preventScroll: true });
  }

  // What was played by now, with or without a connection; the server checks it when the answer comes.
  updateCoverage() {
    if (!this.item) return;
    const coverage = this.listening.coverage(this.item.listening, this.item.duration_s);
    this.player.showCovered(coverage.covered);
    this.question.unlock(coverage);
  }

  progress() {
    const { part, item, study } = this;
    const { answered, skipped, to_do: left } = study.progress;
    const all = item.practice ? item.number - 1 + study.progress.practice_to_do : answered + skipped + left;
    part.position.textContent = `${item.practice ? "Practice " : ""}${item.number} of ${Math.max(all, item.number)}`;
    const time = study.progress.minutes_left;
    part.back.hidden = item.practice;
    part.left.textContent = time === null || item.practice ? "" : `${minutes(time)} left`;
  }

  draft(content) {
    this.put("draft", "PUT", "draft", { draft: content });
  }

  submit(content) {
    this.listening.send();
    this.put("answer", "PUT", "answer", { client_id: newId(), ...content });
  }

  put(kind, method, action, content) {
    return this.outbox.put({ id: newId(), kind, method, path: `/items/${this.item.id}/${action}`, content, item: this.item.id });
  }

  async sent(entry, answer) {
    if (this.stopped) return;
    const own = entry.path.startsWith(`/items/${this.item?.id}/`);
    if (entry.kind === "listening" && own) {
      this.item.listening = answer.listening;
      this.updateCoverage();
    } else if (entry.kind === "answer" && own) {
      if (answer.feedback) this.question.showFeedback(answer.feedback);
      else await this.advance();
    } else if (entry.kind === "skip" && own) await this.advance();
  }

  refused(entry, refusal) {
    if (this.stopped && entry.kind !== "answer") return undefined;
    if (refusal.status === 401) return this.stop("lost");
    if (entry.kind === "answer") return this.rejected(entry, refusal);
    if (entry.kind !== "listening" || refusal.status !== 409) say(this.part.notice, refusal.message);
    return this.question.updateSubmit();
  }

  // An answer that the server refused stays a draft: on the screen, or under "My answers".
  async rejected(entry, refusal) {
    const { client_id: _, ...draft } = entry.content;
    if (this.stopped || entry.item !== this.item?.id) {
      say(this.part.notice, `One of your answers was not saved: ${refusal.message} It is kept under "My answers".`);
      this.outbox.put({ id: newId(), kind: "draft", method: "PUT", path: `/items/${entry.item}/draft`, content: { draft } });
      return;
    }
    say(this.part.notice, refusal.message);
    this.question.sending = false;
    this.listening.forget();
    const item = await this.server.get(`/items/${entry.item}`).catch(() => null);
    if (item && this.item?.id === item.id) this.item.listening = item.listening;
    this.updateCoverage();
  }

  async advance() {
    if (this.stopped) return;
    try {
      this.study = await this.server.get(`/studies/${this.study.id}`);
      await this.next();
    } catch (refusal) {
      if (!("status" in refusal)) throw refusal;
      say(this.part.notice, `${refusal.message} Your answer is saved.`);
      setTimeout(() => this.advance(), 4000);
    }
  }

  showState(state, waiting) {
    const words = state === "saved" ? `saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : STATES[state];
    this.part.saved.textContent = waiting > 1 && state !== "sending" ? `${words} (${waiting})` : words;
  }

  async pause() {
    this.player.audio.pause();
    this.listening.send();
    await this.server.post(`/studies/${this.study.id}/pause`).catch(() => null);
    this.stop("paused");
  }

  openReason(kind) {
    this.reasonFor = kind;
    const { part } = this;
    part.reasonForm.hidden = false;
    part.faultField.hidden = kind === "skip";
    part.reasonLabel.textContent = kind === "skip" ? "Why do you skip this question?" : "What is wrong with it?";
    part.reasonSend.textContent = kind === "skip" ? "Skip this question" : "Send the report";
    part.reason.required = kind === "skip";
    part.reason.value = "";
    (kind === "skip" ? part.reason : part.faultKind).focus();
  }

  closeReason() {
    this.part.reasonForm.hidden = true;
    this.focus();
  }

  sendReason(event) {
    event.preventDefault();
    const { part } = this;
    if (this.reasonFor === "skip") this.put("skip", "POST", "skip", { reason: part.reason.value });
    else {
      this.put("flag", "POST", "flag", { client_id: newId(), fault: part.faultKind.value, comment: part.reason.value });
      say(part.notice, "Thank you for your report. You can still answer the question, or skip it.");
    }
    this.closeReason();
  }

  key(event) {
    if (event.isComposing || !this.item || this.part.work.hidden || event.altKey) return;
    if (this.handleKey(event)) event.preventDefault();
  }

  // Handle a key; whether it meant something here.
  handleKey(event) {
    const { key, target } = event;
    const modified = event.ctrlKey || event.metaKey;
    if (modified && key === "Enter") return this.question.feedbackShown ? this.advance() || true : this.question.submit() || true;
    if (key === "Escape" && !this.part.reasonForm.hidden) return this.closeReason() || true;
    if (target.closest?.("select")) return false;
    if (this.player.writingKey(event)) return true;
    if (modified || target.closest?.("input[type=text], textarea, button, summary, a")) return false;
    if (this.question.feedbackShown && key === "Enter") return this.advance() || true;
    if (key === " " && target.matches?.("input[type=radio]:not(:checked)")) return false; // chooses it
    return this.player.key(key) || this.question.key(key);
  }

  stop(reason) {
    if (this.stopped) return;
    this.stopped = true;
    this.player.audio.pause();
    this.listening.stop();
    this.ending.abort();
    this.leave(reason);
  }
}
