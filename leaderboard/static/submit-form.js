// Submitting: a file is uploaded and checked, its scores are shown, and it is filed under a name. A receipt leads back.

import { h, say } from "./dom.js";
import { button, factsOf, field, scoresOf } from "./submit-parts.js";

const POLL_MS = 1500;

export function drawUpload(api, { open, largest_bytes: largest, datasets }, onReceipt) {
  if (!open) return h("p", {}, "This server takes no submissions at present.");
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const progress = h("p", { role: "status" });
  const file = h("input", { type: "file", accept: ".zip,application/zip", required: true, "aria-label": "Packed run, a zip file" });
  const send = h("button", { type: "submit", class: "strong" }, "Upload and check");
  const form = h("form", {
    class: "submit",
    onsubmit: async (event) => {
      event.preventDefault();
      say(fault, "");
      if (file.files[0].size > largest) return say(fault, `The file is too large: ${largest >> 20} MiB is the limit.`);
      send.disabled = true;
      progress.textContent = "Uploading and checking.";
      try {
        onReceipt((await api.upload(file.files[0])).receipt);
      } catch (error) {
        say(fault, error.message);
      }
      progress.textContent = "";
      send.disabled = false;
    },
  }, file, send, progress, fault);
  return [
    h("p", {}, "A submission is a packed run: the model's replies, never its scores. They are scored here, by the same program as every run, " +
      "and an administrator decides. No account is needed."),
    h("ol", {},
      h("li", {}, h("code", {}, "amarathon evaluate --model MODEL --dataset DATASET --out runs/mine")),
      h("li", {}, h("code", {}, "amarathon submit runs/mine"), " writes the file to upload here; with ", h("code", {}, "--to"), " it is sent from there.")),
    h("p", { class: "muted" }, "Datasets known here: ",
      datasets.map(({ name, sha256, samples }) => `${name} (${samples} samples, SHA-256 ${sha256.slice(0, 12)})`).join("; ") || "none", "."),
    form,
  ];
}

// The submission of a receipt, again and again until its scores are there.
export function drawReceipt(api, receipt, tasks) {
  const node = h("section", { class: "receipt", "aria-busy": "true" });
  const path = `/receipts/${encodeURIComponent(receipt)}`;
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const attempt = async (act) => {
    try {
      show(await act());
    } catch (error) {
      say(fault, error.message);
      if (!fault.isConnected) node.replaceChildren(fault);
    }
    node.setAttribute("aria-busy", "false");
  };

  function show(one) {
    say(fault, "");
    node.replaceChildren(...[
      h("h2", {}, "Your submission"),
      h("p", {}, "Keep this page's address: it is the receipt, and whoever has it may withdraw the submission. ",
        button("Copy the address", () => navigator.clipboard?.writeText(location.href))),
      factsOf(one),
      scoresOf(one, tasks),
      !one.scored && one.state === "draft" && h("p", { role: "status" }, "Its replies are being scored; this takes from seconds to minutes."),
      one.state === "draft" && one.scored && filing(),
      fault,
      ["draft", "waiting", "accepted"].includes(one.state) && withdrawing(),
    ].filter(Boolean));
    if (one.state === "draft" && !one.scored) {
      setTimeout(() => node.isConnected && attempt(() => api.get(path)), POLL_MS);
    }
  }

  function filing() {
    return h("form", {
      class: "submit",
      onsubmit: (event) => {
        event.preventDefault();
        attempt(() => api.post(`${path}/file`, Object.fromEntries(new FormData(event.target))));
      },
    },
    field("name", "Your name or team, shown with the row", { required: true }),
    field("contact", "Contact, shown to administrators only", { required: true }),
    field("remark", "Remark for the administrators", { long: true, rows: "2" }),
    h("button", { type: "submit", class: "strong" }, "File it for review"));
  }

  function withdrawing() {
    const ask = button("Withdraw", () => ask.replaceWith(h("span", {}, "It cannot be undone. ",
      button("Withdraw it for good", () => attempt(() => api.post(`${path}/withdraw`))))));
    return ask;
  }

  attempt(() => api.get(path));
  return node;
}
