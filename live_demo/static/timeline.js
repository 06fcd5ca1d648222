// Ruler, waveform, spectrogram and zoom: the recording itself, from the server's arrays.

import { colour, fit, rgb } from "./canvas.js";
import { clock } from "./clock.js";

const BANDS = 64;
const MOST_COLUMNS = 2048;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

export class Timeline {
  constructor(part, server, view, seek) {
    Object.assign(this, { part, server, view, seek });
    this.recording = null;
    this.whole = null; // outline and spectrogram of the whole recording
    this.detail = null; // and of the stretch that is shown
    view.addEventListener("change", () => this.changed());
    new ResizeObserver(() => this.draw()).observe(part.wave);
    part.zoomIn.addEventListener("click", () => view.zoom(2));
    part.zoomOut.addEventListener("click", () => view.zoom(0.5));
    part.zoomFit.addEventListener("click", () => view.show(0, view.duration));
    part.scroll.addEventListener("scroll", () => this.scrolled());
    part.tracks.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    part.tracks.addEventListener("pointerdown", (event) => this.press(event));
  }

  async show(recording) {
    this.recording = recording;
    this.whole = this.detail = null;
    this.view.reset(recording.duration_s);
    this.draw();
    this.whole = await this.fetch(recording, 0, recording.duration_s);
    this.draw();
  }

  // Nothing where the recording is gone: lanes can still be looked at.
  async fetch(recording, start, end, signal) {
    const bins = Math.min(MOST_COLUMNS, Math.max(400, this.part.wave.clientWidth));
    const path = `/recordings/${recording.id}`;
    const query = { start: start.toFixed(4), end: end.toFixed(4), bins };
    const [outline, spectrum] = await Promise.all([
      this.server.bytes(`${path}/outline`, query, signal),
      this.server.bytes(`${path}/spectrogram`, query, signal),
    ]);
    return { start, end, bins, outline: new Int8Array(outline), spectrum: new Uint8Array(spectrum), recording };
  }

  changed() {
    this.draw();
    clearTimeout(this.soon);
    this.asking?.abort();
    if (!this.view.zoomed || !this.recording || !this.whole) return;
    this.soon = setTimeout(async () => {
      this.asking = new AbortController();
      const { recording, view } = this;
      try {
        const found = await this.fetch(recording, view.start, view.end, this.asking.signal);
        if (recording === this.recording) this.detail = found;
        this.draw();
      } catch (error) {
        if (error.name !== "AbortError") this.detail = null; // the coarse drawing stays
      }
    }, 120);
  }

  // The finest arrays that cover the view.
  get columns() {
    const { detail, view } = this;
    const fits = detail && Math.abs(detail.start - view.start) < 1e-3 && Math.abs(detail.end - view.end) < 1e-3;
    return view.zoomed && fits ? detail : this.whole;
  }

  draw() {
    this.drawRuler();
    this.drawOutline();
    this.drawSpectrum();
    const { view, part } = this;
    part.scroll.hidden = !view.zoomed;
    if (view.zoomed) {
      part.scrollInner.style.width = `${(100 * view.duration) / view.span}%`;
      const left = (view.start / view.duration) * part.scroll.scrollWidth;
      if (Math.abs(part.scroll.scrollLeft - left) > 1.5) part.scroll.scrollLeft = left;
    }
    for (const [button, off] of [[part.zoomOut, !view.zoomed], [part.zoomFit, !view.zoomed], [part.zoomIn, !view.duration]]) {
      button.disabled = off;
    }
  }

  drawRuler() {
    const { context, width, height, ratio } = fit(this.part.ruler);
    const { view } = this;
    if (!view.span) return;
    const room = 64 * ratio;
    const step = STEPS.find((seconds) => (seconds / view.span) * width >= room) ?? STEPS.at(-1);
    context.fillStyle = colour(this.part.ruler, "--muted");
    context.font = `${11 * ratio}px ${colour(this.part.ruler, "--sans")}`;
    context.textBaseline = "middle";
    for (let index = Math.ceil(view.start / step); index * step <= view.end; index++) {
      const time = index * step;
      const x = Math.round(view.fraction(time) * width);
      context.fillRect(x, height - 4 * ratio, ratio, 4 * ratio);
      const label = step < 1 ? `${clock(time)}.${Math.round((time % 1) * 10)}` : clock(time);
      if (x + context.measureText(label).width + 5 * ratio < width) context.fillText(label, x + 4 * ratio, height / 2 - ratio);
    }
  }

