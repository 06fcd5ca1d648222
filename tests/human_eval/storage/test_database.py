"""Tables, migrations, and what a transaction promises, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from amarathon.settings import Settings
from human_eval.errors import StorageError
from human_eval.storage.database import Database, database_url, open_database
from human_eval.storage.schema import AuditEvent, Base


def event(subject: str) -> AuditEvent:
    return AuditEvent(at=1.0, actor="test", action="try", study_id=None, subject=subject, detail={"ä": [1]})


def test_migrations_make_the_declared_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_several_processes_may_migrate_at_once(empty_url: URL) -> None:
    with ThreadPoolExecutor(4) as pool:
        for database in pool.map(lambda _: open_database(empty_url), range(4)):
            database.close()


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            session.add(event("lost"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.writing() as session:
        session.add(event("kept"))
    with database.reading() as session:
        assert [event.subject for event in session.scalars(select(AuditEvent))] == ["kept"]


def test_a_commit_waits_for_the_disk(database: Database) -> None:
    with database.reading() as session:
        setting = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"
        assert session.execute(text(setting)).scalar_one() in (2, "on")


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_audit_log_only_grows(database: Database, change: str) -> None:
    with database.writing() as session:
        session.add(event("kept"))
    with pytest.raises(DBAPIError, match="only grows"), database.writing() as session:
        session.execute(text(change))


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.writing() as writer, database.reading() as reader:
        writer.add(event("not yet"))
        writer.flush()
        assert reader.scalars(select(AuditEvent)).all() == []


def test_database_is_in_the_data_folder_by_default(tmp_path: Path) -> None:
    assert database_url(Settings(data=tmp_path)).database == str(tmp_path / "human_eval.sqlite")


def test_plain_postgresql_addresses_use_psycopg() -> None:
    assert database_url(Settings(database_url="postgresql://a@b/c")).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("address", ["nonsense", "mysql://a@b/c", "sqlite://"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(StorageError, match="DATABASE_URL"):
        database_url(Settings(database_url=address))


def test_an_unreachable_database_is_named_without_its_password() -> None:
    address = Settings(database_url="postgresql://someone:secret@127.0.0.1:1/none")
    with pytest.raises(StorageError, match=r"127\.0\.0\.1/none") as caught:
        open_database(database_url(address))
    assert "secret" not in str(caught.value)
