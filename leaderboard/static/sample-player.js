// The recording of a sample; what has been played so far is filled.

import { clock } from "./clock.js";
import { h, say } from "./dom.js";
import { Playback } from "./playback.js";

const PREPARING = "The recording is being made ready.";

export class SamplePlayer {
  constructor(api) {
    this.api = api;
    const part = {
      audio: h("audio", { preload: "metadata" }),
      play: h("button", { type: "button", class: "plain" }, "Play"),
      canvas: h("canvas", {}),
      head: h("span", { class: "head" }),
      clock: h("span", { class: "muted" }),
    };
    part.wave = h("div", {
      class: "wave",
      role: "slider",
      tabindex: "0",
      "aria-label": "Position in the recording",
      "aria-valuemin": "0",
    }, part.canvas, part.head);
    this.reason = h("p", { class: "muted", hidden: true });
    this.state = h("p", { class: "muted", role: "status", hidden: true });
    this.box = h("div", { class: "sample-player" }, h("div", { class: "line" }, part.play, part.clock), part.wave, part.audio);
    this.node = h("div", {}, this.box, this.state, this.reason);
    this.playback = new Filled(part);
    part.wave.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.playback.key(event.key)) event.preventDefault();
    });
  }

  close() {
    this.asking?.abort();
    this.playback.close();
  }

  async show({ id, sound, duration_s: stated }) {
    this.close();
    this.box.hidden = !sound.audible;
    say(this.state, null);
    say(this.reason, sound.reason);
    if (!sound.audible) return;
    const { playback } = this;
    playback.part.clock.textContent = clock(stated ?? 0);
    playback.showPeaks([]);
    say(this.state, PREPARING);
    this.asking = new AbortController();
    try {
      const answer = await fetch(`${this.api}/${id}/peaks`, { signal: this.asking.signal });
      const found = await answer.json();
      say(this.state, answer.ok ? null : found.error);
      if (!answer.ok) return;
      const audio = `${this.api}/${id}/audio`;
      playback.open({ opus: `${audio}?coding=opus`, mp3: `${audio}?coding=mp3` }, found.duration_s);
      playback.showPeaks(found.peaks);
    } catch (error) {
      if (error.name !== "AbortError") say(this.state, playback.fault);
    }
  }
}

class Filled extends Playback {
  isFilled(time) {
    return time < this.audio.currentTime;
  }

  // Drawn again where a pixel changes, not with every picture.
  showTime() {
    super.showTime();
    const place = Math.round((this.part.wave.clientWidth * this.audio.currentTime) / (this.duration || 1));
    if (place !== this.place) this.draw();
    this.place = place;
  }
}
