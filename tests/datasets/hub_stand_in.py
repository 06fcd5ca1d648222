"""A stand-in for the Hub's HTTP interface, as far as its own client downloads and uploads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from huggingface_hub import constants

REPOSITORY = "someone/AudioMarathon"
# What the Hub stores as large files.
LARGE = {".flac", ".wav"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class StandIn:
    """What the stand-in serves and the requests it got.

    Attributes
    ----------
    files : Path
        The repository's content.
    endpoint : str
    refusals : dict
        By the beginning of a path: status and the Hub's error code.
    requests : list of str
        Paths of all requests.
    fetched : list of str
        Paths of the files whose content was sent.
    resumed : dict
        By path, the byte from which the rest of a file was asked for.
    cut : dict
        By path, the byte after which the connection is cut, once.
    damaged : dict
        By path, what is sent instead of its content.
    moved : dict
        By the beginning of a path, where it leads now.
    sent : list of dict
        What was posted: the body of each request to make a dataset, and each line of each commit.
    """

    files: Path
    endpoint: str = ""
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    resumed: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    damaged: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def content(self, path: str) -> bytes:
        """What is sent as a file."""
        return self.damaged.get(path) or (self.files / path).read_bytes()

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Bytes of every file under a folder."""
        found = (path for path in (self.files / folder).rglob("*") if path.is_file())
        return {path.relative_to(self.files).as_posix(): path.stat().st_size for path in sorted(found)}


@contextmanager
def serve(files: Path, handler: type["HubHandler"] | None = None) -> Iterator[StandIn]:
    """Serve a folder as the dataset `REPOSITORY` at `COMMIT`, its branch ``main``."""
    stand_in = StandIn(files)
    own = type("Handler", (handler or HubHandler,), {"hub": stand_in})
    server = ThreadingHTTPServer(("127.0.0.1", 0), own)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stand_in.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use_endpoint(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """What HF_ENDPOINT does, which the client reads when it is imported."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


class HubHandler(BaseHTTPRequestHandler):
    """Answers as the Hub does."""

    hub: StandIn
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for beginning, (status, code) in self.hub.refusals.items():
            if path.startswith(beginning):
                self._send(b"", status, {"X-Error-Code": code})
                return
        self._send(json.dumps(self._posted(path, body)).encode())

    def _posted(self, path: str, body: bytes) -> dict[str, Any]:
        page = f"{self.hub.endpoint}/datasets/{REPOSITORY}"
        if path.endswith("/preupload/main"):
            names = [file["path"] for file in json.loads(body)["files"]]
            return {
                "files": [{"path": name, "uploadMode": "regular", "shouldIgnore": False} for name in names]
            }
        if path.endswith("/commit/main"):
            self.hub.sent += [json.loads(line) for line in body.splitlines() if line.strip()]
            return {"commitUrl": f"{page}/commit/{COMMIT}", "commitOid": COMMIT, "hookOutput": ""}
        if path == "/api/repos/create":
            self.hub.sent.append(json.loads(body))
            return {"url": page}
        return {"errors": [], "warnings": []}

    def log_message(self, *arguments: object) -> None:
        pass

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(path)
        for beginning, (status, code) in self.hub.refusals.items():
            if path.startswith(beginning):
                self._send(b"", status, {"X-Error-Code": code})
                return
        for beginning, now in self.hub.moved.items():
            if path.startswith(beginning):
                self._send(b"", 307, {"Location": now + path.removeprefix(beginning)})
                return
        api, resolve = f"/api/datasets/{REPOSITORY}", f"/datasets/{REPOSITORY}/resolve/{COMMIT}/"
        if path in (f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
            self._send(json.dumps({"id": REPOSITORY, "sha": COMMIT}).encode())
        elif path.startswith(f"{api}/revision/"):
            self._send(b"", 404, {"X-Error-Code": "RevisionNotFound"})
        elif path.startswith(f"{api}/tree/{COMMIT}"):
            self._send_tree(path.removeprefix(f"{api}/tree/{COMMIT}").strip("/"))
        elif path.startswith(resolve):
            self._send_file(path.removeprefix(resolve))
        else:
            self._send(b"", 404, {"X-Error-Code": "RepoNotFound"})

    def _send_tree(self, folder: str) -> None:
        if not (self.hub.files / folder).is_dir():
            self._send(b"", 404, {"X-Error-Code": "EntryNotFound"})
            return
        entries = [self._entry(path, size) for path, size in self.hub.sizes(folder).items()]
        self._send(json.dumps(entries).encode())

    def _entry(self, path: str, size: int) -> dict[str, Any]:
        content = (self.hub.files / path).read_bytes()
        entry = {"type": "file", "path": path, "size": size}
        if Path(path).suffix in LARGE:
            large = {"oid": sha256(content).hexdigest(), "size": size, "pointerSize": 130}
            return entry | {"oid": sha1(path.encode()).hexdigest(), "lfs": large}
        return entry | {"oid": sha1(b"blob %d\0" % size + content).hexdigest()}

    def _send_file(self, path: str) -> None:
        if self.command == "GET":
            self.hub.fetched.append(path)
        etag = sha1(path.encode()).hexdigest()
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        content, status = self.hub.content(path), 200
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        if self.command == "GET" and begin:
            self.hub.resumed[path] = begin
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
            content, status = content[begin:], 206
        cut = self.hub.cut.pop(path, None) if self.command == "GET" else None
        self._send(content, status, headers, cut)

    def _send(
        self,
        content: bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[:cut])
        if cut is not None:
            self.wfile.flush()
            self.connection.shutdown(SHUT_RDWR)
            self.close_connection = True
