"""A program: human evaluation in the folder that it is given, whose disk it fills and clears again.

``small_disk.py full|limit FOLDER DATASET``: the disk is full, or no file may grow any more (as by a quota).

It prints what happened as JSON.
"""

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.engine import URL

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from human_eval.api.routes import routes_of
from human_eval.service import Service
from human_eval.storage.database import open_database
from human_eval.storage.schema import Answer
from tests.human_eval.material import Person, open_study
from web.audio_copies import AudioCopies
from web.health import storage_fault

LONG = "x" * 2000


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """A disk without room for another byte."""
    fill(folder / "filler")
    yield
    (folder / "filler").unlink()


@contextmanager
def limit(folder: Path) -> Iterator[None]:
    """A program whose files may not grow beyond what the largest is now."""
    most = max(path.stat().st_size for path in folder.iterdir() if path.is_file())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill(path: Path) -> None:
    """Write until nothing more is taken."""
    with path.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def main(kind: str, folder: Path, dataset: Path) -> None:
    nothing_taken = {"full": full, "limit": limit}[kind]
    url = URL.create("sqlite", database=str(folder / "x.sqlite"))
    database = open_database(url)
    service = Service(Settings(data=folder), database, AudioCopies(folder / "audio", AudioLimits()))
    app = FastAPI()
    app.include_router(routes_of(service))
    # Transcripts are answered in words, questions by a choice.
    study = open_study(database, dataset, must_listen=0.0, tasks=["SCR"])
    ann = Person(TestClient(app, raise_server_exceptions=False))
    ann.enter(
        "/join",
        {"study": study, "prolific": {"participant": "a" * 24, "study": "b" * 24, "session": "c" * 24}},
    )
    item = ann.next(study)["id"]
    ann.post(f"/items/{item}/open")

    def save(number: int) -> tuple[int, str]:
        body = {"client_id": f"client-{number:06d}", "choice": number % 4, "comment": f"{number} {LONG}"}
        answer = ann.ask("PUT", f"/items/{item}/answer", body)
        return answer.status_code, answer.json().get("error", "")

    acknowledged, refused, number = [], [], 0
    for _ in range(2):
        before = len(refused)
        with nothing_taken(folder):
            while len(refused) < before + 2:
                status, sentence = save(number)
                (acknowledged if status == 200 else refused).append((number, status, sentence))
                number += 1
            fault = storage_fault(folder)
            reads = ann.ask("GET", f"/items/{item}").status_code
        again = save(refused[-1][0])  # as the page sends it again
        acknowledged.append((refused[-1][0], *again))
    database.close()
    opened = open_database(url)
    with opened.reading() as session:
        stored = [int(comment.split()[0]) for comment in session.scalars(select(Answer.comment))]
    found = {
        "acknowledged": acknowledged,
        "refused": refused,
        "stored": stored,
        "fault": fault,
        "reads": reads,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
