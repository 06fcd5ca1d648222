// Before the first question: consent and the sound check. Each resolves with the study as it is then.

import { h, say } from "./dom.js";

export function consent(part, server, study, wayBack) {
  part.instructions.textContent = study.instructions;
  part.consentText.textContent = study.consent;
  part.wayBackNote.hidden = !wayBack;
  part.wayBackCode.textContent = wayBack ?? "";
  part.agree.textContent = study.consent ? "I agree" : "Begin";
  return new Promise((resolve, reject) => {
    part.agree.onclick = () =>
      server.post(`/studies/${study.id}/consent`, { consent: study.consent }).then(resolve, reject);
  });
}

const SIDES = ["left", "right", "both"];
const TONES = 4;

export function soundCheck(part, server, study) {
  const heard = Array(TONES).fill(null);
  const ready = () => (part.soundDone.disabled = heard.includes(null));
  part.toneRows.replaceChildren(...heard.map((_, tone) =>
    h("fieldset", { class: "line" }, h("legend", {}, `Tone ${tone + 1}`),
      ...SIDES.map((side) => h("label", { class: "check" },
        h("input", { type: "radio", name: `tone-${tone}`, onchange: () => ((heard[tone] = side), ready()) }), side)))));
  ready();
  const fetchTones = () => {
    part.tones.src = `${server.address(`/studies/${study.id}/sound-check.wav`)}?${Date.now()}`;
  };
  fetchTones();
  say(part.soundFault, null);
  return new Promise((resolve, reject) => {
    part.soundDone.onclick = async () => {
      try {
        const answer = await server.post(`/studies/${study.id}/sound-check`, { headphones: part.headphones.checked, heard });
        if (answer.passed) return resolve(answer.study);
        say(part.soundFault, "That was not what was played. Check your headphones and listen again: the tones are new.");
        for (const input of part.toneRows.querySelectorAll("input")) input.checked = false;
        heard.fill(null);
        ready();
        fetchTones();
      } catch (refusal) {
        reject(refusal);
      }
      return undefined;
    };
  });
}
