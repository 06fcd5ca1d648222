// The reviewers' page: rounds of every task, and one sample after the other with its checklist.

import { h, partsOf, say } from "./dom.js";
import { historyView } from "./history.js";
import { Listening } from "./listening.js";
import { Player } from "./player.js";
import { invitation, newId, Server } from "./server.js";
import { copyable, only, percent } from "./widgets.js";

const LETTERS = "ABCDEFGHIJ";
const FASTEST = 2;

class Page {
  constructor(root, base, setup) {
    this.part = partsOf(root);
    this.server = new Server(base);
    this.setup = setup;
    const { part } = this;
    this.views = [part.loading, part.rounds, part.work, part.history];
    this.player = new Player(part, this.server);
    this.listening = new Listening(part.audio, (review, report) => this.report(review, report));
    part.subsets.replaceChildren(...Object.entries(setup.task_names).map(([code, name]) => h("option", { value: code }, `${name} (${code})`)));
    part.signIn.onsubmit = (event) => this.signIn(event);
    part.openRound.onsubmit = (event) => this.startRound(event);
    part.inviteReviewers.onsubmit = (event) => this.invite(event);
    part.checklist.onsubmit = (event) => this.save(event);
    part.leave.onclick = part.leaveHistory.onclick = () => this.begin();
    document.addEventListener("keydown", (event) => this.key(event));
  }

  async try(act, then) {
    try {
      return await then(await act());
    } catch (refusal) {
      if (!("status" in refusal)) throw refusal;
      say(this.part.fault, refusal.message);
      this.part.loading.hidden = true;
      return undefined;
    }
  }

  begin() {
    this.stopReview();
    say(this.part.fault, null);
    return this.try(async () => [await this.server.get("/session"), await this.server.get("/verification")], ([session, found]) => {
      this.server.know(session);
      const invite = invitation();
      if (invite) return this.join(invite);
      return this.list(session.account, found.rounds);
    });
  }

  // What was played of the current sample is sent before another view is shown.
  stopReview() {
    this.player.audio.pause();
    if (this.review) this.listening.attend(null);
    this.review = null;
  }

  // An invitation makes a reviewer of whoever opens it.
  join(invite) {
    history.replaceState(null, "", location.pathname);
    return this.try(() => this.server.post("/join", { invite }), async ({ way_back: secret }) => {
      await this.begin();
      if (!secret) return;
      this.part.who.replaceChildren("You are a reviewer now. To continue on another device, write down this return code. It is shown only now: ", copyable(secret, "the return code"));
      this.part.who.hidden = false;
    });
  }

  list(account, rounds) {
    const { part } = this;
    only(this.views, part.rounds);
    part.noRounds.hidden = rounds.length > 0;
    part.roundTableBox.hidden = rounds.length === 0;
    part.signIn.hidden = account !== null;
    part.openRound.hidden = part.inviteReviewers.hidden = !account?.admin;
    say(part.who, account && !account.reviewer && !account.admin ? "You are signed in, but not as a reviewer. Open the link for reviewers that you were sent." : null);
    part.roundRows.replaceChildren(...rounds.map((round) =>
      h("tr", {},
        h("th", { scope: "row" }, this.name(round.subset)),
        h("td", {}, account?.reviewer || account?.admin ? this.roundButton(round, account) : ""), // in sight on a phone, too
        h("td", {}, round.dataset),
        h("td", { class: "number" }, String(round.number)),
        h("td", { class: "number" }, `${round.reviewed} of ${round.drawn}`),
        h("td", { class: "number" }, String(round.disagreements)),
        h("td", { class: round.state }, round.state, round.reason ? h("div", { class: "muted" }, round.reason) : null))));
  }

  name(code) {
    return `${code}, ${this.setup.task_names[code] ?? code}`;
  }

  // Into a round: to review while it is open, to see what was found afterwards.
  roundButton(round, account) {
    const [label, open] = round.state === "open" ? ["Review", () => this.work(round)] : ["What was found", () => this.showHistory(round, account)];
    return h("button", { type: "button", class: "plain", onclick: open, "aria-label": `${label}: ${round.subset}, round ${round.number}` }, label);
  }

  showHistory(round, account) {
    return this.try(() => this.server.get(`/verification/rounds/${round.id}`), (evidence) => {
      const { part } = this;
      only(this.views, part.history);
      part.historyTitle.textContent = `${round.subset}, round ${round.number}: ${round.state}`;
      part.evidence.replaceChildren(...historyView(evidence, (path) => this.server.address(path), account.admin));
    });
  }

  signIn(event) {
    event.preventDefault();
    const content = Object.fromEntries(new FormData(event.target));
    return this.try(() => this.server.post("/sign-in", content), () => this.begin());
  }

