"""A disk that is full, a database that is not there, a backup that is damaged, an address that is none."""

import json
import subprocess
import sys
import zipfile

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import URL

from amarathon.settings import Settings
from human_eval.errors import StorageError
from human_eval.storage.backup import backup, restore
from human_eval.storage.database import database_url, open_database
from human_eval.storage.schema import Study
from tests.human_eval.material import open_study
from tests.serving import ROOT

SECRET = "s3cr3t-p4ss"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:{0}@host:port/db",
        "postgresql://user:{0}@host:99999/db",
        "postgresql://user:{0}@host:0/db",
        "postgresql://user:{0}@[::1/db",
        "postgresql://user:{0}@::1]:5432/db",
        "postgresql://user:x@{0}@host/db",
        "postgresql://user:{0}\0@host/db",
        "mysql://user:{0}@host/db",
        "user:{0}@host/db",
        "://{0}",
        "{0}",
        "sqlite://",
        "sqlite:///x.sqlite?timeout={0}",
        "sqlite://user:{0}@host/x",
    ],
)
def test_an_address_that_is_none_is_a_sentence_without_the_password(address):
    settings = Settings(database_url=address.format(SECRET))
    with pytest.raises(StorageError, match=r"^DATABASE_URL [^\n]+\.$") as raised:
        database_url(settings)
    assert SECRET not in str(raised.value)


def addresses(folder):
    (folder / "file").write_text("no database, but long enough to be taken for one " * 40)
    (folder / "folder").mkdir()
    yield f"sqlite:///{folder / 'file'}"
    yield f"sqlite:///{folder / 'folder'}"
    yield f"sqlite:///{folder / 'file' / 'x.sqlite'}"
    yield "sqlite:////proc/nowhere/x.sqlite"
    yield f"sqlite:///{folder}/{'x' * 300}.sqlite"
    yield f"postgresql://user:{SECRET}@127.0.0.1:1/db"
    yield f"postgresql://user:{SECRET}@nowhere.invalid/db"
    yield f"postgresql://user:{SECRET}@127.0.0.1:1/db?nonsense={SECRET}"
    yield f"postgresql://user:{SECRET}@127.0.0.1:1/db?sslmode=nonsense"


def test_a_database_that_cannot_be_used_is_a_sentence_without_the_password(tmp_path):
    for address in addresses(tmp_path):
        with pytest.raises(StorageError, match=r"^The database of human evaluation, [^\n]+\.$") as raised:
            open_database(database_url(Settings(database_url=address)))
        assert SECRET not in str(raised.value)


def test_a_database_of_a_newer_version_is_a_sentence(tmp_path):
    url = URL.create("sqlite", database=str(tmp_path / "newer.sqlite"))
    database = open_database(url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StorageError, match=r"cannot be used: .*9999"):
        open_database(url)


