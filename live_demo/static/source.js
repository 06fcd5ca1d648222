// Where a recording comes from: a file, the microphone, an example.

import { h, say } from "./dom.js";
import { clock } from "./clock.js";
import { count, wholePercent } from "./format.js";
import { pause } from "./pausing.js";
import { Recorder } from "./recorder.js";

const FOLLOWED_MS = 250;

// 32 hexadecimal digits; `crypto.randomUUID` is not there where a page comes without TLS.
const randomId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Source {
  constructor(part, setup, server, { taken, refused, moved }) {
    Object.assign(this, { part, setup, server, taken, refused, moved });
    this.busy = false; // a recording is on its way
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
    const id = randomId();
    let followed = false;
    const sent = (share) => {
      if (turn !== this.turn) return;
      if (share < 1) this.arriving(`Uploading ${wholePercent(share)}`, share);
      else if (!followed) {
        followed = true;
        this.decoding(turn, id);
      }
    };
    sent(0);
    this.uploading = this.server.upload(blob, name, id, sent);
    await this.finish(turn, this.uploading.done, null);
  }

  async take(example) {
    const turn = this.begin();
    this.arriving("Decoding", null);
    await this.finish(turn, this.server.post(`/examples/${encodeURIComponent(example.id)}`), example);
  }

  // The bar beside the words; no share where how far it is cannot be known.
  arriving(words, share) {
    const { arriving, arrived, upload } = this.part;
    arriving.hidden = !words;
    if (share === null) arrived.removeAttribute("value");
    else arrived.value = share;
    if (upload.textContent !== (words ?? "")) say(upload, words);
  }

  // Once a file is sent the server decodes it, and says how much of it; of some kinds of file it knows nothing
  // before the end.
  async decoding(turn, id) {
    const began = performance.now();
    while (turn === this.turn && this.ended !== turn) {
      const { decoded } = await this.server.get(`/uploads/${id}`).catch(() => ({ decoded: null }));
      if (turn !== this.turn || this.ended === turn) return;
      const spent = Math.floor((performance.now() - began) / 1000);
      const much = decoded !== null ? ` ${wholePercent(decoded)}` : spent ? `, ${spent} s` : "";
      this.arriving(`Decoding${much}`, decoded);
      await pause(FOLLOWED_MS);
    }
  }

  begin() {
    this.uploading?.abort();
    this.uploading = null;
    this.refused(null);
    this.busy = true;
    this.moved();
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
    if (turn !== this.turn) return;
    this.ended = turn;
    this.busy = false;
    this.arriving(null, 0);
    this.moved();
  }

  // What the recording is, in one line; an example's credit, as its licence asks.
  describe(recording) {
    const example = this.setup.examples.find(({ id }) => id === recording.example);
    const channels = recording.channels === 1 ? "mono" : `${recording.channels} channels`;
    this.part.facts.replaceChildren(
      h("strong", {}, example?.title ?? recording.name),
      ` ${clock(recording.duration_s)} · ${recording.format} ${recording.codec} · ` +
        `${recording.sample_rate / 1000} kHz · ${channels}`,
      example ? h("span", { class: "muted" }, ` · ${example.author}, ${example.licence}`) : "",
      ...recording.warnings.map((sentence) => h("span", { class: "warning" }, ` ${sentence}`)),
    );
    for (const button of this.part.examples.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.example === recording.example));
    }
  }
}
