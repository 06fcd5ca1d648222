// What becomes of a recording and a comparison: files to take home, who may hear it, and deleting it.

import { h, say } from "./dom.js";

const FILES = { html: "Report", py: "Python" };
const HOUR = 3600;

const lasting = (seconds) => (seconds < 48 * HOUR ? `${Math.round(seconds / HOUR)} h` : `${Math.round(seconds / (24 * HOUR))} days`);

export class Keeping {
  constructor(part, server, gone) {
    Object.assign(this, { part, server, gone });
    this.recording = this.comparison = null;
    this.links = Object.entries(FILES).map(([suffix, title]) => [suffix, h("a", { download: "" }, title)]);
    this.share = h("input", { type: "checkbox" });
    this.shareLine = h("label", { class: "check" }, this.share, " share the recording with the link");
    this.share.addEventListener("change", () => this.sharing());
    this.remove = h("button", { type: "button", class: "plain", onclick: () => this.deleting("comparison") }, "Delete this comparison");
    part.keeping.replaceChildren(...this.links.map(([, link]) => link), this.shareLine, this.remove);
    this.forget = h("button", { type: "button", class: "plain", onclick: () => this.deleting("recording") }, "Delete it");
    this.words = h("span", {});
    part.privacy.replaceChildren(this.words, " ", this.forget);
  }

  // Of the recording that is shown: how long it stays and who can hear it.
  showRecording(recording) {
    this.recording = recording;
    this.part.privacy.hidden = false;
    this.words.textContent = sentence(recording);
    this.forget.hidden = !recording.mine;
    this.share.checked = Boolean(recording.shared);
    this.shareLine.hidden = !recording.mine;
  }

  // The comparison that is shown; its maker can delete it.
  showComparison(id, mine) {
    this.comparison = id;
    for (const [suffix, link] of this.links) link.href = this.server.address(`/comparisons/${id}/comparison.${suffix}`);
    this.remove.hidden = !mine;
  }

  async sharing() {
    try {
      const { shared } = await this.server.post(`/comparisons/${this.comparison}/sharing`, { recording: this.share.checked });
      this.showRecording({ ...this.recording, shared });
    } catch (error) {
      this.share.checked = !this.share.checked;
      say(this.part.workFault, error.message);
    }
  }

  async deleting(what) {
    const also = what === "recording" ? ", and every comparison of it" : "";
    if (!confirm(`Delete this ${what}${also}? It is gone at once, for good.`)) return;
    const path = what === "recording" ? `/recordings/${this.recording.id}` : `/comparisons/${this.comparison}`;
    try {
      await this.server.request(path, { method: "DELETE" });
      this.gone(what);
    } catch (error) {
      say(this.part.workFault, error.message);
    }
  }
}

function sentence({ example, mine, shared, audible, kept_s: kept }) {
  if (example) return "An example; everybody can hear it.";
  if (!audible) return "Its maker shares no recording with this link: you see what was answered and measured.";
  const who = shared ? "whoever has a link to a comparison can hear it" : "nobody but this browser can hear it";
  if (!mine) return "Its maker shares this recording with the link.";
  return `It stays here for ${lasting(kept.unused)}, or ${lasting(kept.compared)} once it is compared; ${who}.`;
}
