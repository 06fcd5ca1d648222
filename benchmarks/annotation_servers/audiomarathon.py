"""Human evaluation of this repository, in SQLite."""

import asyncio
import sys
import time
from typing import Any
from uuid import uuid4

from amarathon.settings import Settings
from benchmarks.annotation_servers.program import Person, Program
from benchmarks.human_eval_load import PREFIX
from human_eval.storage.database import database_url, open_database
from human_eval.studies.spec import StudySpec
from human_eval.studies.study import change_state, create, plan


class AudioMarathon(Program):
    """The app as `make run` serves it."""

    command, health = (sys.executable, "app.py"), "/healthz"

    @property
    def variables(self) -> dict[str, str]:
        return {"AMARATHON_PORT": str(self.port), "AMARATHON_DATA": str(self.folder), "DATABASE_URL": ""}

    async def prepare(self, people: int) -> list[Person]:
        study = await asyncio.to_thread(self._make_study, people)
        workers = [Annotator(self.url, study) for _ in range(people)]
        for each in workers:
            await each.join()
        return list(workers)

    def _make_study(self, people: int) -> str:
        # Nobody here can listen for minutes; what was played is reported and judged all the same.
        spec = StudySpec(
            name="Side by side",
            overlap=people,
            must_listen=0,
            consent="",
            sound_check=False,
            joining=["prolific"],
        )
        database = open_database(database_url(Settings(data=self.folder, database_url=None)))
        with database.writing() as session:
            study = create(session, plan(spec), "benchmark")
            change_state(session, study, "open", "benchmark")
        database.close()
        return study.id


class Annotator(Person):
    """Somebody of Prolific."""

    def __init__(self, url: str, study: str):
        super().__init__(url)
        self._study, self._page = study, uuid4().hex
        self.client.headers["X-CSRF-Token"] = "none"

    async def join(self) -> None:
        """Open the study's link."""
        visit = {name: uuid4().hex[:24] for name in ("participant", "study", "session")}
        joined = await self.ask("POST", f"{PREFIX}/join", json={"study": self._study, "prolific": visit})
        self.client.headers["X-CSRF-Token"] = joined["session"]["csrf"]

    async def next(self) -> Any:
        found = await self.ask("POST", f"{PREFIX}/studies/{self._study}/next", json={})
        return found["item"]

    async def work(self, question: Any) -> None:
        path = f"{PREFIX}/items/{question['id']}"
        await self.ask("POST", f"{path}/open", json={})
        at = time.monotonic()
        played = {"start": 0.0, "end": 0.1, "speed": 1.0, "at": at - 0.1}
        report = {"client_id": uuid4().hex, "page": self._page, "sent_at": at}
        await self.ask("POST", f"{path}/listening", json=report | {"intervals": [played]})

    async def save(self, question: Any) -> None:
        said = {"choice": question["options"][0]["index"]} if question["options"] else {"transcript": "words"}
        content = {"client_id": uuid4().hex, "confidence": 3} | said
        await self.ask("PUT", f"{PREFIX}/items/{question['id']}/answer", json=content)
