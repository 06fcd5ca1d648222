"""An hour of human evaluation as it goes: tabs are closed, trains enter tunnels, phones sleep.

Forty people work through a study over real HTTP until nothing is left. Each of them closes the page in the
middle of an item, loses the network and goes on without it, comes back on another device, has two tabs play
at once, lets the phone sleep (its page's clock stands still), and sends the same again after an answer that
did not arrive. The clock is compressed: recordings of about a second stand for those of a minute and a half.

At the end every answer that was acknowledged has to be there once, as it was given, every question has as
many answers as were asked for, and nobody was credited more listening than the time they were there.

    python -m benchmarks.human_eval_hour                                    # SQLite
    python -m benchmarks.human_eval_hour --database postgresql://localhost/empty
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import soundfile
from sqlalchemy import func, select

from amarathon.settings import Settings
from benchmarks.human_eval_load import GIVES_UP_AFTER_S, PREFIX, Server
from human_eval.annotation.coverage import BUDGET_TOLERANCE_S
from human_eval.storage.database import Database, database_url, open_database
from human_eval.storage.schema import Answer, Assignment, Item, Participant
from human_eval.studies.spec import StudySpec
from human_eval.studies.study import change_state, create, plan

QUESTIONS, OVERLAP, GOLD, PRACTICE, SECONDS, MUST_LISTEN = 60, 3, 2, 1, 1.0, 0.8
# How often each of these happens at an item.
CLOSES, LOSES_NETWORK, CHANGES_DEVICE, TWO_TABS, SLEEPS, SENDS_AGAIN = 0.08, 0.15, 0.06, 0.10, 0.08, 0.15
OUTAGE_S, SLEEP_S = (0.5, 3.0), (1.0, 4.0)


@dataclass
class Log:
    """What the people saw."""

    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    finished: int = 0


class Page:
    """One load of the page: a clock of its own, which may have stood still, and an outbox."""

    def __init__(self, person: "Worker"):
        self.person, self.id = person, uuid4().hex
        self.zero, self.outbox = time.monotonic() - random.uniform(0, 1e4), deque[tuple[Any, ...]]()

    @property
    def clock(self) -> float:
        """What ``performance.now()`` says, in seconds."""
        return time.monotonic() - self.zero

    def sleep(self, seconds: float) -> None:
        """The machine slept, and the clock stood still."""
        self.zero += seconds

    def report_listening(self, item: str, start: float, end: float, began: float) -> None:
        """Put a listening report into the outbox."""
        stretch = {"start": start, "end": end, "speed": 1.0, "at": began}
        body = {"client_id": uuid4().hex, "page": self.id, "sent_at": self.clock, "intervals": [stretch]}
        self.outbox.append(("POST", f"/items/{item}/listening", body))

    async def flush(self) -> Any:
        """Send what is in the outbox in order, some of it twice; what the last request answered."""
        answer = None
        while self.outbox:
            method, path, body = self.outbox[0]
            answer = await self.person.ask(method, path, body, refusals=True)
            if random.random() < SENDS_AGAIN:  # the answer got lost on its way
                again = await self.person.ask(method, path, body, refusals=True)
                self.person.log.events["sent again"] += 1
                if not answer.get("error"):
                    assert not again.get("error"), again
            self.outbox.popleft()
        return answer


class Worker:
    """One person and what happens to them."""

    def __init__(self, url: str, study: str, log: Log):
        self.url, self.study, self.log = url, study, log
        self.visit = {name: uuid4().hex[:24] for name in ("participant", "study", "session")}
        self.client, self.csrf = httpx.AsyncClient(base_url=url, timeout=120), "none"

    async def work(self) -> None:
        """Open the page, answer until nothing is left, and submit."""
        await asyncio.sleep(random.uniform(0, 5))
        page = await self.open_page()
        while True:
            found = await self.ask("POST", f"/studies/{self.study}/next", {})
            if found["item"] is None:
                if found["reason"] == "done":
                    break
                await asyncio.sleep(0.5)
                continue
            page = await self.answer(page, found["item"])
        shown = await self.ask("POST", f"/studies/{self.study}/submit", {})
        assert shown["completion_code"]
        self.log.finished += 1
        await self.client.aclose()

    async def open_page(self) -> Page:
        """Open the link, on whatever device."""
        await self.client.aclose()
        self.client, self.csrf = httpx.AsyncClient(base_url=self.url, timeout=120), "none"
        joined = await self.ask("POST", "/join", {"study": self.study, "prolific": self.visit})
        self.csrf = joined["session"]["csrf"]
        return Page(self)

    async def answer(self, page: Page, item: dict[str, Any]) -> Page:
        """Listen and answer; the page that one has in the end."""
        name, length = item["id"], item["duration_s"]
        await self.ask("POST", f"/items/{name}/open", {})
        if random.random() < SLEEPS:
            asleep = random.uniform(*SLEEP_S)
            await asyncio.sleep(asleep)
            page.sleep(asleep)
            self.log.events["slept"] += 1
        if random.random() < CLOSES:
            await self.listen(page, name, 0.0, length / 3)
            self.log.events["closed the tab"] += 1
            return Page(self)  # what it had not sent is gone with it
        if random.random() < CHANGES_DEVICE:
            await self.listen(page, name, 0.0, length / 2)
            await page.flush()
            self.log.events["changed the device"] += 1
            return await self.open_page()
        if random.random() < TWO_TABS:
            await self.two_tabs(name, length)
        offline = random.random() < LOSES_NETWORK
        begun = length - sum(end - start for start, end in item["listening"]["covered"])
        await self.listen(page, name, 0.0, length) if begun else None
        choice = random.randrange(len(item["options"]))
        body = {"client_id": uuid4().hex, "choice": choice, "confidence": 3}
        if offline:
            self.log.events["lost the network"] += 1
            page.outbox.append(("PUT", f"/items/{name}/answer", body))
            await asyncio.sleep(random.uniform(*OUTAGE_S))
            saved = await page.flush()
        else:
            await page.flush()
            page.outbox.append(("PUT", f"/items/{name}/answer", body))
            saved = await page.flush()
        if saved.get("error"):  # two tabs had the time of one: listen again
            self.log.events["had to listen again"] += 1
        else:
            self.log.acknowledged[body["client_id"]] = (name, choice)
            if saved["feedback"]:
                assert item["practice"]
        return page

    async def listen(self, page: Page, item: str, start: float, end: float) -> None:
        """Play a stretch; the report waits in the outbox."""
        began = page.clock
        await asyncio.sleep(end - start)
        page.report_listening(item, start, end, began)

    async def two_tabs(self, item: str, length: float) -> None:
        """Two more tabs play, the item and the one after it, at the same time."""
        ahead = await self.ask("POST", f"/studies/{self.study}/next", {"ahead": True})
        names = [item, ahead["item"]["id"] if ahead["item"] else item]
        tabs = [Page(self) for _ in names]
        await asyncio.gather(
            *(self.listen(tab, name, 0.0, length) for tab, name in zip(tabs, names, strict=True))
        )
        for tab in tabs:
            await tab.flush()
        self.log.events["two tabs"] += 1

    async def ask(self, method: str, path: str, body: Any = None, *, refusals: bool = False) -> Any:
        """One request; what it answers."""
        headers = {"X-CSRF-Token": self.csrf}
        give_up = time.monotonic() + GIVES_UP_AFTER_S
        while True:
            try:
                answer = await self.client.request(method, PREFIX + path, json=body, headers=headers)
            except httpx.TransportError:  # an idle connection was closed: the page sends it again, too
                self.log.events["connection lost"] += 1
                if time.monotonic() > give_up:
                    raise
            else:
                if answer.status_code not in {429, 503}:
                    break
            await asyncio.sleep(0.5)
        if answer.status_code >= 300 and not (refusals and answer.status_code == 409):
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json()


def write_dataset(folder: Path) -> Path:
    """Noise of about a second under questions of four options."""
    folder.mkdir()
    chance, lines = np.random.default_rng(0), []
    for number in range(QUESTIONS + GOLD + PRACTICE):
        seconds = SECONDS * float(chance.uniform(0.9, 1.2))
        name = f"{number}.flac"
        soundfile.write(folder / name, 0.1 * chance.standard_normal(int(seconds * 16_000)), 16_000)
        options = [{"text": letter, "label": letter} for letter in "wxyz"]
        line = {"file_name": name, "id": f"q{number}", "task": "SCR", "question": "Which?", "answer": 0}
        lines.append(json.dumps(line | {"options": options, "duration_s": seconds}))
    (folder / "metadata.jsonl").write_text("\n".join(lines))
    return folder


def check(database: Database, study: str, log: Log, began: float) -> dict[str, Any]:
    """Compare what was acknowledged with what is stored."""
    here = time.time() - began
    with database.reading() as session:
        of_study = select(Answer.client_id, Answer.assignment_id, Answer.choice, Answer.current).join(
            Assignment, Assignment.id == Answer.assignment_id
        )
        stored = session.execute(of_study.where(Assignment.study_id == study)).all()
        pairs = session.execute(
            select(Assignment.participant_id, Assignment.item_id).where(Assignment.study_id == study)
        ).all()
        answered = session.execute(
            select(Item.kind, Item.id, Item.free, func.count(Assignment.id).filter(Assignment.took_place))
            .join(Assignment, Assignment.item_id == Item.id, isouter=True)
            .where(Item.study_id == study)
            .group_by(Item.id)
        ).all()
        listened = session.execute(
            select(Participant.id, func.sum(Assignment.listened_s), func.min(Assignment.leased_at))
            .join(Assignment, Assignment.participant_id == Participant.id)
            .where(Participant.study_id == study)
            .group_by(Participant.id)
        ).all()
    by_client = {row[0]: tuple(row[1:3]) for row in stored}
    current = Counter(row[1] for row in stored if row[3])
    main = [(free, taken) for kind, _, free, taken in answered if kind == "main"]
    return {
        "people": len(listened),
        "finished": log.finished,
        "answers": len(stored),
        "lost": sum(by_client.get(client) != answer for client, answer in log.acknowledged.items()),
        "twice": len(pairs) - len(set(pairs)) + sum(number > 1 for number in current.values()),
        "questions_not_answered_enough": sum((free, taken) != (0, OVERLAP) for free, taken in main),
        "heard_too_much": sum(
            total > here + began - first + BUDGET_TOLERANCE_S for _, total, first in listened
        ),
    }


async def drive(server: Server, study: str, people: int, log: Log) -> None:
    """Let everybody work until nothing is left."""
    await server.ready()
    await asyncio.gather(*(Worker(server.url, study, log).work() for _ in range(people)))


def main() -> None:
    """Run it and print two lines of JSON; exit code 1 if anything is lost or there twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--port", type=int, default=7898)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", help="Address of an empty PostgreSQL database; SQLite by default.")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    if arguments.database:
        os.environ["DATABASE_URL"] = arguments.database
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = open_database(database_url(Settings(data=folder)))
        spec = StudySpec(
            name="An hour",
            dataset=str(write_dataset(folder / "clips")),
            overlap=OVERLAP,
            gold_per_task=GOLD,
            practice_per_task=PRACTICE,
            must_listen=MUST_LISTEN,
            lease_s=20.0,
            consent="",
            sound_check=False,
            joining=["prolific"],
        )
        with database.writing() as session:
            study = create(session, plan(spec), "benchmark")
            change_state(session, study, "open", "benchmark")
        server, log, began = Server(folder, arguments.port), Log(), time.time()
        try:
            asyncio.run(drive(server, study.id, arguments.people, log))
            found = check(database, study.id, log, began)
        finally:
            server.process.kill()
            server.process.wait()
            database.close()
    print(json.dumps({"database": "postgresql" if arguments.database else "sqlite"} | found))
    print(json.dumps(log.events))
    faults = ("lost", "twice", "questions_not_answered_enough", "heard_too_much")
    if any(found[fault] for fault in faults) or found["finished"] != arguments.people:
        sys.exit(1)


if __name__ == "__main__":
    main()
