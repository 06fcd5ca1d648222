// What stays of a visitor's recording and comparison, for how long and for whom; and how it goes at once.

import { say } from "./dom.js";

const DAY_S = 86400;

const span = (seconds) => {
  const [count, unit] = seconds >= DAY_S ? [seconds / DAY_S, "day"] : [seconds / 3600, "hour"];
  return `${Math.round(count)} ${unit}${Math.round(count) === 1 ? "" : "s"}`;
};

export class Keeping {
  constructor(part, server, { refused, deleted }) {
    Object.assign(this, { part, server, refused });
    this.recording = this.comparison = null;
    this.deletes(part.deleteRecording, () => this.server.delete(`/recordings/${this.recording.id}`), () => deleted("recording"));
    this.deletes(part.deleteComparison, () => this.server.delete(`/comparisons/${this.comparison}`), () => deleted("comparison"));
    part.share.addEventListener("change", () => this.share());
  }

  showRecording(recording) {
    this.recording = recording;
    const { part } = this;
    const mine = Boolean(recording.mine) && !recording.example;
    part.deleteRecording.hidden = !mine;
    say(part.stays, mine && recording.kept_s
      ? `Kept here for ${span(recording.kept_s.unused)}, with a comparison for ${span(recording.kept_s.compared)}; only this browser hears it.`
      : null);
  }

  showComparison(id, status) {
    this.comparison = id;
    const { part } = this;
    part.deleteComparison.hidden = !status?.mine;
    part.shareLine.hidden = !(status?.recording.mine && !status.recording.example);
    part.share.checked = Boolean(status?.recording.shared);
  }

  async share() {
    try {
      await this.server.post(`/comparisons/${this.comparison}/sharing`, { recording: this.part.share.checked });
    } catch (error) {
      this.part.share.checked = !this.part.share.checked;
      this.refused(error.message);
    }
  }

  // Nothing brings it back, so the button asks once more.
  deletes(button, act, done) {
    const words = button.textContent;
    const calm = () => (button.textContent = words);
    button.addEventListener("blur", calm);
    button.addEventListener("click", async () => {
      if (button.textContent === words) {
        button.textContent = "Press again to delete for good";
        return;
      }
      calm();
      try {
        await act();
        done();
      } catch (error) {
        this.refused(error.message);
      }
    });
  }
}
