// One lane for each configuration: what it kept of the audio, in time, and its key figures.

import { colour, fit } from "./canvas.js";
import { h } from "./dom.js";
import { seconds, times, wholePercent } from "./format.js";
import { paintCurve, paintMap, paintSpans } from "./lane-drawings.js";
import { legend } from "./legend.js";

const HEAD = { answer: "answer", agrees: "agrees", prefill: "prefill", times: "", kept: "audio", cache: "cache", listen: "" };
const TITLES = {
  prefill: "prefill",
  times: "prefill speed-up over vanilla",
  kept: "audio tokens kept",
  cache: "key-value cache kept",
};
const VERDICTS = { true: ["✓", "right"], false: ["✗", "wrong"] };
const LONG = 12;
const NO_SOUND = "An eviction removes cache entries, not sound: its lane shows what each layer still holds.";

export class Lanes {
  constructor(part, view, { series, listen }) {
    Object.assign(this, { part, view, series, listen });
    this.lanes = new Map();
    this.audible = true; // whether this visitor may hear the recording
    view.addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(part.lanes);
  }

  // Lanes that wait for their answers.
  begin(names) {
    this.lanes.clear();
    this.part.lanes.replaceChildren(
      ...names.map((name) => {
        const canvas = h("canvas", { "aria-hidden": "true" });
        const numbers = h("span", { class: "lane-numbers" });
        const node = h(
          "div", { class: "track lane waiting", "data-lane": name },
          h("span", { class: "name" }, h("code", {}, name)),
          h("div", { class: "view" }, canvas), numbers,
        );
        this.lanes.set(name, { node, canvas, numbers, kept: null, share: 0 });
        return node;
      }),
    );
    this.explain();
    this.draw();
  }

  // The configuration at work, and how much of its stage is done.
  work(name, share) {
    for (const [configuration, lane] of this.lanes) {
      lane.node.classList.toggle("working", configuration === name);
      if (configuration === name && lane.share !== share) {
        lane.share = share;
        this.paint(configuration);
      }
    }
  }

  // What a configuration has written so far.
  write(name, text) {
    const lane = this.lanes.get(name);
    if (lane && !lane.row) lane.numbers.replaceChildren(h("span", { class: "at-writing" }, text));
  }

  // Headings of the figures; none while there are no figures.
  columns(untrained, rows = []) {
    const none = untrained === null;
    const long = rows.some(isLong);
    this.part.tracks.classList.toggle("answered", !none);
    this.part.tracks.classList.toggle("untrained", untrained === true);
    this.part.columns.replaceChildren(...(none ? [] : this.order(untrained).map((name) => h("span", { class: `at-${name}` }, HEAD[name === "answer" && long ? "agrees" : name]))));
  }

  // Answers of an untrained model mean nothing, so its figures come first.
  order(untrained) {
    const figures = ["prefill", "times", "kept", "cache"];
    return untrained ? [...figures, "answer", "listen"] : ["answer", ...figures, "listen"];
  }

  finish(row, kept, untrained) {
    const lane = this.lanes.get(row.configuration);
    if (!lane) return;
    lane.kept = kept;
    lane.row = row;
    lane.node.classList.remove("waiting", "working");
    lane.node.classList.toggle("curved", kept.curve.length > 0);
    const values = row.error
      ? [h("span", { class: "at-error fault-text", title: row.error }, row.error)]
      : this.order(untrained).map((name) => this.figure(name, row));
    lane.numbers.replaceChildren(...values);
    this.explain();
    this.paint(row.configuration);
  }

  // Once it was timed again.
  retime(row) {
    const { numbers } = this.lanes.get(row.configuration);
    for (const name of ["prefill", "times"]) numbers.querySelector(`.at-${name}`)?.replaceWith(this.figure(name, row));
  }

  figure(name, row) {
    if (name === "listen") return h("span", { class: "at-listen" }, this.listening(row));
    if (name === "answer") return this.answer(row);
    const audio = row.audio_tokens ? row.kept_tokens / row.audio_tokens : null;
    const shown = {
      prefill: seconds(row.prefill_s),
      times: row.configuration === "vanilla" ? "" : times(row.prefill_speedup),
      kept: wholePercent(audio),
      cache: row.cache_share === null ? "–" : wholePercent(row.cache_share),
    };
    return h("span", { class: `at-${name}`, title: TITLES[name] }, shown[name]);
  }

  // A short answer itself; of a long one how much of vanilla's it has.
  answer(row) {
    const words = row.answer ?? (row.offers_options ? "unread" : wordsOf(row));
    const [mark, verdict] = VERDICTS[row.correct] ?? [];
    return h("span", { class: "at-answer", title: row.answer_text ?? row.reply },
      mark && h("span", { class: `verdict ${verdict}` }, mark, h("span", { class: "sr" }, ` ${verdict} `)), words);
  }

  listening(row) {
    if (row.audible && this.audible) {
      return h("button", { type: "button", class: "plain", "aria-pressed": "false", "aria-label": `Listen to what ${row.configuration} kept`,
        onclick: () => this.listen(row.configuration) }, "listen");
    }
    return row.stages.includes("evict") ? h("span", { class: "muted", title: NO_SOUND }, "layers") : null;
  }

  playing(configuration) {
    for (const [name, lane] of this.lanes) {
      lane.node.querySelector(".at-listen button")?.setAttribute("aria-pressed", String(name === configuration));
    }
  }

  // How to read the lanes that are there.
  explain() {
    const drawn = [...this.lanes.values()].map((lane) => lane.kept).filter(Boolean);
    const sentences = legend(drawn);
    this.part.legend.hidden = !sentences.length;
    this.part.legend.replaceChildren(...sentences);
  }

  draw() {
    for (const name of this.lanes.keys()) this.paint(name);
  }

  paint(name) {
    const lane = this.lanes.get(name);
    const drawing = fit(lane.canvas);
    if (!drawing.width) return;
    const ink = colour(lane.canvas, this.series(name).colour);
    const { kept } = lane;
    if (!kept) {
      drawing.context.fillStyle = colour(lane.canvas, "--rule");
      drawing.context.fillRect(0, drawing.height - 2 * drawing.ratio, drawing.width * lane.share, 2 * drawing.ratio);
    } else if (kept.map.length) paintMap(drawing, this.view, kept, ink);
    else {
      paintSpans(drawing, this.view, kept.spans, ink, kept.curve.length > 0);
      if (kept.curve.length) paintCurve(drawing, this.view, kept, colour(lane.canvas, "--ink"));
    }
  }
}

const isLong = ({ answer, offers_options: offers, reply }) => answer === null && !offers && reply.trim().length > LONG;

function wordsOf(row) {
  if (!isLong(row)) return row.reply.trim() || "empty";
  return row.configuration === "vanilla" || row.agreement === null ? "–" : wholePercent(row.agreement);
}