  drawOutline() {
    const { context, width, height, ratio } = fit(this.part.outline);
    const middle = height / 2;
    context.fillStyle = colour(this.part.wave, "--rule");
    context.fillRect(0, middle, width, ratio);
    const { columns, view } = this;
    if (!columns) return;
    context.fillStyle = colour(this.part.wave, "--wave");
    const scale = columns.bins / (columns.end - columns.start);
    for (let x = 0; x < width; x++) {
      const first = Math.floor((view.time(x / width) - columns.start) * scale);
      const last = Math.max(first + 1, Math.floor((view.time((x + 1) / width) - columns.start) * scale));
      let [low, high] = [127, -127];
      for (let bin = Math.max(0, first); bin < Math.min(last, columns.bins); bin++) {
        low = Math.min(low, columns.outline[2 * bin]);
        high = Math.max(high, columns.outline[2 * bin + 1]);
      }
      if (low <= high) {
        const top = middle - (high / 127) * middle;
        context.fillRect(x, top, 1, Math.max(ratio, ((high - low) / 127) * middle));
      }
    }
  }

  drawSpectrum() {
    const { context, width, height } = fit(this.part.spectrum);
    const { columns, view } = this;
    if (!columns) return;
    const from = rgb(colour(this.part.spectrum, "--page"));
    const to = rgb(colour(this.part.spectrum, "--ink"));
    const image = new ImageData(columns.bins, BANDS);
    for (let column = 0; column < columns.bins; column++) {
      for (let band = 0; band < BANDS; band++) {
        const level = columns.spectrum[column * BANDS + band] / 255;
        const pixel = 4 * ((BANDS - 1 - band) * columns.bins + column);
        for (let channel = 0; channel < 3; channel++) {
          image.data[pixel + channel] = from[channel] + (to[channel] - from[channel]) * level ** 1.3;
        }
        image.data[pixel + 3] = 255;
      }
    }
    const small = new OffscreenCanvas(columns.bins, BANDS);
    small.getContext("2d").putImageData(image, 0, 0);
    const scale = columns.bins / (columns.end - columns.start);
    const left = (view.start - columns.start) * scale;
    context.drawImage(small, left, 0, view.span * scale, BANDS, 0, 0, width, height);
  }

  scrolled() {
    const { part, view } = this;
    if (!view.zoomed) return;
    const start = (part.scroll.scrollLeft / part.scroll.scrollWidth) * view.duration;
    if (Math.abs(start - view.start) * (part.scroll.clientWidth / view.span) > 1.5) view.show(start, start + view.span);
  }

  // The time under a pointer, where it is over a drawing.
  timeAt(event) {
    const track = event.target.closest?.(".view");
    if (!track || !this.view.span) return null;
    const box = track.getBoundingClientRect();
    return this.view.time(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
  }

  wheel(event) {
    const time = this.timeAt(event);
    if (time === null) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.view.zoom(Math.exp(-event.deltaY / 200), time);
    } else if (this.view.zoomed && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
      event.preventDefault();
      this.view.pan(((event.deltaX || event.deltaY) / this.part.wave.clientWidth) * this.view.span);
    }
  }

  press(event) {
    if (event.target.closest(".holder")) return; // the waveform takes windows: see window-view.js
    const time = this.timeAt(event);
    if (time === null || event.button !== 0) return;
    this.seek(time);
    const track = event.target.closest(".view");
    const move = (moved) => {
      const box = track.getBoundingClientRect();
      this.seek(this.view.time(Math.min(Math.max((moved.clientX - box.left) / box.width, 0), 1)));
    };
    const release = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", release);
      window.removeEventListener("pointercancel", release);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
  }
}
