// Where a recording comes from: a file, the microphone, an example.

import { h, say } from "./dom.js";
import { clock, count, wholePercent } from "./format.js";
import { Recorder } from "./recorder.js";

export class Source {
  constructor(part, setup, server, { taken, refused, playHead }) {
    Object.assign(this, { part, setup, server, taken, refused, playHead });
    this.uploading = null;
    this.turn = 0; // the latest choice wins, whatever arrives last
    part.choose.addEventListener("click", () => part.file.click());
    part.file.addEventListener("change", () => {
      if (part.file.files.length) this.upload(part.file.files[0], part.file.files[0].name);
      part.file.value = "";
    });
    this.recorder = new Recorder(part, setup.limits.recording, {
      recorded: (blob, name) => this.upload(blob, name),
      refused,
    });
    part.cut.addEventListener("click", () => this.cut());
    this.listExamples();
    this.acceptDrops();
  }

  listExamples() {
    for (const [collection, examples] of Map.groupBy(this.setup.examples, (example) => example.collection)) {
      this.part.examples.append(
        h("h3", { class: "muted" }, collection),
        h("div", { class: "collection" }, ...examples.map((example) => this.exampleButton(example))),
      );
    }
  }

  exampleButton(example) {
    const length = clock(example.duration_s);
    return h(
      "button",
      { type: "button", class: "plain example", "data-example": example.id, onclick: () => this.take(example) },
      ...(example.label
        ? [h("span", { title: `${example.title}, ${length}` }, example.label)]
        : [
            h("span", { class: "title", title: example.title }, example.title),
            h("span", { class: "muted" }, `${example.task} ${length}`),
          ]),
    );
  }

  // The whole bench takes drops; the browser would otherwise leave the page to play the file.
  acceptDrops() {
    const bench = this.part.drop.closest(".bench");
    const over = (on) => this.part.drop.classList.toggle("over", on);
    bench.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    bench.addEventListener("dragleave", () => over(false));
    bench.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const file = event.dataTransfer.files[0];
      if (file) this.upload(file, file.name);
    });
  }

  async upload(blob, name) {
    const turn = this.begin();
    if (blob.size > this.setup.limits.bytes) {
      this.end(turn);
      const most = count(Math.round(this.setup.limits.bytes / 1e6));
      this.refused(`'${name}' is too large: the limit is ${most} MB.`);
      return;
    }
    const sent = (share) => {
      if (turn === this.turn) say(this.part.upload, share < 1 ? `Uploading ${wholePercent(share)}` : "Decoding");
    };
    sent(0);
    this.uploading = this.server.upload(blob, name, sent);
    await this.finish(turn, this.uploading.done, null);
  }

  async take(example) {
    const turn = this.begin();
    say(this.part.upload, "Decoding");
    await this.finish(turn, this.server.post(`/examples/${encodeURIComponent(example.id)}`), example);
  }

  // The part of a long recording that a model takes, from the play head on.
  async cut() {
    const { recording } = this;
    const most = this.setup.limits.recording;
    const start = Math.max(0, Math.min(this.playHead(), recording.duration_s - most));
    const turn = this.begin();
    const query = new URLSearchParams({ start: start.toFixed(3), end: (start + most).toFixed(3) });
    await this.finish(turn, this.server.post(`/recordings/${recording.id}/cut?${query}`), null);
  }

  begin() {
    this.uploading?.abort();
    this.uploading = null;
    this.refused(null);
    return ++this.turn;
  }

  async finish(turn, arriving, example) {
    try {
      const recording = await arriving;
      if (turn === this.turn) this.taken(recording, example);
    } catch (error) {
      if (turn === this.turn) this.refused(error.message);
    } finally {
      this.end(turn);
    }
  }

  end(turn) {
    if (turn === this.turn) say(this.part.upload, null);
  }

  // What the recording is, in one line; an example's credit, as its licence asks.
  describe(recording) {
    this.recording = recording;
    const most = this.setup.limits.recording;
    this.part.long.hidden = recording.duration_s <= this.setup.limits.whole;
    this.part.cut.textContent = `Use ${clock(most)} from the play head`;
    const example = this.setup.examples.find(({ id }) => id === recording.example);
    const channels = recording.channels === 1 ? "mono" : `${recording.channels} channels`;
    this.part.facts.replaceChildren(
      h("strong", {}, example?.title ?? recording.name),
      ` ${clock(recording.duration_s)} · ${recording.format} ${recording.codec} · ` +
        `${recording.sample_rate / 1000} kHz · ${channels}`,
      example ? h("span", { class: "muted credit" }, `${example.author}, ${example.licence}`) : "",
      ...recording.warnings.map((sentence) => h("span", { class: "warning" }, ` ${sentence}`)),
    );
    for (const button of this.part.examples.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.example === recording.example));
    }
  }
}
