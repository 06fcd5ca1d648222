// One lane for each configuration: what it kept of the audio, in time, and its key figures.

import { colour, fit } from "./canvas.js";
import { h } from "./dom.js";
import { seconds, times, wholePercent } from "./format.js";

export class Lanes {
  constructor(part, view, { series, listen }) {
    Object.assign(this, { part, view, series, listen });
    this.lanes = new Map();
    view.addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(part.lanes);
  }

  // Lanes that wait for their answers.
  begin(names) {
    this.lanes.clear();
    this.part.lanes.replaceChildren(
      ...names.map((name) => {
        const canvas = h("canvas", { "aria-hidden": "true" });
        const numbers = h("span", { class: "numbers" });
        const node = h(
          "div", { class: "track lane waiting", "data-lane": name },
          h("span", { class: "name" }, h("code", {}, name)),
          h("div", { class: "view" }, canvas), numbers,
        );
        this.lanes.set(name, { node, canvas, numbers, kept: null, share: 0 });
        return node;
      }),
    );
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

  // Headings of the figures; none while there are no figures.
  columns(untrained) {
    if (untrained === null) {
      this.part.columns.replaceChildren();
      return;
    }
    const head = { answer: "answer", prefill: "prefill", times: "", kept: "audio", cache: "cache", listen: "" };
    this.part.columns.replaceChildren(...this.order(untrained).map((name) => h("span", { class: `at-${name}` }, head[name])));
    this.part.columns.closest(".tracks").classList.toggle("untrained", untrained);
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
    const values = row.error
      ? [h("span", { class: "at-error fault-text", title: row.error }, row.error)]
      : this.order(untrained).map((name) => this.figure(name, row));
    lane.numbers.replaceChildren(...values);
    this.paint(row.configuration);
  }

  figure(name, row) {
    const audio = row.audio_tokens ? row.kept_tokens / row.audio_tokens : null;
    const shown = {
      answer: row.answer ?? (row.offers_options ? "unread" : row.reply.trim() || "empty"),
      prefill: seconds(row.prefill_s),
      times: row.configuration === "vanilla" ? "" : times(row.prefill_speedup),
      kept: wholePercent(audio),
      cache: row.cache_share === null ? "–" : wholePercent(row.cache_share),
    };
    const titles = {
      answer: row.answer_text ?? row.reply,
      prefill: "prefill",
      times: "prefill speed-up over vanilla",
      kept: "audio tokens kept",
      cache: "key-value cache kept",
    };
    if (name !== "listen") return h("span", { class: `at-${name}`, title: titles[name] }, shown[name]);
    const button = row.audible
      ? h("button", { type: "button", class: "plain", "aria-pressed": "false", "aria-label": `Listen to what ${row.configuration} kept`,
          onclick: () => this.listen(row.configuration) }, "listen")
      : null;
    return h("span", { class: "at-listen" }, button);
  }

  playing(configuration) {
    for (const [name, lane] of this.lanes) {
      lane.node.querySelector(".at-listen button")?.setAttribute("aria-pressed", String(name === configuration));
    }
  }

  draw() {
    for (const name of this.lanes.keys()) this.paint(name);
  }

  paint(name) {
    const lane = this.lanes.get(name);
    const drawing = fit(lane.canvas);
    if (!drawing.width) return;
    const ink = colour(lane.canvas, this.series(name).colour);
    if (!lane.kept) {
      drawing.context.fillStyle = colour(lane.canvas, "--rule");
      drawing.context.fillRect(0, drawing.height - 2 * drawing.ratio, drawing.width * lane.share, 2 * drawing.ratio);
    } else if (lane.kept.map.length) this.paintMap(drawing, lane.kept.map, ink);
    else this.paintSpans(drawing, lane.kept.spans, ink);
  }

  // Each column of pixels is as dark as the share of its time that was kept.
  paintSpans({ context, width, height }, spans, ink) {
    const { view } = this;
    context.fillStyle = ink;
    let next = 0;
    for (let x = 0; x < width; x++) {
      const [from, to] = [view.time(x / width), view.time((x + 1) / width)];
      while (next < spans.length && spans[next][1] <= from) next++;
      let held = 0;
      for (let index = next; index < spans.length && spans[index][0] < to; index++) {
        held += Math.min(spans[index][1], to) - Math.max(spans[index][0], from);
      }
      if (held > 0) {
        context.globalAlpha = Math.min(1, held / (to - from));
        context.fillRect(x, 0, 1, height);
      }
    }
    context.globalAlpha = 1;
  }

  // Layers from the first at the top, slices of time across.
  paintMap({ context, width, height }, map, ink) {
    const { view } = this;
    context.fillStyle = ink;
    const tall = height / map.length;
    map.forEach((shares, layer) => {
      const wide = view.duration / shares.length;
      shares.forEach((share, slice) => {
        const left = Math.round(view.fraction(slice * wide) * width);
        const right = Math.round(view.fraction((slice + 1) * wide) * width);
        if (right <= 0 || left >= width) return;
        context.globalAlpha = share;
        context.fillRect(left, Math.round(layer * tall), right - left, Math.ceil(tall));
      });
    });
    context.globalAlpha = 1;
  }
}
