// One sample: its sound, what is asked, what is right once somebody asks, and who answered what.

import { h } from "./dom.js";
import { SamplePlayer } from "./sample-player.js";
import { drawAnswers, drawBar } from "./sample-answers.js";
import { clock } from "./clock.js";

const LETTERS = "ABCDE";

export class SamplePage {
  constructor(api, change) {
    this.change = change;
    this.player = new SamplePlayer(api);
    this.top = h("div", {});
    this.rest = h("div", {});
    this.node = h("article", { class: "sample-page", hidden: true }, this.top, this.player.node, this.rest);
  }

  close() {
    this.player.close();
  }

  // `fresh`: another sample than before.
  show(found, state, fresh) {
    const title = h("h2", { tabindex: "-1" }, h("bdi", {}, found.question ?? found.task_name));
    const unknown = found.question === null ? h("p", { class: "muted" }, "The run’s records have the options and no question; the dataset itself is not on this server.") : null;
    this.top.replaceChildren(...[this.steps(found), title, unknown, this.facts(found)].filter(Boolean));
    if (fresh) {
      this.player.show(found);
      title.focus({ preventScroll: true });
      this.node.closest(".board")?.scrollIntoView({ block: "start" });
    }
    const secret = found.held_back !== null;
    this.rest.replaceChildren(
      ...(secret ? [h("p", { class: "notice" }, found.held_back)] : []),
      ...(found.options.length ? [this.options(found)] : []),
      ...(secret ? [] : [this.goldSwitch(found)]),
      ...(found.gold ? [this.gold(found)] : []),
      ...(found.left_out ? [h("p", { class: "muted" }, `Runs left out, because their answers are to another question or recording under the same id: ${found.left_out}.`)] : []),
      ...(secret ? [] : drawAnswers(found)));
  }

  steps({ previous, next, position, total }) {
    const step = (words, id) => h("button", {
      type: "button",
      class: "plain",
      disabled: !id,
      "data-focus": `sample-${words}`,
      onclick: () => this.change({ sample: id, gold: "" }),
    }, words);
    return h("nav", { class: "sample-steps", "aria-label": "Samples" },
      h("button", { type: "button", class: "plain", onclick: () => this.change({ sample: "", gold: "" }) }, "All samples"),
      step("Previous", previous),
      h("span", { class: "muted" }, position === null ? "not among those that fit the filters" : `${position} of ${total}`),
      step("Next", next));
  }

  facts({ task, task_name: name, dataset_name: dataset, duration_s: duration, sound }) {
    const credit = [sound.author, sound.licence, sound.source].filter(Boolean).join(", ");
    return h("p", { class: "muted" }, `${name} (${task}) · `, h("bdi", {}, dataset), duration === null ? "" : ` · ${clock(duration)}`,
      credit ? [" · ", h("bdi", {}, credit)] : null);
  }

  options({ options, runs, gold }) {
    const answers = runs.filter(({ kind }) => kind === "model").flatMap((run) => run.answers).filter(({ error }) => !error);
    return h("ol", { class: "sample-options" }, options.map((option, index) => {
      const chosen = answers.filter((answer) => answer.answer_read === index).length;
      return h("li", { class: gold?.answer === index ? "right" : null },
        h("b", {}, LETTERS[index]), h("bdi", {}, option),
        gold?.answer === index ? h("span", { class: "verdict" }, "right") : null,
        answers.length ? h("span", { class: "chosen" },
          drawBar(chosen / answers.length),
          h("span", { class: "muted" }, `chosen ${chosen} of ${answers.length}`)) : null);
    }));
  }

  goldSwitch({ gold }) {
    return h("button", {
      type: "button",
      class: "plain",
      "aria-pressed": String(Boolean(gold)),
      "data-focus": "sample-gold",
      onclick: () => this.change({ gold: gold ? "" : "true" }),
    }, gold ? "Hide what is right" : "Show what is right");
  }

  gold({ gold, options }) {
    const facts = {
      Right: gold.answer === null ? gold.reference : `${LETTERS[gold.answer]}, ${options[gold.answer]}`,
      Slices: Object.entries(gold.slices).map(([name, value]) => `${name}: ${value}`).join(", "),
      Sample: gold.name,
    };
    return h("dl", { class: "sample-gold" }, Object.entries(facts).filter(([, text]) => text).flatMap(([name, text]) =>
      [h("dt", {}, name), h("dd", {}, h("bdi", {}, text))]));
  }
}
