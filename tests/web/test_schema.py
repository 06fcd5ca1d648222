"""schemathesis asks everything of our own routes, as who may ask it, with ids of things that are there."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from limits import RateLimitItemPerMinute
from schemathesis import GenerationMode

from amarathon.audio import load_audio
from amarathon.generation.outcome import Outcome
from amarathon.settings import Settings
from human_eval.accounts import hash_password, make_local
from human_eval.api import limits as entrance_limits
from human_eval.api import requests, routes
from human_eval.api.administrator import administrator_of
from human_eval.service import open_service
from leaderboard import api as leaderboard_api
from leaderboard.samples import api as samples_api
from leaderboard.samples.filters import Wanted
from leaderboard.samples.library import open_library
from live_demo.api import routes_of
from live_demo.service import DemoService
from tests.human_eval.material import Person, open_study, write_dataset
from tests.live_demo.conftest import tone_file
from tests.serving import PATIENCE_S

PASSWORD = "correct horse battery"
EXAMPLES = 6
# What ends something goes last: the others need it.
LAST = ("/sign-out", "/me", "/state", "/admin/participants/", "/admin/invites/", "/stop", "/submit")


class World:
    """An app with something of everything in it, and its administrator, who takes part as well."""

    def __init__(self, folder: Any):
        chosen = Settings(data=folder / "data", admin="boss", max_upload_bytes=1_000_000)
        people, demo = open_service(chosen), DemoService(chosen, decode=load_audio)
        demo.queue.answer = lambda model, audio, ask, stop: (
            Outcome(one, reply="A") for one in ask.configurations
        )
        samples = open_library(chosen, people.held_back)
        self.app = FastAPI(routes=leaderboard_api.router(chosen, administrator_of(people)).routes)
        self.app.include_router(samples_api.routes_of(samples))
        self.app.include_router(routes.routes_of(people))
        self.app.router.routes.extend(routes_of(demo).routes)
        with people.database.writing() as session:
            make_local(session, "boss", hash_password(PASSWORD))
        self.boss = Person(TestClient(self.app))
        self.enter()
        data = write_dataset(folder / "dataset")
        # What is asked in a study is not reviewed by those who take part: they review transcripts.
        study = open_study(
            people.database, data, must_listen=0.0, consent="Yes?", sound_check=True, tasks=("SCR",)
        )
        self.boss.enter("/join", {"study": study})
        path = f"/studies/{study}"
        self.boss.post(f"{path}/consent", {"consent": "Yes?"})
        working = open_study(people.database, data, must_listen=0.0, tasks=("SCR",))
        self.boss.enter("/join", {"study": working})
        item = self.boss.next(working)["id"]
        self.boss.post(f"/items/{item}/open")
        wanted = {"dataset": str(data), "subset": "ASR", "seed": 3}
        verification = self.boss.post("/admin/verification", wanted)["round"]["id"]
        review = self.boss.post("/verification/next", {"round": verification})["review"]
        made = self.boss.post(f"/admin/studies/{study}/invites", {"label": "", "uses": 1})
        recording = self.http.post("/v1/demo/recordings", content=tone_file(2.0)).json()["id"]
        ask = {"recording": recording, "task": "free", "question": "?", "configurations": []}
        comparison = self.http.post("/v1/demo/comparisons", json=ask | {"max_new_tokens": 1}).json()["id"]
        demo.queue.run(comparison)
        self.ids = {
            "study": working,
            "item": item,
            "round_id": verification,
            "review": review["id"] if review else "0" * 32,
            "invite": made["invite"]["id"],
            "recordings": recording,
            "comparisons": comparison,
            "name": next(iter(demo.examples)),
            "number": 1,
            "sample": samples.list(Wanted(), 1).samples[0].id,
        }

    @property
    def http(self) -> Any:
        return self.boss.http

    def enter(self) -> None:
        self.boss.csrf = "none"
        self.boss.enter("/sign-in", {"name": "boss", "password": PASSWORD})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        many = RateLimitItemPerMinute(10**6)
        for module, name in (
            *((requests, name) for name in ("CHANGES", "ENTRANCES")),
            *((entrance_limits, name) for name in ("FAILURES_OF_NAME", "FAILURES", "ACCOUNTS")),
        ):
            patch.setattr(module, name, many)
        yield World(tmp_path_factory.mktemp("world"))


def test_nothing_that_is_asked_is_a_fault_of_the_program(world: World) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", world.app)
    operations = [operation.ok() for operation in schema.get_all_operations()]
    ends = lambda one: one.method.lower() == "delete" or any(part in one.path for part in LAST)  # noqa: E731
    operations.sort(key=ends)
    assert len(operations) > 60
    statuses: dict[str, Counter[int]] = {}
    for operation in operations:
        seen = statuses.setdefault(operation.label, Counter())
        _ask(world, operation, GenerationMode.POSITIVE, seen)
        with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
            _ask(world, operation, GenerationMode.NEGATIVE, seen)
    changed = [
        label for label, seen in statuses.items() if not label.startswith("GET") and seen.keys() & SUCCESS
    ]
    assert len(changed) > 15, statuses  # changes were let in
    refused = [label for label, seen in statuses.items() if set(seen) <= {401, 403, 429}]
    assert refused == []


SUCCESS = {200, 201, 303}


def _ask(world: World, operation: Any, mode: GenerationMode, seen: "Counter[int]") -> None:
    @settings(
        max_examples=EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        database=None,
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        _point_at_what_is_there(world, case)
        entering = operation.path.endswith(("/sign-in", "/accounts", "/join", "/way-back"))
        headers = {**(case.headers or {}), "X-CSRF-Token": "none" if entering else world.boss.csrf}
        cookies = dict(world.http.cookies.items())
        answer = case.call(headers=headers, cookies=cookies, timeout=PATIENCE_S)
        seen[answer.status_code] += 1
        assert answer.status_code < 500 or answer.status_code == 503, (operation.label, answer.text)
        if answer.status_code >= 400 and answer.status_code not in {405, 416}:
            content = json.loads(answer.content or b"{}")
            assert content.get("error") or content.get("detail") == "Not Found", (operation.label, content)
        if operation.path.endswith("/sign-out") and answer.status_code == 200:
            world.enter()

    ask()


def _point_at_what_is_there(world: World, case: Any) -> None:
    """Every second time: made-up ids are asked for as well."""
    if zlib.crc32(json.dumps(case.path_parameters or {}, sort_keys=True, default=str).encode()) % 4 == 0:
        return
    for name in case.path_parameters or {}:
        key = case.operation.path.split("/")[3] if name == "identifier" else name
        if key in world.ids:
            case.path_parameters[name] = world.ids[key]
