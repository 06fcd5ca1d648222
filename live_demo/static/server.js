// Talking to the demo's routes. Every refusal becomes an error whose message is a sentence.

export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const OFFLINE = "There is no connection to the server.";

export class Server {
  constructor(base) {
    this.base = base;
  }

  address(path, query = {}) {
    const text = new URLSearchParams(query).toString();
    return `${this.base}${path}${text ? "?" + text : ""}`;
  }

  async request(path, { query, ...options } = {}) {
    let response;
    try {
      response = await fetch(this.address(path, query), options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(OFFLINE, 0);
    }
    if (!response.ok) throw await refusal(response.status, () => response.json());
    return response;
  }

  async get(path, query, signal) {
    return (await this.request(path, { query, signal })).json();
  }

  async bytes(path, query, signal) {
    return (await this.request(path, { query, signal })).arrayBuffer();
  }

  async post(path, content) {
    const body = content === undefined ? undefined : JSON.stringify(content);
    const headers = body ? { "Content-Type": "application/json" } : {};
    return (await this.request(path, { method: "POST", body, headers })).json();
  }

  async delete(path) {
    await this.request(path, { method: "DELETE" });
  }

  // XMLHttpRequest, because fetch does not tell how much of a body is sent.
  upload(blob, name, id, onProgress) {
    const request = new XMLHttpRequest();
    const done = new Promise((resolve, reject) => {
      request.open("POST", this.address("/recordings", { name, upload: id }));
      request.responseType = "json";
      request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
      request.onerror = () => reject(new Refusal(OFFLINE, 0));
      request.onabort = () => reject(new Refusal("The upload was cancelled.", 0));
      request.onload = async () => {
        if (request.status === 201) resolve(request.response);
        else reject(await refusal(request.status, async () => request.response));
      };
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.send(blob);
    });
    return { done, abort: () => request.abort() };
  }
}

async function refusal(status, read) {
  let sentence;
  try {
    sentence = (await read())?.error;
  } catch {
    sentence = null; // no JSON: an answer of a proxy, not of ours
  }
  return new Refusal(sentence || `The server could not do this (${status}).`, status);
}
