"""One model behind chat completions on this machine; started by `amarathon.models.remote.worker.process`.

It runs in the model's own environment, with any Python from 3.8 on, so it imports the standard library alone
and nothing of `amarathon`. The first line on standard input says what to load and which token its caller
shows; the first line on standard output says where it listens, or why it does not. It ends when standard
input does.
"""

from __future__ import annotations

import base64
import hmac
import importlib.util
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

LONGEST_MESSAGE = 300


def main() -> None:
    """Load the model, tell where it listens, and serve until the caller is gone."""
    # What the model's code prints, from Python or from below it, must not look like what the caller reads.
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    wanted = json.loads(sys.stdin.readline())
    try:
        answer = load(wanted["file"], wanted["function"])
    except Exception as error:  # noqa: BLE001 - whatever foreign code raises is the reason
        traceback.print_exc()
        tell(told, {"error": said(error)})
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(answer, wanted["name"], wanted["token"]))
    threading.Thread(target=stop_with_caller, args=(server,), daemon=True).start()
    tell(told, {"url": f"http://127.0.0.1:{server.server_address[1]}/v1"})
    server.serve_forever(0.05)
    # A question that is still being worked on has nobody left who waits for it.
    os._exit(0)


def stop_with_caller(server: ThreadingHTTPServer) -> None:
    """Stop serving when the caller closes its end, or is gone."""
    sys.stdin.read()
    server.shutdown()


def tell(stream: IO[str], message: dict[str, str]) -> None:
    """Write one line to the caller."""
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def said(error: Exception) -> str:
    """What an exception says, on one line."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:LONGEST_MESSAGE]


Answer = Callable[[bytes, "list[dict[str, Any]]", int], str]


def load(path: str, function: str) -> Answer:
    """Run the file, call its function, and return what that returns: the one that answers."""
    file = Path(path).resolve()
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, str(file))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    answer: Answer = getattr(module, function)()
    return answer


def handler(answer: Answer, name: str, token: str) -> type[BaseHTTPRequestHandler]:
    """Make the handler of requests: one question at a time, a model is no server."""
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

        def send(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def fail(self, status: int, message: str) -> None:
            self.send(status, {"error": {"message": message, "type": "worker"}})

        def is_caller(self) -> bool:
            return hmac.compare_digest(self.headers.get("Authorization", ""), "Bearer " + token)

        def do_GET(self) -> None:
            if self.is_caller():
                self.send(200, {"object": "list", "data": [{"id": name, "object": "model"}]})
            else:
                self.fail(401, "wrong token")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not self.is_caller():
                self.fail(401, "wrong token")
                return
            body = json.loads(raw)
            messages, sound = unpacked(body["messages"])
            try:
                with one_at_a_time:
                    text = answer(sound, messages, body["max_tokens"])
            except Exception as error:  # noqa: BLE001 - this question's fault, told to the caller
                traceback.print_exc()
                self.fail(422, said(error))
                return
            if isinstance(text, str):
                self.send(200, completion(name, text))
            else:
                self.fail(422, f"the answer is {type(text).__name__}, not str")

    return Handler


def unpacked(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bytes]:
    """The messages with a place for the recording in them, and the recording: a WAV file's bytes."""
    sound, plain = b"", []
    for message in messages:
        content = message["content"]
        parts: list[dict[str, Any]] = (
            [{"type": "text", "text": content}] if isinstance(content, str) else content
        )
        recordings = [part["input_audio"]["data"] for part in parts if part["type"] == "input_audio"]
        sound = base64.b64decode(recordings[0]) if recordings else sound
        kept = [{"type": "audio"} if part["type"] == "input_audio" else part for part in parts]
        plain.append({"role": message["role"], "content": kept})
    return plain, sound


def completion(name: str, text: str) -> dict[str, Any]:
    """A chat completion."""
    message = {"role": "assistant", "content": text}
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "worker", "object": "chat.completion", "created": 0, "model": name, "choices": [choice]}


if __name__ == "__main__":
    main()
