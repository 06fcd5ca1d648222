// The annotators' page: signing in, the steps before a study, its questions, and submitting.

import { Admin } from "./admin.js";
import { Answering } from "./answering.js";
import { h, partsOf, say } from "./dom.js";
import { invitation, Server } from "./server.js";
import { consent, soundCheck } from "./steps.js";
import { copyable, only } from "./widgets.js";

const VIEWS = ["loading", "framed", "entrance", "studies", "admin", "consent", "sound", "work", "resting", "review", "done"];

class Page {
  constructor(root, base, setup) {
    this.root = root;
    this.setup = setup;
    this.part = partsOf(root);
    this.server = new Server(base);
    this.views = VIEWS.map((name) => this.part[name]);
    const { part } = this;
    part.ownTab.href = location.href;
    part.signIn.onsubmit = (event) => this.enter(event, "/sign-in");
    part.returnCodeForm.onsubmit = (event) => this.enter(event, "/way-back");
    part.huggingface.href = this.server.address("/huggingface");
    part.signOut.onclick = () => this.try(() => this.server.post("/sign-out"), () => this.begin());
    part.administer.onclick = () => ((this.takesPart = false), this.administer());
    part.continue.onclick = () => this.try(() => this.server.post(`/studies/${this.study.id}/continue`), (study) => this.proceed(study));
    part.reviewBack.onclick = () => this.try(() => this.server.get(`/studies/${this.study.id}`), (study) => this.work(study));
    part.submitAll.onclick = () => this.submitAll();
    part.forget.onclick = () => this.deleteData();
  }

  show(name) {
    say(this.part.fault, null);
    only(this.views, this.part[name]);
  }

  // Ask the server for something; a refusal is shown and changes nothing.
  async try(act, then) {
    try {
      return await then(await act());
    } catch (refusal) {
      if (!("status" in refusal)) throw refusal;
      if (refusal.status === 401) this.show("entrance");
      say(this.part.fault, refusal.message);
      this.part.loading.hidden = true;
      return undefined;
    }
  }

  begin() {
    this.show("loading");
    return this.try(() => this.server.get("/session"), async (session) => {
      this.server.know(session);
      const params = new URLSearchParams(location.search);
      const invite = invitation();
      if (invite) params.set("invite", invite);
      const body = joinBody(params);
      if (body) return this.join(body);
      return this.welcome(session, params.get("study"));
    });
  }

  join(body) {
    if (window.top !== window.self && !navigator.cookieEnabled) return this.show("framed");
    return this.try(() => this.server.post("/join", body), (joined) => {
      this.server.know(joined.session);
      this.returnCode = joined.way_back;
      history.replaceState(null, "", location.pathname + (joined.study ? `?study=${joined.study}` : ""));
      return this.welcome(joined.session, joined.study);
    });
  }

  enter(event, path) {
    event.preventDefault();
    const content = Object.fromEntries(new FormData(event.target));
    return this.try(() => this.server.post(path, content), async () => {
      const session = this.server.know(await this.server.get("/session"));
      // Inside another site's frame a browser may have kept no cookie.
      if (!session.account) return this.show("framed");
      event.target.reset();
      return this.welcome(session, new URLSearchParams(location.search).get("study"));
    });
  }

  welcome(session, studyId) {
    this.part.huggingface.hidden = !session.ways.huggingface;
    if (!session.account) return this.show("entrance");
    const only = session.studies.length === 1 && !session.account.admin ? session.studies[0] : null;
    const chosen = session.studies.find((study) => study.id === studyId) ?? only;
    if (chosen) return this.open(chosen);
    if (session.account.admin && !this.takesPart) return this.administer();
    this.part.studyList.replaceChildren(...session.studies.map((study) =>
      h("li", {}, h("button", { type: "button", class: "plain", onclick: () => this.open(study) }, study.name), ` ${study.state}`)));
    this.part.administer.hidden = !session.account.admin;
    this.part.noStudies.hidden = session.studies.length > 0;
    return this.show("studies");
  }

  administer() {
    this.show("admin");
    const takePart = () => ((this.takesPart = true), this.begin());
    return new Admin(this.part.admin, this.server, this.setup, { takePart, signOut: () => this.part.signOut.click() }).list();
  }

