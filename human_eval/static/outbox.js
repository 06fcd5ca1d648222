// What the server has not acknowledged yet: kept in the browser, sent in order, again after an outage.
//
// An entry is { id, method, path, content, kind }. One that the server refuses for good is taken out and
// passed to `onRefused`; one that gets no answer stays and is sent again, later and later.

const PREFIX = "amarathon.outbox.";
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;

export class Outbox {
  // `signal` ends it; what is in the box stays for the next one.
  constructor(server, owner, { onSent, onRefused, onState }, signal) {
    Object.assign(this, { server, onSent, onRefused, onState });
    this.key = PREFIX + owner;
    this.wait = FIRST_WAIT_MS;
    this.sending = null;
    this.timer = null;
    window.addEventListener("online", () => this.hurry(), { signal });
  }

  get entries() {
    return JSON.parse(localStorage.getItem(this.key) ?? "[]");
  }

  set entries(list) {
    if (list.length) localStorage.setItem(this.key, JSON.stringify(list));
    else localStorage.removeItem(this.key);
  }

  // Keep an entry, then try to send everything; resolves when this entry has left the box.
  put(entry) {
    // Of drafts only the newest matters.
    const rest = this.entries.filter((other) => !(entry.kind === "draft" && other.kind === "draft" && other.path === entry.path));
    this.entries = [...rest, entry];
    return this.flush();
  }

  hurry() {
    this.wait = FIRST_WAIT_MS;
    return this.flush();
  }

  flush() {
    clearTimeout(this.timer);
    this.sending ??= this.send().finally(() => (this.sending = null));
    return this.sending;
  }

  async send() {
    for (let entry = this.entries[0]; entry; entry = this.entries[0]) {
      this.onState("sending", this.entries.length);
      try {
        const answer = await this.server.call(entry.method, entry.path, entry.content);
        this.drop(entry);
        this.wait = FIRST_WAIT_MS;
        this.onSent(entry, answer);
      } catch (refusal) {
        if (refusal.passing) return this.later(refusal);
        this.drop(entry);
        this.onRefused(entry, refusal);
      }
    }
    this.onState("saved", 0);
  }

  drop(entry) {
    this.entries = this.entries.filter((other) => other.id !== entry.id);
  }

  later(refusal) {
    this.onState(refusal.status ? "busy" : "offline", this.entries.length);
    this.timer = setTimeout(() => this.flush(), Math.max(this.wait, 1000 * refusal.retryAfter));
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
  }
}
