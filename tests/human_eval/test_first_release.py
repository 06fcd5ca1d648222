"""A database as version 0.1.0 wrote it: brought up to date, its work goes on and is backed up.

``first_release/`` has what ``sqlite3 .dump`` and ``pg_dump --inserts`` wrote of databases that 0.1.0 itself
filled over HTTP: a study with two answers, a draft and a flag, a round of verification with a review.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import MetaData, create_engine, select, text
from sqlalchemy.engine import URL

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from human_eval.api.routes import routes_of
from human_eval.service import Service
from human_eval.storage.backup import backup, restore
from human_eval.storage.database import Database, open_database
from human_eval.storage.schema import Base, Study
from tests.human_eval.material import Person
from web.audio_copies import AudioCopies

DUMPS = Path(__file__).parent / "first_release"
PERSON, STUDY, VISIT = "5f0c1ab2c3d4e5f60718293a", "60d9aadeb86739de712faee0", "60d9aadeb86739de712faee1"


@pytest.fixture
def old_url(empty_url: URL) -> URL:
    """Where a database of 0.1.0 is, once of each kind."""
    if empty_url.get_backend_name() == "sqlite":
        assert empty_url.database
        with sqlite3.connect(empty_url.database) as connection:
            connection.executescript((DUMPS / "sqlite.sql").read_text())
        connection.close()
        return empty_url
    plain = empty_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute((DUMPS / "postgresql.sql").read_bytes())
    return empty_url


@pytest.fixture
def upgraded(old_url: URL) -> Iterator[Database]:
    database = open_database(old_url)
    yield database
    database.close()


def rows(url: URL) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as the database itself describes them."""
    engine, tables = create_engine(url), MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        found = {
            name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
            for name, table in tables.tables.items()
        }
    engine.dispose()
    return found


def test_no_row_and_no_value_is_lost(old_url: URL) -> None:
    before = rows(old_url)
    assert {name: len(before[name]) for name in ("answers", "flags", "reviews", "studies")} == {
        "answers": 2,
        "flags": 1,
        "reviews": 2,
        "studies": 1,
    }
    open_database(old_url).close()
    after = rows(old_url)
    changed = {"alembic_version", "accounts"}  # an account of Prolific is named by its visit, see 0002
    for name in before.keys() - changed:
        kept = [{key: row[key] for key in before[name][0]} for row in after[name]] if before[name] else []
        assert sorted(kept, key=repr) == before[name], name
    assert {row["id"] for row in after["accounts"]} == {row["id"] for row in before["accounts"]}


def test_its_tables_are_those_of_today(upgraded: Database) -> None:
    with upgraded.engine.connect() as connection:
        found = MigrationContext.configure(connection, opts={"compare_server_default": False})
        assert compare_metadata(found, Base.metadata) == []


def test_work_goes_on(upgraded: Database, tmp_path: Path) -> None:
    app = FastAPI()
    service = Service(Settings(data=tmp_path), upgraded, AudioCopies(tmp_path / "audio", AudioLimits()))
    app.include_router(routes_of(service))
    with upgraded.reading() as session:
        study = session.scalars(select(Study.id)).one()
    ann = Person(TestClient(app))
    ann.enter(
        "/join", {"study": study, "prolific": {"participant": PERSON, "study": STUDY, "session": VISIT}}
    )
    drafted = ann.next(study)
    assert (drafted["place"], drafted["draft"]) == (3, {"a": [1, None]})
    fields = {"transcript": "so"} if drafted["task"] == "ASR" else {"choice": 2}
    ann.answer(drafted["id"], confidence=3, **fields)
    with upgraded.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM answers")) == 3


def test_it_can_be_backed_up_and_restored(upgraded: Database, tmp_path: Path) -> None:
    counts = backup(upgraded, tmp_path / "b.zip")
    assert counts["answers"] == 2
    restored = open_database(URL.create("sqlite", database=str(tmp_path / "restored.sqlite")))
    try:
        assert restore(restored, tmp_path / "b.zip") == counts
    finally:
        restored.close()
