"""``/metrics`` as Prometheus' own parser reads it, who may read it, and what the log holds of a study."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.engine import URL
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from human_eval.api.routes import routes_of
from human_eval.assets import PREFIX
from human_eval.metrics import HumanEvalCollector
from human_eval.service import Service
from human_eval.storage.database import open_database
from live_demo.metrics import DemoCollector
from tests.human_eval.material import Person, open_study, write_dataset
from tests.serving import ServedApp
from web.audio_copies import AudioCopies
from web.guard import guard
from web.limits import Limits
from web.logs import configure_logs
from web.measuring import Counted, RouteNamed
from web.metrics import Metrics
from web.routes import SentenceRoute

TOKEN = "a-token-of-twenty-letters"
NAME, REMARK, PASSWORD = "a-name-nobody-has", "a remark that nobody reads", "correct horse battery"
HERE, ELSEWHERE = "127.0.0.1", "192.0.2.7"


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Every value by its name and its labels' values, in the order of the labels' names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class Site:
    """Human evaluation's routes behind the app's own guard, with the metrics of all faces."""

    def __init__(self, folder: Path, **settings: Any):
        self.settings = Settings(data=folder, admin="boss", **settings)
        database = open_database(URL.create("sqlite", database=str(folder / "x.sqlite")))
        self.people = Service(self.settings, database, AudioCopies(folder / "audio", AudioLimits()))
        waits = [SimpleNamespace(state="waiting"), SimpleNamespace(state="running")]
        queue = SimpleNamespace(held=lambda: waits, ended=Counter(done=3))
        self.metrics = Metrics(self.settings, [HumanEvalCollector(database), DemoCollector(queue)])
        app = FastAPI(middleware=[Middleware(RouteNamed)])
        app.include_router(routes_of(self.people))
        app.include_router(self.metrics.router())
        app.router.add_api_route("/faulty/{name}", self._fail, route_class_override=SentenceRoute)
        guarded = guard(app, self.settings, lambda _: False, Limits(), dict)
        self.app: ASGIApp = Counted(guarded, self.metrics.requests)

    @staticmethod
    def _fail(name: str) -> None:
        raise ValueError(f"{name} cannot be")

    def client(self, address: str = HERE) -> TestClient:
        return TestClient(
            self.app, "http://localhost", raise_server_exceptions=False, client=(address, 50_000)
        )

    def read(self) -> dict[tuple[str, ...], float]:
        answer = self.client().get("/metrics")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return samples(answer.text)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    found = Site(tmp_path)
    yield found
    found.people.database.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    found = Site(tmp_path_factory.mktemp("untouched"))
    yield found
    found.people.database.close()


@pytest.fixture(scope="module")
def with_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    found = Site(tmp_path_factory.mktemp("token"), metrics_token=TOKEN)
    yield found
    found.people.database.close()


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("questions") / "mini", transcripts=0)


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What the log has, as the app sets it up."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:] = kept
    root.setLevel(level)


def annotate(site: Site, dataset: Path) -> list[str]:
    """One answer from joining to saving, one refusal and one fault; gives all that must stay secret."""
    study = open_study(site.people.database, dataset, must_listen=0.0)
    ann = Person(site.client()).join(study, NAME)
    item = ann.next(study)["id"]
    ann.post(f"/items/{item}/open")
    ann.answer(item, choice=1, confidence=4, comment=REMARK)
    assert ann.ask("PUT", f"/items/{item}/answer", {"client_id": ann.new_id()}).status_code == 422
    entry = {"name": NAME, "password": PASSWORD}
    assert ann.ask("POST", "/sign-in", entry).status_code in {401, 403, 404, 409, 422}
    assert ann.http.get(f"/faulty/{REMARK}?token={TOKEN}").status_code == 500
    cookies = [cookie.value for cookie in ann.http.cookies.jar if cookie.value]
    assert cookies
    return [NAME, REMARK, PASSWORD, TOKEN, ann.csrf, item, *cookies]


def test_what_happened_is_what_prometheus_reads(site: Site, questions: Path) -> None:
    before = site.read()
    assert before["amarathon_human_eval_saved_answers",] == 0
    annotate(site, questions)
    found = site.read()
    route = f"{PREFIX}/items/{{item}}/answer"
    assert found["amarathon_human_eval_saved_answers",] == 1
    assert found["amarathon_human_eval_database_up",] == 1
    assert found["amarathon_human_eval_studies", "open"] == 1
    assert found["amarathon_human_eval_assignments", "answered"] == 1
    assert found["amarathon_requests_total", "PUT", route, "200"] == 1
    assert found["amarathon_requests_total", "PUT", route, "422"] == 1
    assert found["amarathon_request_duration_seconds_count", route] == 2
    assert found["amarathon_errors_total", "ValueError", "fault"] == 1
    refused = [value for key, value in found.items() if key[0::2] == ("amarathon_errors_total", "refusal")]
    assert sum(refused) == 2
    assert found["amarathon_demo_queue_length",] == found["amarathon_demo_comparisons", "running"] == 1
    assert found["amarathon_demo_comparisons_ended_total", "done"] == 3
    assert 0 < found["amarathon_disk_free_bytes",] <= found["amarathon_disk_size_bytes",]
    assert found["process_resident_memory_bytes",] > 0


def test_no_metric_names_anybody(site: Site, questions: Path) -> None:
    secret = annotate(site, questions)
    text = site.client().get("/metrics").text
    assert not [each for each in secret if each in text]


def test_a_database_that_is_gone_leaves_the_rest(site: Site, tmp_path: Path) -> None:
    site.people.database.close()
    for path in tmp_path.glob("x.sqlite*"):
        path.write_text("no database " * 1000)
    found = site.read()
    assert found["amarathon_human_eval_database_up",] == 0
    assert ("amarathon_human_eval_saved_answers",) not in found
    assert found["amarathon_disk_free_bytes",] > 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (HERE, {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        (ELSEWHERE, {}, 403),
        ("testclient", {}, 403),
        (HERE, {"X-Forwarded-For": ELSEWHERE}, 403),
        (HERE, {"X-Forwarded-For": HERE}, 403),
        (HERE, {"Via": "1.1 proxy"}, 403),
        (HERE, {"Forwarded": f"for={ELSEWHERE}"}, 403),
        (ELSEWHERE, {"Authorization": "Bearer "}, 403),
    ],
)
def test_without_a_token_this_machine_alone_reads(
    untouched: Site, address: str, headers: dict[str, str], status: int
) -> None:
    answer = untouched.client(address).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert status == 200 or "AMARATHON_METRICS_TOKEN" in answer.json()["error"]


@pytest.mark.parametrize(
    ("address", "brought", "status"),
    [
        (ELSEWHERE, f"Bearer {TOKEN}", 200),
        (HERE, f"Bearer {TOKEN}", 200),
        (HERE, "", 401),
        (ELSEWHERE, f"Bearer {TOKEN[:-1]}", 401),
        (ELSEWHERE, f"Bearer {TOKEN}x", 401),
        (ELSEWHERE, TOKEN, 401),
        (ELSEWHERE, "Bearer é", 401),
    ],
)
def test_with_a_token_whoever_brings_it_reads(
    with_token: Site, address: str, brought: str, status: int
) -> None:
    answer = with_token.client(address).get("/metrics", headers={"Authorization": brought.encode("latin-1")})
    assert answer.status_code == status
    assert TOKEN not in answer.text


def test_the_log_has_no_secret_and_no_answer(site: Site, questions: Path, logged: Callable[[], str]) -> None:
    configure_logs(Settings(log_format="json"))
    secret = annotate(site, questions)
    written = logged()
    assert not [each for each in secret if each in written]
    lines = [json.loads(line) for line in written.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    requests = [line for line in lines if line["logger"] == "web.requests"]
    saved = [line for line in requests if line["method"] == "PUT"]
    assert [line["status"] for line in saved] == [200, 422]
    assert all(line["seconds"] >= 0 for line in requests)
    fault = next(line for line in lines if line["level"] == "ERROR")
    assert "/faulty/{name}" in fault["message"]
    assert fault["fault"].startswith("ValueError\n")
    assert "in _fail" in fault["fault"]


def test_lines_for_people_have_faults_and_no_requests(
    site: Site, questions: Path, logged: Callable[[], str]
) -> None:
    configure_logs(Settings(log_format="text"))
    secret = annotate(site, questions)
    written = logged()
    assert "in _fail" in written
    assert "A request was answered" not in written
    assert not [each for each in secret if each in written]


def test_a_statement_that_fails_keeps_its_values_to_itself(untouched: Site) -> None:
    assert untouched.people.database.engine.hide_parameters


def test_the_app_as_served_names_its_routes(served: ServedApp) -> None:
    for path in ("/", "/v1/leaderboard", "/nothing/here", "/gradio_api/info", "/metrics"):
        served.get(path)
    found = samples(served.get("/metrics").text)
    counted = {key[2] for key in found if key[0] == "amarathon_requests_total"}
    assert {"/", "/v1/leaderboard", "/healthz", "/metrics"} <= counted
    assert not {route for route in counted if "nothing" in route}
    assert found["amarathon_human_eval_database_up",] == 1
    assert found["amarathon_demo_queue_length",] == 0
