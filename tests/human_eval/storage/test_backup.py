"""Backups of each database, restored into each."""

import zipfile

import pytest
from sqlalchemy import select

from human_eval.errors import ConflictError, StorageError
from human_eval.storage.audit import record
from human_eval.storage.backup import backup, restore
from human_eval.storage.database import open_database
from human_eval.storage.schema import Base
from tests.human_eval.material import open_study, played


@pytest.fixture
def answered(service, dataset, someone, clock):
    study = open_study(service.database, dataset, tasks=["SCR"])
    ann = someone().join(study, "ann")
    item = ann.next(study)["id"]
    clock.pass_by(2)
    ann.report(item, played(0, 2, 0), sent_at=2.0)
    ann.answer(item, choice=1, comment="é \N{GRINNING FACE}")
    ann.put(f"/items/{item}/draft", {"draft": {"a": [1, None]}})
    return service.database


def rows(database):
    with database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name != "sessions"
        }


def test_a_restored_database_has_every_row(answered, empty_url, tmp_path):
    counts = backup(answered, tmp_path / "backup.zip")
    assert counts["answers"] == 1
    assert counts["audit"] > 3
    restored = open_database(empty_url)
    try:
        assert restore(restored, tmp_path / "backup.zip") == counts
        assert rows(restored) == rows(answered)
        with restored.writing() as session:
            record(session, "test", "go on")  # ids go on after those that were restored
        with pytest.raises(ConflictError, match="empty"):
            restore(restored, tmp_path / "backup.zip")
    finally:
        restored.close()


def test_a_damaged_backup_restores_nothing(answered, empty_url, tmp_path):
    backup(answered, tmp_path / "backup.zip")
    whole = (tmp_path / "backup.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.zip").write_text("no backup")
    with (
        zipfile.ZipFile(tmp_path / "backup.zip") as file,
        zipfile.ZipFile(tmp_path / "less.zip", "w") as less,
    ):
        for name in file.namelist():
            less.writestr(name, b"" if name == "audit.jsonl" else file.read(name))
    restored = open_database(empty_url)
    try:
        for name in ("half.zip", "text.zip", "less.zip", "absent.zip"):
            with pytest.raises(StorageError, match=name):
                restore(restored, tmp_path / name)
        assert not any(rows(restored).values())
    finally:
        restored.close()