def test_a_bad_address_stops_the_app_with_one_line(tmp_path):
    address = f"postgresql://user:{SECRET}@host:port/db"
    code = (
        "import sys\n"
        "from amarathon.settings import load_settings\n"
        "from human_eval.service import open_service\n"
        "from human_eval.errors import StorageError\n"
        "try: open_service(load_settings())\n"
        "except StorageError as error: sys.exit(str(error))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"DATABASE_URL": address, "PATH": "/usr/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "DATABASE_URL is not the address of a database.\n"


@pytest.fixture
def lite(tmp_path):
    """A database of SQLite whose disk can be made full."""
    database = open_database(URL.create("sqlite", database=str(tmp_path / "full.sqlite")))
    yield database
    database.close()


def fill(database):
    """No page more: what SQLite says then is what it says on a full disk."""

    @event.listens_for(database.engine, "begin")
    def limit(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    return lambda: event.remove(database.engine, "begin", limit)


def test_a_full_disk_stores_nothing_and_says_so(lite, dataset):
    study = open_study(lite, dataset)
    relieve = fill(lite)
    with (
        pytest.raises(StorageError, match=r"disk of the database is full\. Nothing"),
        lite.writing() as session,
    ):
        session.get_one(Study, study).instructions = "x" * 1_000_000
    with lite.reading() as session:
        assert session.get_one(Study, study).instructions != "x" * 1_000_000
    assert lite.fault() is None  # it can still be read
    relieve()
    with lite.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    lite.engine.dispose()
    with lite.writing() as session:
        session.get_one(Study, study).instructions = "y"


def test_a_database_that_is_gone_is_a_fault(lite, tmp_path):
    lite.engine.dispose()
    (tmp_path / "full.sqlite").write_text("something else, long enough to be taken for a database " * 40)
    for rest in ("-wal", "-shm"):
        (tmp_path / f"full.sqlite{rest}").unlink(missing_ok=True)
    assert lite.fault() == (
        "The database is damaged; restore a backup. Nothing of this was stored; try again later."
    )


def test_a_full_disk_reaches_the_page_as_a_sentence(service, someone, dataset):
    if not service.database.is_sqlite:
        return
    study = open_study(service.database, dataset, must_listen=0.0)
    ann = someone().join(study, "5f0c1d2e3a4b5c6d7e8f9a0b")
    item = ann.next(study)["id"]
    ann.post(f"/items/{item}/open")
    fill(service.database)
    answer = ann.ask("PUT", f"/items/{item}/draft", {"draft": {"x": "x" * 40_000}})
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("The disk of the database is full.")


def test_a_backup_that_cannot_be_written_leaves_nothing(lite, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("human_eval.storage.backup._write", full)
        with pytest.raises(StorageError, match=r"^The backup b\.zip cannot be written: No space left"):
            backup(lite, tmp_path / "b.zip")
    with pytest.raises(StorageError, match="cannot be written"):
        backup(lite, tmp_path / "nowhere" / "b.zip")
    assert not list(tmp_path.glob("*.zip*"))
    assert not list(tmp_path.glob(".*"))


def rewritten(source, target, **tables):
    """A copy of a backup in which some files have other lines."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if tables.get(name.partition(".")[0], "") is None:
                continue
            new.writestr(name, tables.get(name.partition(".")[0], old.read(name)))
    return target


def test_a_damaged_backup_is_one_sentence_without_rows(lite, dataset, tmp_path):
    open_study(lite, dataset, name=f"Study of {SECRET}")
    whole = tmp_path / "whole.zip"
    backup(lite, whole)
    with zipfile.ZipFile(whole) as file:
        line = file.read("studies.jsonl")
    row = json.loads(line)
    cases = {
        "a row twice": {"studies": line + line},
        "a column too many": {"studies": json.dumps(row | {"more": 1})},
        "a column missing": {"studies": json.dumps({"id": row["id"]})},
        "NULL where none may be": {"studies": json.dumps(row | {"name": None})},
        "a list for a text": {"studies": json.dumps(row | {"name": [1]})},
        "a number too large": {"studies": json.dumps(row | {"created_at": 10**400})},
        "no object": {"studies": "[1, 2]"},
        "no JSON": {"studies": "{"},
        "deep": {"studies": "[" * 100_000},
        "no letters": {"studies": b"\xff\xfe\n"},
        "an unknown parent": {"items": json.dumps({"id": "x"})},
        "too long a line": {"studies": b" " * (17 << 20)},
        "no manifest": {"manifest": None},
        "a list as manifest": {"manifest": "[]"},
        "half a manifest": {"manifest": "{}"},
        "no table": {"studies": None},
    }
    for name, tables in cases.items():
        damaged = rewritten(whole, tmp_path / "damaged.zip", **tables)
        empty = open_database(URL.create("sqlite", database=str(tmp_path / "empty.sqlite")))
        try:
            with pytest.raises(
                StorageError, match=r"^damaged\.zip is no whole backup: [^\n]{1,300}\.$"
            ) as raised:
                restore(empty, damaged)
            assert SECRET not in str(raised.value), name
            with empty.reading() as session:
                assert session.scalars(select(Study)).first() is None, name
        finally:
            empty.close()


def test_bytes_that_were_changed_on_the_way_are_one_sentence(lite, dataset, tmp_path):
    open_study(lite, dataset)
    backup(lite, tmp_path / "whole.zip")
    whole = (tmp_path / "whole.zip").read_bytes()
    refused = 0
    for position in range(0, len(whole), len(whole) // 40):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        (tmp_path / "damaged.zip").write_bytes(damaged)
        empty = open_database(URL.create("sqlite", database=str(tmp_path / f"{position}.sqlite")))
        try:
            restore(empty, tmp_path / "damaged.zip")  # where it is a time of the archive, nothing is lost
        except StorageError as error:
            sentence = str(error)
            assert sentence.startswith("damaged.zip is no whole backup: "), sentence
            assert "\n" not in sentence
            refused += 1
        finally:
            empty.close()
    assert refused > 20


def test_what_is_missing_comes_back_missing(service, someone, dataset, tmp_path):
    study = open_study(service.database, dataset)
    ann = someone().join(study, "5f0c1d2e3a4b5c6d7e8f9a0b")
    first = ann.next(study)["id"]
    ann.put(f"/items/{first}/draft", {"draft": {"a": None}})
    other = someone().join(study, "5f0c1d2e3a4b5c6d7e8f9a0c")
    other.next(study)
    backup(service.database, tmp_path / "b.zip")
    restored = open_database(URL.create("sqlite", database=str(tmp_path / "restored.sqlite")))
    try:
        restore(restored, tmp_path / "b.zip")
        for database in (service.database, restored):
            with database.engine.connect() as connection:
                counted = connection.execute(text("SELECT count(*), count(draft) FROM assignments")).one()
                assert tuple(counted) == (2, 1)
    finally:
        restored.close()
