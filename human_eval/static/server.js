// Talking to human evaluation's routes. Every refusal becomes an error whose message is a sentence.

export class Refusal extends Error {
  constructor(message, status, retryAfter = 0) {
    super(message);
    Object.assign(this, { status, retryAfter });
  }

  // Not refused, but failed: the same request may work later.
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Server {
  constructor(base) {
    this.base = base;
    this.csrf = "none"; // what requests that sign in send
  }

  address(path) {
    return `${this.base}${path}`;
  }

  // Addresses that the server gives begin at the app's root, which on a Space is not the origin's.
  resource(address) {
    return new URL("." + address, document.baseURI).href;
  }

  async call(method, path, content) {
    const headers = { "X-CSRF-Token": this.csrf };
    const body = content === undefined ? undefined : JSON.stringify(content);
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(this.address(path), { method, headers, body, credentials: "same-origin" });
    } catch {
      throw new Refusal("There is no connection to the server.", 0);
    }
    const answer = await response.json().catch(() => null); // no JSON: an answer of a proxy, not of ours
    if (response.ok && answer) return answer;
    const sentence = answer?.error || `The server could not do this (${response.status}).`;
    throw new Refusal(sentence, response.status || 503, Number(response.headers.get("Retry-After")) || 0);
  }

  get(path) {
    return this.call("GET", path);
  }

  post(path, content = {}) {
    return this.call("POST", path, content);
  }

  put(path, content) {
    return this.call("PUT", path, content);
  }

  delete(path) {
    return this.call("DELETE", path);
  }

  // Note who is signed in: further requests carry its token.
  know(session) {
    this.csrf = session.csrf || "none";
    return session;
  }
}

// An id that goes with a request however often it is sent.
export const newId = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// The secret of an invitation stands behind the address's #, where no server and no log sees it.
export const invitation = () => new URLSearchParams(location.hash.slice(1)).get("invite");
