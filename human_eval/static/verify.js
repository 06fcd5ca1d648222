// The reviewers' page: rounds of every subset, and one drawn sample after the other with its checklist.

import { h, only, partsOf, say } from "./dom.js";
import { historyView } from "./history.js";
import { Player } from "./player.js";
import { invitation, newId, Server } from "./server.js";

const LETTERS = "ABCDEFGHIJ";
const VERDICTS = { open: "open", passed: "passed", failed: "failed" };

class Page {
  constructor(root, base, setup) {
    this.part = partsOf(root);
    this.server = new Server(base);
    this.setup = setup;
    const { part } = this;
    this.views = [part.loading, part.rounds, part.work, part.history];
    this.player = new Player(part, this.server);
    part.subsets.replaceChildren(...setup.tasks.map((task) => h("option", { value: task }, task)));
    part.signIn.onsubmit = (event) => this.signIn(event);
    part.openRound.onsubmit = (event) => this.draw(event);
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
    this.player.audio.pause();
    say(this.part.fault, null);
    return this.try(async () => [await this.server.get("/session"), await this.server.get("/verification")], ([session, found]) => {
      this.server.know(session);
      const invite = invitation();
      if (invite) return this.join(invite);
      return this.list(session.account, found.rounds);
    });
  }

  // An invitation makes a reviewer of whoever opens it.
  join(invite) {
    history.replaceState(null, "", location.pathname);
    return this.try(() => this.server.post("/join", { invite }), async ({ way_back: secret }) => {
      await this.begin();
      if (secret) say(this.part.who, `You are a reviewer now. To go on on another device, keep this code; it is shown once: ${secret}`);
    });
  }

  list(account, rounds) {
    const { part } = this;
    only(this.views, part.rounds);
    part.noRounds.hidden = rounds.length > 0;
    part.roundTableBox.hidden = rounds.length === 0;
    part.signIn.hidden = account !== null;
    part.openRound.hidden = part.inviteReviewers.hidden = !account?.admin;
    say(part.who, account && !account.reviewer && !account.admin ? "You are signed in, but not as a reviewer." : null);
    part.roundRows.replaceChildren(...rounds.map((round) =>
      h("tr", {},
        h("th", { scope: "row" }, round.subset), h("td", {}, round.dataset),
        h("td", { class: "number" }, String(round.number)),
        h("td", { class: "number" }, `${round.reviewed} of ${round.drawn}`),
        h("td", { class: "number" }, String(round.disagreements)),
        h("td", { class: round.state, title: round.reason }, VERDICTS[round.state]),
        h("td", {}, account?.reviewer || account?.admin ? this.way(round, account) : ""))));
  }

  // Into a round: to review while it is open, to see what was found afterwards.
  way(round, account) {
    const [words, go] = round.state === "open" ? ["Review", () => this.work(round)] : ["What was found", () => this.look(round, account)];
    return h("button", { type: "button", class: "plain", onclick: go }, words);
  }

  look(round, account) {
    return this.try(() => this.server.get(`/verification/rounds/${round.id}`), (evidence) => {
      const { part } = this;
      only(this.views, part.history);
      part.historyTitle.textContent = `${round.subset}, round ${round.number}: ${VERDICTS[round.state]}`;
      part.evidence.replaceChildren(...historyView(evidence, (path) => this.server.address(path), account.admin));
    });
  }

  signIn(event) {
    event.preventDefault();
    const content = Object.fromEntries(new FormData(event.target));
    return this.try(() => this.server.post("/sign-in", content), () => this.begin());
  }

  draw(event) {
    event.preventDefault();
    const content = Object.fromEntries(new FormData(event.target));
    return this.try(() => this.server.post("/admin/verification", { ...content, seed: Number(content.seed) }), () => this.begin());
  }

  invite(event) {
    event.preventDefault();
    const { label, uses } = Object.fromEntries(new FormData(event.target));
    return this.try(() => this.server.post("/admin/reviewers/invites", { label, uses: Number(uses) }),
      ({ address }) => say(this.part.reviewersLink, this.server.resource(address)));
  }

  work(round) {
    this.round = round;
    return this.try(() => this.server.post("/verification/next", { round: round.id }), ({ review, progress }) => {
      if (!review) {
        return this.begin().then(() => say(this.part.fault, "Nothing is left for you in this round; others still review."));
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
    part.title.textContent = `${this.round.subset}, round ${this.round.number}`;
    part.counts.textContent = `${progress.reviewed} of ${progress.drawn} reviewed, ${progress.disagreements} disagreements`;
    part.stated.textContent = review.stated_duration_s === null ? "" : `stated ${review.stated_duration_s.toFixed(1)} s, found ${review.duration_s.toFixed(1)} s`;
    part.question.textContent = review.question;
    part.options.replaceChildren(...review.options.map((option, place) =>
      h("li", { class: place === review.answer ? "right" : null }, `${LETTERS[place]}  ${option}`, place === review.answer ? " (labelled right)" : "")));
    say(part.reference, review.reference);
    part.comment.value = "";
    part.points.replaceChildren(...review.checklist.map(({ name, text }) =>
      h("fieldset", { class: "point" }, h("legend", {}, text),
        ...[["yes", true], ["no", false]].map(([words, value]) =>
          h("label", { class: "check" }, h("input", { type: "radio", name, onchange: () => this.check(name, value) }), words)))));
    this.decide();
    return this.player.load({ ...review, listening: { covered: [] } }, 2);
  }

  check(name, value) {
    this.checks[name] = value;
    this.decide();
  }

  decide() {
    const { part, review } = this;
    const left = review.checklist.filter(({ name }) => !(name in this.checks)).length;
    this.passes = left === 0 && Object.values(this.checks).every(Boolean);
    part.save.disabled = left > 0;
    part.verdict.textContent = left ? `${left} points to check` : this.passes ? "This sample passes." : "This sample fails.";
  }

  save(event) {
    event.preventDefault();
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
