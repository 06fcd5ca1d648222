"""The stand-in of the Hub, with pull requests: opened by a commit, listed, and read at their references."""

import base64
import json
import re
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.datasets.hub_stand_in import COMMIT, REPOSITORY, HubHandler

AUTHOR = "bold-team"
API = f"/api/datasets/{REPOSITORY}"
REFERENCE = re.compile(r"refs/pr/(\d+)")


class PullRequests(HubHandler):
    """Keeps each pull request's files under ``.pulls/NUMBER`` beside the repository's."""

    def _posted(self, path: str, body: bytes) -> dict[str, Any]:
        answer = super()._posted(path, body)
        query = parse_qs(urlsplit(self.path).query)
        if path.endswith("/commit/main") and query.get("create_pr") == ["1"]:
            lines = [json.loads(line) for line in body.splitlines() if line.strip()]
            title = next(line["value"]["summary"] for line in lines if line["key"] == "header")
            number = len(list((self.hub.files / ".pulls").glob("*.json"))) + 1
            folder = self.hub.files / ".pulls" / str(number)
            for line in lines:
                if line["key"] == "file":
                    target = folder / line["value"]["path"]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(base64.b64decode(line["value"]["content"]))
            folder.with_suffix(".json").write_text(json.dumps({"title": title}))
            answer["pullRequestUrl"] = f"{self.hub.endpoint}/datasets/{REPOSITORY}/discussions/{number}"
        return answer

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        reference = REFERENCE.search(path)
        if path == f"{API}/discussions":
            self.hub.requests.append(path)
            found = [self._discussion(file) for file in sorted((self.hub.files / ".pulls").glob("*.json"))]
            self._send(json.dumps({"discussions": found, "count": len(found), "start": 0}).encode())
        elif reference is None:
            super()._answer()
        elif path.startswith(f"{API}/tree/"):
            folder = self.hub.files / ".pulls" / reference[1]
            entries = [
                {
                    "type": "file",
                    "path": file.relative_to(folder).as_posix(),
                    "size": file.stat().st_size,
                    "oid": sha1(file.read_bytes()).hexdigest(),
                }
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            ]
            self._send(json.dumps(entries).encode())
        else:
            content = (self.hub.files / ".pulls" / reference[1] / path[reference.end() + 1 :]).read_bytes()
            etag = sha1(content).hexdigest()
            self._send(content, 200, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})

    def _discussion(self, file: Any) -> dict[str, Any]:
        return {
            "num": int(file.stem),
            "title": json.loads(file.read_text())["title"],
            "status": "open",
            "author": {"name": AUTHOR},
            "createdAt": "2026-01-01T00:00:00.000Z",
            "repo": {"name": REPOSITORY, "type": "dataset"},
            "isPullRequest": True,
        }
