// Where figures come from.

import { h } from "./dom.js";
import { count } from "./format.js";

export function drawProvenance(node, { comparison, run, prompt }) {
  const device = run.hardware.gpu ?? `${run.hardware.cpu}, ${run.hardware.threads ?? run.hardware.cores} threads`;
  const facts = {
    Model: `${run.model.name} ${run.model.revision}, ${count(run.model.parameters)} weights, ${run.model.dtype} on ${run.model.device}`,
    Hardware: device,
    Libraries: Object.entries(run.libraries).map(([name, version]) => `${name} ${version}`).join(", "),
    Commit: run.commit ?? "installed, not checked out",
    Recording: `${comparison.recording.name}, ${comparison.recording.duration_s.toFixed(1)} s, SHA-256 ${comparison.recording.sha256}`,
    Seed: String(run.seed),
    Measured: run.created_at,
    Prompt: prompt,
  };
  node.replaceChildren(...Object.entries(facts).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
}
