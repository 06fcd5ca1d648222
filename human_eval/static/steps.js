// Before the first question: consent and the sound check. Each resolves with the study as it is then.

import { h, say } from "./dom.js";
import { copyable } from "./widgets.js";

export function consent(part, server, study, returnCode) {
  part.instructions.textContent = study.instructions;
  part.consentText.textContent = study.consent;
  part.consentTitle.hidden = !study.consent;
  part.returnCodeNote.hidden = !returnCode;
  part.returnCode.replaceChildren(returnCode ? copyable(returnCode, "the return code") : "");
  part.agree.textContent = study.consent ? "I agree" : "Begin";
  return new Promise((resolve, reject) => {
    part.agree.onclick = () =>
      server.post(`/studies/${study.id}/consent`, { consent: study.consent }).then(resolve, reject);
  });
}

const EARS = { left: "left ear", right: "right ear", both: "both ears" };
const AGAIN = "Then listen again: there are new tones.";
const HINTS = {
  swapped: `You heard left and right the other way round. Turn your headphones round, so that the side marked L or Left is on your left ear. ${AGAIN}`,
  "one speaker": `You heard every tone in both ears. Connect headphones instead of a speaker, and switch off "mono audio" in your device's settings. ${AGAIN}`,
  other: `This is not what was played. Put on headphones and turn up the volume. ${AGAIN}`,
};

export function soundCheck(part, server, study) {
  return new Promise((resolve, reject) => new SoundCheck(part, server, study, resolve, reject));
}

class SoundCheck {
  constructor(part, server, study, resolve, reject) {
    Object.assign(this, { part, server, study, resolve, reject });
    const { tones } = study.sound_check;
    this.answers = Array(tones).fill(null);
    part.toneCount.textContent = tones;
    part.toneRows.replaceChildren(...this.answers.map((_, tone) => this.row(tone)));
    part.soundDone.onclick = () => this.check();
    part.tonesPlay.onclick = () => this.play();
    part.tones.ontimeupdate = () => this.follow();
    part.tones.onended = () => this.follow();
    say(part.soundFault, null);
    this.renew();
  }

  row(tone) {
    return h("fieldset", { class: "tone" }, h("legend", {}, `Tone ${tone + 1}`),
      ...Object.entries(EARS).map(([side, words]) => h("label", { class: "check" },
        h("input", { type: "radio", name: `tone-${tone}`, value: side, onchange: () => ((this.answers[tone] = side), this.ready()) }), words)));
  }

  ready() {
    this.part.soundDone.disabled = this.answers.includes(null);
  }

  // New tones, nothing chosen.
  renew() {
    this.answers.fill(null);
    for (const input of this.part.toneRows.querySelectorAll("input")) input.checked = false;
    this.part.tones.src = `${this.server.address(`/studies/${this.study.id}/sound-check.wav`)}?${Date.now()}`;
    this.part.tonesPlay.textContent = "Play the tones";
    this.ready();
  }

  play() {
    const { tones } = this.part;
    tones.currentTime = 0;
    tones.play().catch((error) => error.name !== "AbortError" && say(this.part.soundFault, "The tones cannot be played. Reload the page."));
  }

  // Show which tone is sounding, in words and beside its row.
  follow() {
    const { tones, toneNow, toneRows, tonesPlay } = this.part;
    const now = tones.ended || tones.paused ? -1 : Math.floor(tones.currentTime / this.study.sound_check.every_s);
    [...toneRows.children].forEach((row, tone) => row.classList.toggle("sounding", tone === now));
    toneNow.textContent = now < 0 ? "You can play them as often as you like." : `Tone ${now + 1} of ${this.answers.length}`;
    if (tones.ended) tonesPlay.textContent = "Play the tones again";
  }

  async check() {
    const { part, server, study } = this;
    const content = { headphones: part.headphones.checked, heard: this.answers };
    try {
      const answer = await server.post(`/studies/${study.id}/sound-check`, content);
      part.tones.pause();
      if (answer.passed) return this.resolve(answer.study);
      say(part.soundFault, HINTS[answer.hint]);
      this.renew();
      part.tonesPlay.focus();
    } catch (refusal) {
      this.reject(refusal);
    }
    return undefined;
  }
}
