"""Both databases, and the smallest dataset that a study can be made of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from human_eval.database import Database, open_database
from tests.postgres import PostgresServer, running_postgres

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
        yield URL.create("sqlite", database=str(tmp_path / "human_eval.sqlite"))
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
