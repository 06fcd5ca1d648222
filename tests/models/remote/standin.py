"""A stand-in for services: it answers what it is told to and keeps what it was sent. Loopback only."""

import base64
import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.models.remote.replies import chat, gemini


@dataclass
class Seen:
    """A question: where it went, its headers and body, and the recordings in it with their forms."""

    path: str
    headers: dict
    body: dict
    sounds: list


@dataclass
class StandIn:
    """Takes `faults` from the front: status, headers and body, or ``"drop"`` or ``"hang"`` for a status."""

    url: str = ""
    seen: list = field(default_factory=list)
    looked_up: list = field(default_factory=list)
    uploads: dict = field(default_factory=dict)
    deleted: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    look_up_faults: list = field(default_factory=list)
    reply: object = "A"  # or a callable of what was seen
    served: str | None = None  # by default the model that was asked
    models: tuple = ("Qwen2.5-Omni-7B",)
    owner: str = "vllm"
    shutdown: str | None = None
    audio_tokens: int | None = None
    slow_s: float = 0.0
    busiest: int = 0
    at_work: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def it(self) -> StandIn:
        return self.server.it

    def log_message(self, *_):
        pass

    def _send(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.it.looked_up.append((self.path, dict(self.headers)))
        if self.it.look_up_faults:
            return self._fail(self.it.look_up_faults.pop(0))
        if self.path == "/v1/models":
            entries = [
                {"id": name, "object": "model", "owned_by": self.it.owner, "root": f"Someone/{name}"}
                for name in self.it.models
            ]
            return self._send(200, {"object": "list", "data": entries})
        found = re.match(r"/v1(?:beta)?/models/([^?]+)", self.path)
        body = {"id": found[1], "object": "model", "shutdown_date": self.it.shutdown}
        return self._send(200, body | {"name": f"models/{found[1]}", "version": "001"})

    def do_DELETE(self):
        self.it.deleted.append(self.path)
        self._send(200, {})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/upload/"):
            return self._upload(raw)
        with self.it.lock:
            self.it.at_work += 1
            self.it.busiest = max(self.it.busiest, self.it.at_work)
        try:
            return self._answer(json.loads(raw))
        finally:
            with self.it.lock:
                self.it.at_work -= 1

    def _upload(self, raw):
        url = f"{self.it.url}/upload/v1/files?n="
        if self.headers.get("X-Goog-Upload-Command") == "start":
            name = f"files/f{len(self.it.uploads)}"
            self.it.uploads[name] = b""
            return self._send(
                200, {}, [("X-Goog-Upload-URL", url + name), ("X-Goog-Upload-Status", "active")]
            )
        name = self.path.partition("n=")[2]
        self.it.uploads[name] += raw
        file = {"name": name, "uri": f"{self.it.url}/v1/{name}", "state": "ACTIVE", "mimeType": "audio/flac"}
        return self._send(200, {"file": file}, [("X-Goog-Upload-Status", "final")])

    def _answer(self, body):
        is_gemini = ":generateContent" in self.path
        sounds = list(_gemini_sounds(body, self.it) if is_gemini else _chat_sounds(body))
        seen = Seen(self.path, dict(self.headers), body, sounds)
        with self.it.lock:
            self.it.seen.append(seen)
            fault = self.it.faults.pop(0) if self.it.faults else None
        time.sleep(self.it.slow_s)
        if fault is not None:
            return self._fail(fault)
        text = self.it.reply(seen) if callable(self.it.reply) else self.it.reply
        asked = re.search(r"models/([^:]+):", self.path)[1] if is_gemini else body["model"]
        made = gemini if is_gemini else chat
        tokens = {"audio_tokens": self.it.audio_tokens} if self.it.audio_tokens is not None else {}
        return self._send(200, made(text, self.it.served or asked, **tokens), [("x-request-id", "req_1")])

    def _fail(self, fault):
        status, headers, body = fault
        if status == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if status == "hang":
            time.sleep(body)
            status, body = 200, {}
        self._send(status, body, headers)


def _chat_sounds(body):
    for message in body.get("messages", []):
        for part in message["content"] if isinstance(message["content"], list) else []:
            if part["type"] == "input_audio":
                sound = part["input_audio"]
                data, form = (sound, "plain") if isinstance(sound, str) else (sound["data"], sound["format"])
                yield base64.b64decode(data), form


def _gemini_sounds(body, it):
    for content in body.get("contents", []):
        for part in content["parts"]:
            found = part.get("inlineData") or part.get("fileData")
            if found is None:
                continue
            form = found.get("mimeType") or found["mime_type"]
            if "data" in found:
                yield base64.b64decode(found["data"].replace("-", "+").replace("_", "/")), form
            else:
                uri = found.get("fileUri") or found["file_uri"]
                yield it.uploads["files/" + uri.rpartition("/")[2]], form


@contextmanager
def stand_in(**more):
    """Run one for the time of a ``with`` block."""
    it = StandIn(**more)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.it = it
    it.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
