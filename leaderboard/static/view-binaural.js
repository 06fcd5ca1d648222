// What two ears gain each encoder, beside the ideal listener.

import { some } from "./choices.js";
import { h } from "./dom.js";

export const binauralView = {
  key: "binaural",
  name: "Binaural",
  controls: ["share"],
  parameters: { snr: "", ablation: "raw" },
  hint: () => "How much further a tone that is turned round at one ear moves an encoder's embedding than one that is alike at both. " +
    "Rows come from records of amarathon bmld; a net that was trained here says so.",
  draw({ board, state, announce, figure }) {
    announce(board.binaural.length);
    const shown = [figure("binaural", some(state, ["snr", "ablation"]))];
    return board.binaural.length ? [...shown, measurements(board.binaural)] : shown;
  },
};

function measurements(rows) {
  return h("section", {},
    h("h2", {}, "Measurements"),
    ...rows.map((row) => h("details", {},
      h("summary", {}, h("bdi", {}, row.encoder), ` ${row.presentation}`, row.notice && h("span", { class: "muted" }, " trained here")),
      h("dl", {}, facts(row).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, value)))))));
}

function facts(row) {
  const texts = (entries) => Object.entries(entries).map(([name, value]) => `${name} ${value}`).join(", ") || "unknown";
  return [
    row.notice && ["Notice", row.notice],
    ["Encoder", `${row.version}, ${row.layer}, ${row.parameters} parameters, licence ${row.licence}`],
    ["Heard", `${row.presentation}, levelled ${row.normalisation}, ${row.seeds} seeds of ${row.duration_s} s`],
    ["Record", `folder ${row.folder}, bmld.jsonl, ${row.at}${row.finished ? "" : ", not finished"}`],
    ["Commit", row.commit ?? "unknown"],
    ["Hardware", texts(row.hardware)],
    ["Libraries", texts(row.libraries)],
  ].filter(Boolean);
}