  startRound(event) {
    event.preventDefault();
    const { dataset, subset, seed, must_listen: share } = Object.fromEntries(new FormData(event.target));
    const content = { dataset, subset, seed: Number(seed), must_listen: Number(share) / 100 };
    return this.try(() => this.server.post("/admin/verification", content), () => this.begin());
  }

  invite(event) {
    event.preventDefault();
    const { label, uses } = Object.fromEntries(new FormData(event.target));
    return this.try(() => this.server.post("/admin/reviewers/invites", { label, uses: Number(uses) }), ({ address, caution }) => {
      const link = this.server.resource(address);
      this.part.reviewersLink.replaceChildren(copyable(link, "the link"), caution ? h("p", { class: "fault" }, caution) : "");
      this.part.reviewersLink.hidden = false;
    });
  }

  work(round) {
    this.round = round;
    return this.try(() => this.server.post("/verification/next", { round: round.id }), ({ review, progress }) => {
      if (!review) {
        return this.begin().then(() => say(this.part.fault, "Nothing is left for you in this round. Other reviewers have not finished yet."));
      }
      return this.show(review, progress);
    });
  }

  show(review, progress) {
    const { part } = this;
    this.review = review;
    this.checks = {};
    this.clientId = newId();
    only(this.views, part.work);
    this.listening.attend(review.id);
    part.title.textContent = `${this.round.subset}, round ${this.round.number}`;
    part.counts.textContent = `${progress.reviewed} of ${progress.drawn} samples decided, ${progress.disagreements} ${progress.disagreements === 1 ? "disagreement" : "disagreements"}`;
    part.stated.textContent = review.stated_duration_s === null ? "" : `Stated duration ${review.stated_duration_s.toFixed(1)} s, the file has ${review.duration_s.toFixed(1)} s`;
    part.question.textContent = review.question;
    part.options.replaceChildren(...review.options.map((option, index) =>
      h("li", { class: index === review.answer ? "right" : null }, `${LETTERS[index]}  ${option}`, index === review.answer ? " (the dataset's answer)" : "")));
    say(part.reference, review.reference);
    part.comment.value = "";
    part.points.replaceChildren(...review.checklist.map(({ name, text }) =>
      h("fieldset", { class: "point" }, h("legend", {}, text),
        ...[["yes", true], ["no", false]].map(([words, value]) =>
          h("label", { class: "check" }, h("input", { type: "radio", name, onchange: () => this.check(name, value) }), words)))));
    this.showCoverage(review.listening);
    return this.player.load(review, FASTEST);
  }

  // Answers to reports may arrive when the next sample is shown already: they name the sample they are for.
  report(review, report) {
    if (!report.intervals.length) return undefined;
    const send = () => this.server.post(`/verification/reviews/${review}/listening`, report);
    return send().catch((refusal) => (refusal.passing ? new Promise((resolve) => setTimeout(resolve, 3000)).then(send) : Promise.reject(refusal)))
      .then(({ listening }) => review === this.review?.id && this.showCoverage(listening))
      .catch((refusal) => say(this.part.fault, refusal.message));
  }

  showCoverage(listening) {
    this.coverage = listening;
    this.player.showCovered(listening.covered);
    this.part.coverage.textContent = listening.unlocked ? `${percent(listening.share)} heard` : `${percent(listening.share)} heard; you can save once it is ${percent(listening.needed)}`;
    this.showVerdict();
  }

  check(name, value) {
    this.checks[name] = value;
    this.showVerdict();
  }

  showVerdict() {
    const { part, review } = this;
    const left = review.checklist.filter(({ name }) => !(name in this.checks)).length;
    this.passes = left === 0 && Object.values(this.checks).every(Boolean);
    part.save.disabled = left > 0 || !this.coverage.unlocked;
    const verdict = left ? `${left} ${left === 1 ? "point" : "points"} to check.` : this.passes ? "This sample passes." : "This sample fails.";
    part.verdict.textContent = verdict + (this.coverage.unlocked ? "" : " Hear more of the recording to save.");
  }

  async save(event) {
    event.preventDefault();
    this.listening.send();
    const content = { client_id: this.clientId, checks: this.checks, verdict: this.passes, comment: this.part.comment.value };
    return this.try(() => this.server.put(`/verification/reviews/${this.review.id}`, content), () => this.work(this.round));
  }

  key(event) {
    const typing = event.target.closest?.("input, textarea, select, button, a");
    if (typing || this.part.work.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.player.key(event.key)) event.preventDefault();
  }
}

export function start(root, base, setup) {
  new Page(root, base, setup).begin();
}
