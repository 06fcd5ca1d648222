// Talking to the routes of submissions. Every refusal becomes an error whose message is a sentence.

export class SubmissionsApi {
  constructor(api) {
    this.base = `${api}/submissions`;
    this.csrf = null;
  }

  get(path) {
    return this.call(path, {});
  }

  post(path, content = {}) {
    return this.call(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(this.csrf && { "X-CSRF-Token": this.csrf }) },
      body: JSON.stringify(content),
    });
  }

  upload(file) {
    return this.call("", { method: "POST", headers: { "Content-Type": "application/zip" }, body: file });
  }

  async call(path, options) {
    let response;
    try {
      response = await fetch(this.base + path, { credentials: "same-origin", ...options });
    } catch {
      throw new Error("The server could not be reached; nothing was changed.");
    }
    const answer = await response.json().catch(() => null);  // no JSON: an answer of a proxy, not of ours
    if (response.ok && answer) return answer;
    throw new Error(answer?.error ?? `The server could not do this (${response.status}).`);
  }
}