  open(study) {
    const ready = study.joined ? Promise.resolve() : this.server.post("/join", { study: study.id });
    return this.try(() => ready.then(() => this.server.get(`/studies/${study.id}`)), (found) => this.proceed(found));
  }

  // Go to the step that comes next in a study.
  async proceed(study) {
    this.study = study;
    if (study.submitted) return this.finish(study);
    // Somebody who was just invited sees the return code, if there is nothing to agree to either.
    if (study.steps.consent === "needed" || this.returnCode) {
      this.show("consent");
      return this.try(() => consent(this.part, this.server, study, this.returnCode), (next) => {
        this.returnCode = null;
        return this.proceed(next);
      });
    }
    if (study.steps.sound_check === "needed") {
      this.show("sound");
      return this.try(() => soundCheck(this.part, this.server, study), (next) => this.proceed(next));
    }
    if (study.paused) return this.show("resting");
    return this.work(study);
  }

  work(study) {
    this.study = study;
    this.show("work");
    this.answering = new Answering(this.part, this.server, study, (reason) => this.leave(reason));
    return this.try(() => this.answering.next(), () => null);
  }

  leave(reason) {
    if (reason === "lost") {
      this.show("entrance");
      return say(this.part.fault, "You were signed out. Sign in again: your answers are kept on this device and will then be sent.");
    }
    if (reason === "paused") return this.show("resting");
    return this.review(reason);
  }

  review(reason) {
    const titles = { done: "All questions are answered", waiting: "Nothing to answer right now", review: "My answers" };
    const notes = {
      done: "You can change your answers until you submit them; choose one to open it.",
      waiting: "Other people are answering what is left. Come back later, or submit what you have.",
      review: "Choose one to open or change it.",
    };
    return this.try(async () => [await this.server.get(`/studies/${this.study.id}`), await this.server.get(`/studies/${this.study.id}/items`)], ([study, { items }]) => {
      this.study = study;
      const own = items.filter((item) => !item.practice && (item.opened || item.state !== "leased"));
      const { answered, skipped, to_do: left } = study.progress;
      const all = Math.max(answered + skipped + left, own.length);
      this.part.reviewTitle.textContent = titles[reason];
      this.part.reviewNote.textContent = notes[reason];
      this.part.reviewBack.hidden = reason === "done";
      this.part.reviewList.replaceChildren(...own.map((item) =>
        h("li", {}, h("button", { type: "button", class: "plain own-item", onclick: () => this.change(item) },
          h("span", { class: "figures" }, `${item.number} of ${all}`), h("span", {}, item.question), h("span", { class: "quote" }, answerText(item))))));
      this.show("review");
    });
  }

  submitAll() {
    const left = this.study.progress.to_do;
    const warning = left ? `${left} ${left === 1 ? "question is" : "questions are"} not answered yet. ` : "";
    if (warning && !confirm(`${warning}Submit anyway? You cannot change your answers afterwards.`)) return undefined;
    return this.try(() => this.server.post(`/studies/${this.study.id}/submit`), (study) => this.proceed(study));
  }

  change(item) {
    return this.try(() => this.server.get(`/items/${item.id}`), (found) => {
      this.show("work");
      this.answering = new Answering(this.part, this.server, this.study, (reason) => this.leave(reason));
      return this.answering.show(found);
    });
  }

  finish(study) {
    this.part.codeLine.hidden = !study.completion_code;
    this.part.completionCode.replaceChildren(study.completion_code ? copyable(study.completion_code, "the completion code") : "");
    this.show("done");
  }

  deleteData() {
    if (!confirm("Delete your answers and everything else about you in this study? This cannot be undone.")) return;
    this.try(() => this.server.delete(`/studies/${this.study.id}/me`), () => this.begin());
  }
}

function answerText(item) {
  if (item.state === "answered") return item.said || "An empty transcript";
  if (item.state === "skipped") return `Skipped: ${item.said}`;
  return "Not answered yet";
}

// What the address says about joining: an invitation, or Prolific's parameters.
function joinBody(params) {
  if (params.get("invite")) return { invite: params.get("invite") };
  if (!params.get("PROLIFIC_PID")) return null;
  return {
    study: params.get("study"),
    prolific: { participant: params.get("PROLIFIC_PID"), study: params.get("STUDY_ID"), session: params.get("SESSION_ID") },
  };
}

export function start(root, base, setup) {
  new Page(root, base, setup).begin();
}
