"""The smallest dataset a study can be made of, and people who take part in it over HTTP."""

import hashlib
import json
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import soundfile

from human_eval.assets import PREFIX
from human_eval.storage.database import Database
from human_eval.studies.spec import StudySpec
from human_eval.studies.study import change_state, create, plan

CLIP_S = 2.0
NAMES = count()


def write_dataset(folder: Path, choices: int = 6, transcripts: int = 2, seconds: float = CLIP_S) -> Path:
    """A folder dataset: questions of four options, and transcripts, each with a tone of its own."""
    (folder / "audio").mkdir(parents=True)
    lines = []
    for number in range(choices + transcripts):
        name = f"audio/{number}.flac"
        time = np.arange(int(seconds * 16_000)) / 16_000
        soundfile.write(folder / name, 0.2 * np.sin(2 * np.pi * (200 + 20 * number) * time), 16_000)
        line: dict[str, Any] = {"file_name": name, "id": f"q{number}", "duration_s": seconds}
        if number < choices:
            options = [{"text": f"{number} {letter}", "label": f"{number} {letter}"} for letter in "wxyz"]
            line |= {"task": "SCR", "question": f"Which {number}?", "options": options, "answer": number % 4}
        else:
            line |= {"task": "ASR", "reference": f"the reference number {number}"}
        lines.append(json.dumps(line))
    (folder / "metadata.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def open_study(database: Database, dataset: Path, **settings: Any) -> str:
    """An open study of a dataset, without consent and sound check unless asked for; its id."""
    plain = {"consent": "", "sound_check": False, "joining": ["invite", "account", "prolific"], "overlap": 2}
    spec = StudySpec(**{"name": f"Study {next(NAMES)}", "dataset": str(dataset)} | plain | settings)
    planned = plan(spec)
    with database.writing() as session:
        study = create(session, planned, "test")
        change_state(session, study, "open", "test")
        return study.id


@dataclass
class Person:
    """Somebody with a browser of their own.

    `http` keeps cookies; `page_s` is what the page's clock shows.
    """

    http: httpx.Client
    csrf: str = "none"
    page: str = "page-0001"
    page_s: float = 0.0
    ids: "count[int]" = field(default_factory=count)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request as the page sends it."""
        sent = {"X-CSRF-Token": self.csrf} | headers
        return self.http.request(method, PREFIX + path, json=body, headers=sent)

    def get(self, path: str) -> Any:
        """What a GET answers; it must."""
        return self._good(self.ask("GET", path))

    def post(self, path: str, body: Any = None) -> Any:
        """What a POST answers; it must."""
        return self._good(self.ask("POST", path, {} if body is None else body))

    def put(self, path: str, body: Any) -> Any:
        """What a PUT answers; it must."""
        return self._good(self.ask("PUT", path, body))

    def enter(self, path: str, body: Any) -> Any:
        """Sign in by some way."""
        answer = self.post(path, body)
        self.csrf = answer.get("session", answer)["csrf"]
        return answer

    def join(self, study: str, name: str) -> "Person":
        """Join by Prolific's link, as the person and in the visit that a name stands for."""
        self.enter("/join", {"study": study, "prolific": visit(name)})
        return self

    def next(self, study: str, **options: Any) -> Any:
        """The next item."""
        return self.post(f"/studies/{study}/next", options)["item"]

    def report(self, item: str, *intervals: dict[str, Any], **fields: Any) -> Any:
        """Say what was played."""
        body = {"client_id": self.new_id(), "page": self.page, "sent_at": self.page_s} | fields
        return self.post(f"/items/{item}/listening", body | {"intervals": list(intervals)})

    def new_id(self) -> str:
        """A client id."""
        return f"client-{next(self.ids):06d}"

    def answer(self, item: str, **fields: Any) -> Any:
        """Save an answer."""
        return self.put(f"/items/{item}/answer", {"client_id": self.new_id()} | fields)

    @staticmethod
    def _good(response: httpx.Response) -> Any:
        assert response.status_code < 300, f"{response.status_code} {response.text}"
        return response.json()


def visit(name: str, visit_name: str | None = None) -> dict[str, str]:
    """What Prolific adds to its link: ids as it makes them."""
    ids = (name, "study", visit_name or name)
    person, study, session = (hashlib.sha256(identifier.encode()).hexdigest()[:24] for identifier in ids)
    return {"participant": person, "study": study, "session": session}


def played(start: float, end: float, at: float, **fields: Any) -> dict[str, Any]:
    """An interval at normal speed."""
    return {"start": start, "end": end, "speed": 1.0, "at": at} | fields
