// The microphone: start, level, stop. What the browser makes (WebM, MP4) is uploaded as it is.

import { colour, fit } from "./canvas.js";
import { clock } from "./clock.js";

const REASONS = {
  NotAllowedError: "The browser was not allowed to use the microphone.",
  NotFoundError: "There is no microphone.",
  NotReadableError: "The microphone is in use by another program.",
};

export class Recorder {
  constructor(part, limit, { recorded, refused }) {
    Object.assign(this, { part, limit, recorded, refused });
    this.media = null;
    part.record.addEventListener("click", () => (this.media ? this.stop() : this.start()));
  }

  async start() {
    this.refused(null);
    if (!navigator.mediaDevices?.getUserMedia) {
      this.refused("Recording needs a secure connection (https or this machine itself).");
      return;
    }
    let stream;
    this.part.record.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      this.refused(REASONS[error.name] ?? "The microphone cannot be used.");
      return;
    } finally {
      this.part.record.disabled = false;
    }
    const pieces = [];
    this.media = new MediaRecorder(stream);
    this.media.addEventListener("dataavailable", (event) => pieces.push(event.data));
    this.media.addEventListener("stop", () => {
      this.tidy(stream);
      const type = this.media.mimeType || "audio/webm";
      this.media = null;
      this.recorded(new Blob(pieces, { type }), type.includes("mp4") ? "microphone.m4a" : "microphone.webm");
    });
    this.media.start(1000);
    this.began = performance.now();
    this.part.record.setAttribute("aria-pressed", "true");
    this.follow(stream);
  }

  stop() {
    if (this.media?.state === "recording") this.media.stop();
  }

  // Level and time, until the recording stops.
  follow(stream) {
    this.sound = new AudioContext();
    const meter = this.sound.createAnalyser();
    this.sound.createMediaStreamSource(stream).connect(meter);
    const values = new Float32Array(meter.fftSize);
    this.part.level.hidden = false;
    const draw = () => {
      if (!this.sound) return;
      const spent = (performance.now() - this.began) / 1000;
      this.part.record.textContent = `Stop ${clock(spent)}`;
      meter.getFloatTimeDomainData(values);
      const peak = Math.max(...values.map(Math.abs));
      const { context, width, height } = fit(this.part.level);
      context.fillStyle = colour(this.part.level, "--accent");
      const decibels = Math.max(0, 1 + (20 * Math.log10(peak + 1e-6)) / 60);
      context.fillRect(0, height / 4, width * decibels, height / 2);
      if (spent >= this.limit) this.stop();
      requestAnimationFrame(draw);
    };
    draw();
  }

  tidy(stream) {
    for (const track of stream.getTracks()) track.stop();
    this.sound?.close();
    this.sound = null;
    this.part.level.hidden = true;
    this.part.record.textContent = "Record";
    this.part.record.setAttribute("aria-pressed", "false");
  }
}
