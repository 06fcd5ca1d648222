"""Both databases, and the smallest dataset that a study can be made of."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.engine import URL

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from human_eval.api.routes import routes_of
from human_eval.service import Service
from human_eval.storage import identifiers
from human_eval.storage.database import Database, open_database
from tests.human_eval.material import Person, write_dataset
from tests.postgres import PostgresServer, running_postgres
from web.audio_copies import AudioCopies

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """Name of a database with all tables, to be copied."""
    url = postgres.create()
    open_database(url).close()
    return str(url.database)


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Where an empty database is, once of each kind."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "empty.sqlite"))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Where a database is whose tables are there, once of each kind."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "human_eval.sqlite"))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    found = server.create(request.getfixturevalue("postgres_template"))
    yield found
    server.drop(found)


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    """An open database without rows, once of each kind."""
    opened = open_database(url)
    yield opened
    opened.close()


class Clock:
    """Time that passes only where a test says so."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def time(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The server's clock, which the test moves."""
    clock = Clock()
    monkeypatch.setattr(identifiers, "time", clock)
    return clock


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six questions and two transcripts, two seconds each."""
    return write_dataset(tmp_path_factory.mktemp("dataset") / "mini")


@pytest.fixture(scope="session")
def audio_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoded audio, made once for all tests."""
    return tmp_path_factory.mktemp("audio_cache")


@pytest.fixture
def service(database: Database, tmp_path: Path, audio_cache_folder: Path) -> Service:
    """Everything that the routes work with, once on each database."""
    settings = Settings(data=tmp_path, admin="boss")
    return Service(settings, database, AudioCopies(audio_cache_folder, AudioLimits()))


@pytest.fixture
def someone(service: Service) -> Callable[[], Person]:
    """Makes people, each with a browser."""
    app = FastAPI()
    app.include_router(routes_of(service))
    return lambda: Person(TestClient(app, raise_server_exceptions=False))
