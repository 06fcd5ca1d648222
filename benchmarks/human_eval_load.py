"""Human evaluation under load: many annotators over real HTTP, and a server that is killed meanwhile.

Each annotator leases an item, fetches its audio by Range, waits as long as listening takes, reports it,
and saves an answer, again after every failure with the same id. At the end every acknowledged answer has
to be in the database once, in its annotator's name.

    python -m benchmarks.human_eval_load                              # 200 people, five minutes
    python -m benchmarks.human_eval_load --people 50 --kills 50       # kill -9 fifty times meanwhile
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import soundfile
from sqlalchemy import select

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from benchmarks._rows import row
from human_eval.service import FOLDER
from human_eval.storage.database import Database, database_url, open_database
from human_eval.storage.schema import Answer, Assignment, Item, Recording
from human_eval.studies.spec import StudySpec
from human_eval.studies.study import change_state, create, plan
from web.audio_copies import AudioCopies

ITEMS, SHORTEST_S, LONGEST_S, MUST_LISTEN = 200, 8.0, 12.0, 0.8
PREFIX, RANGE_BYTES = "/v1/human", 16_384
STARTS_WITHIN_S, GIVES_UP_AFTER_S = 900.0, 120.0


@dataclass
class Tally:
    """What the annotators saw: answers acknowledged, seconds of each save, failures met."""

    acknowledged: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    saves: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


class Server:
    """The app as a process that can be killed and started again."""

    def __init__(self, folder: Path, port: int):
        self.url, self._folder, self._port = f"http://127.0.0.1:{port}", folder, port
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        own = {"AMARATHON_PORT": str(self._port), "AMARATHON_DATA": str(self._folder)}
        with (self._folder / "log.txt").open("ab") as log:
            return subprocess.Popen([sys.executable, "app.py"], env=os.environ | own, stdout=log, stderr=log)

    async def ready(self) -> None:
        """Wait until it serves."""
        end = time.monotonic() + STARTS_WITHIN_S
        async with httpx.AsyncClient() as client:
            while time.monotonic() < end:
                try:
                    if (await client.get(f"{self.url}/healthz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass  # not listening yet
                await asyncio.sleep(0.1)
        raise RuntimeError((self._folder / "log.txt").read_text())

    async def kill_and_start(self) -> None:
        """``kill -9``, and start it again."""
        self.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)
        self.process = self._start()
        await self.ready()


class Annotator:
    """One simulated person."""

    def __init__(self, client: httpx.AsyncClient, study: str, tally: Tally, end: float):
        self._client, self._study, self._tally, self._end = client, study, tally, end
        self._csrf, self._page = "none", uuid4().hex
        self.id = ""

    async def work(self) -> None:
        """Join and answer until the time is over."""
        await asyncio.sleep(random.uniform(0, 8))
        person, study, visit = (uuid4().hex[:24] for _ in range(3))
        prolific = {"participant": person, "study": study, "session": visit}
        joined = await self._ask("POST", "/join", {"study": self._study, "prolific": prolific})
        self._csrf = joined["session"]["csrf"]
        self.id = (await self._ask("GET", f"/studies/{self._study}"))["annotator"]
        while time.monotonic() < self._end:
            item = (await self._ask("POST", f"/studies/{self._study}/next", {}))["item"]
            if item is None:
                return
            await self._answer(item)

    async def _answer(self, item: dict[str, Any]) -> None:
        path = f"/items/{item['id']}"
        await self._ask("POST", f"{path}/open", {})
        await self._fetch(item["audio"]["opus"])
        seconds, began = item["duration_s"] * MUST_LISTEN, time.monotonic()
        await asyncio.sleep(seconds)
        interval = {"start": 0, "end": seconds, "speed": 1, "at": began}
        report = {"client_id": uuid4().hex, "page": self._page, "sent_at": time.monotonic()}
        await self._ask("POST", f"{path}/listening", report | {"intervals": [interval]})
        choice, client_id = random.randrange(len(item["options"])), uuid4().hex
        body = {"client_id": client_id, "choice": choice}
        await self._ask("PUT", f"{path}/answer", body, timed=True)
        self._tally.acknowledged[client_id] = (item["id"], self.id, choice)

    async def _fetch(self, address: str) -> None:
        first = 0
        while True:
            span = {"Range": f"bytes={first}-{first + RANGE_BYTES - 1}"}
            answer = await self._send("GET", address, headers=span)
            if answer.status_code != 206 or len(answer.content) < RANGE_BYTES:
                return
            first += RANGE_BYTES

    async def _ask(self, method: str, path: str, body: Any = None, *, timed: bool = False) -> Any:
        began = time.perf_counter()
        headers = {"X-CSRF-Token": self._csrf}
        answer = await self._send(method, PREFIX + path, json=body, headers=headers)
        if timed:
            self._tally.saves.append(time.perf_counter() - began)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json()

    async def _send(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Send until there is an answer, as the page does."""
        give_up = time.monotonic() + GIVES_UP_AFTER_S
        while True:
            try:
                answer = await self._client.request(method, path, **rest)
            except httpx.TransportError as error:
                self._tally.statuses[type(error).__name__] += 1
                if time.monotonic() > give_up:
                    raise
                await asyncio.sleep(random.uniform(0.2, 1.0))
                continue
            self._tally.statuses[str(answer.status_code)] += 1
            return answer


async def drive(server: Server, study: str, people: int, seconds: float, kills: int) -> Tally:
    """Let people work for a while, and kill the server meanwhile."""
    tally, end = Tally(), time.monotonic() + seconds
    clients = [httpx.AsyncClient(base_url=server.url, timeout=60) for _ in range(people)]
    working = [asyncio.create_task(Annotator(client, study, tally, end).work()) for client in clients]
    for _ in range(kills):
        await asyncio.sleep(random.uniform(0.5, 4.0))
        await server.kill_and_start()
    results = await asyncio.gather(*working, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    for client in clients:
        await client.aclose()
    for failure in failures[:3]:
        print(f"An annotator stopped: {failure!r}")
    tally.statuses["annotators that stopped"] = len(failures)
    return tally


def check(database: Database, tally: Tally) -> dict[str, int]:
    """Compare what was acknowledged with what is stored."""
    with database.reading() as session:
        stored = session.execute(
            select(Answer.client_id, Answer.assignment_id, Assignment.participant_id, Answer.choice).join(
                Assignment, Assignment.id == Answer.assignment_id
            )
        ).all()
        pairs = session.execute(select(Assignment.participant_id, Assignment.item_id)).all()
        taken = Counter(session.scalars(select(Assignment.item_id).where(Assignment.took_place)))
        items = session.execute(select(Item.id, Item.free, Item.study_id)).all()
    wanted = {free + taken[item] for item, free, _ in items}
    by_client = {row[0]: tuple(row[1:]) for row in stored}
    return {
        "stored": len(stored),
        "acknowledged": len(tally.acknowledged),
        "lost": sum(client not in by_client for client in tally.acknowledged),
        "misassigned": sum(by_client.get(c, answer) != answer for c, answer in tally.acknowledged.items()),
        "duplicated": len(stored) - len({row[1] for row in stored}) + len(pairs) - len(set(pairs)),
        "items_with_wrong_places": 0 if len(wanted) == 1 else len(items),
    }


def write_dataset(folder: Path) -> Path:
    """Noise of 8 to 12 s under questions of four options."""
    folder.mkdir()
    chance, lines = np.random.default_rng(0), []
    for number in range(ITEMS):
        seconds = float(chance.uniform(SHORTEST_S, LONGEST_S))
        soundfile.write(
            folder / f"{number}.flac", 0.1 * chance.standard_normal(int(seconds * 16_000)), 16_000
        )
        options = [{"text": letter, "label": letter} for letter in "wxyz"]
        line = {"file_name": f"{number}.flac", "id": f"q{number}", "task": "SCR", "question": "Which?"}
        lines.append(json.dumps(line | {"options": options, "answer": 0, "duration_s": seconds}))
    (folder / "metadata.jsonl").write_text("\n".join(lines))
    return folder


def main() -> None:
    """Run it and print one line of JSON; exit code 1 if an answer is lost, doubled or misassigned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--port", type=int, default=7899)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data=folder)
        database = open_database(database_url(settings))
        spec = StudySpec(
            name="Load",
            dataset=str(write_dataset(folder / "clips")),
            overlap=max(1, arguments.people),
            must_listen=MUST_LISTEN,
            consent="",
            sound_check=False,
            joining=["prolific"],
        )
        with database.writing() as session:
            study = create(session, plan(spec), "benchmark")
            change_state(session, study, "open", "benchmark")
        with database.reading() as session:
            for recording in session.scalars(select(Recording)):
                cache = AudioCopies(folder / FOLDER / "audio", AudioLimits())
                cache.make(Path(recording.path), recording.sha256)
        server = Server(folder, arguments.port)
        try:
            asyncio.run(_ready_and_drive(server, database, study.id, arguments))
        finally:
            server.process.kill()
            server.process.wait()
            database.close()


async def _ready_and_drive(
    server: Server, database: Database, study: str, arguments: argparse.Namespace
) -> None:
    await server.ready()
    tally = await drive(server, study, arguments.people, arguments.seconds, arguments.kills)
    found = check(database, tally)
    p50, p99 = np.percentile(tally.saves or [0.0], [50, 99]) * 1000
    figures = {"people": arguments.people, "seconds": arguments.seconds, "kills": arguments.kills}
    figures |= {"save_p50_ms": round(p50), "save_p99_ms": round(p99)}
    what = f"An answer saved, {arguments.people} people, 99th percentile"
    rows = [row(what, [float(p99)], [float(p50)], "the median", unit="ms")]
    print(json.dumps(figures | found | {"rows": rows}))
    print(json.dumps(tally.statuses))
    if found["lost"] or found["misassigned"] or found["duplicated"] or found["items_with_wrong_places"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
