"""Backups for a place whose disk is gone at every restart, and file systems that SQLite may not lie on."""

from collections import namedtuple

import psutil
import pytest
from sqlalchemy.engine import URL

from human_eval.errors import StorageError
from human_eval.storage import filesystems, regular
from human_eval.storage.audit import record
from human_eval.storage.database import open_database
from human_eval.storage.regular import RegularBackups
from tests.human_eval.material import open_study
from tests.human_eval.storage.test_backup import rows

Mounted = namedtuple("Mounted", "mountpoint fstype")


def fresh(folder, name):
    return open_database(URL.create("sqlite", database=str(folder / f"{name}.sqlite")))


def act(database):
    with database.writing() as session:
        record(session, "test", "go on")


@pytest.fixture
def bucket(tmp_path):
    return tmp_path / "bucket"


def test_after_a_restart_everything_is_there(database, dataset, bucket, tmp_path):
    backups = RegularBackups(database, bucket)
    assert backups.restore_newest() is None
    open_study(database, dataset)
    written = backups.write()
    assert list(bucket.iterdir()) == [written]
    assert backups.write() is None  # nobody did anything
    act(database)
    newest = backups.write()
    after = fresh(tmp_path, "after")
    try:
        again = RegularBackups(after, bucket)
        assert again.restore_newest() == newest
        assert rows(after) == rows(database)
        assert again.write() is None
        assert again.restore_newest() is None  # it is not empty any more
    finally:
        after.close()


def test_a_backup_that_was_cut_short_is_passed_over(dataset, bucket, tmp_path):
    before = fresh(tmp_path, "before")
    backups = RegularBackups(before, bucket)
    bucket.mkdir()
    open_study(before, dataset)
    whole = backups.write()
    (bucket / "human_eval-99990101T000000Z.zip").write_bytes(whole.read_bytes()[:500])
    (bucket / ".human_eval-99990101T000001Z.zip.part").write_bytes(b"half")
    after = fresh(tmp_path, "after")
    try:
        assert RegularBackups(after, bucket).restore_newest() == whole
        assert rows(after) == rows(before)
        whole.write_bytes(b"damaged")
        with pytest.raises(StorageError, match="no backup that is whole"):
            RegularBackups(fresh(tmp_path, "third"), bucket).restore_newest()
    finally:
        before.close()
        after.close()


def test_the_newest_stay(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(regular, "KEPT", 3)
    database = fresh(tmp_path, "x")
    backups = RegularBackups(database, bucket)
    bucket.mkdir()
    written = []
    for _ in range(5):
        act(database)
        written.append(backups.write())
    database.close()
    assert sorted(bucket.iterdir()) == written[-3:]


def test_a_bucket_that_fails_is_one_sentence(bucket, tmp_path):
    database = fresh(tmp_path, "x")
    backups = RegularBackups(database, bucket)  # and nobody made the folder
    act(database)
    with pytest.raises(StorageError, match=r"^The backup human_eval-\S+ cannot be written: No such file"):
        backups.write()
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"^AMARATHON_BACKUPS cannot be used: "):
        RegularBackups(database, tmp_path / "file" / "x").restore_newest()
    database.close()


@pytest.mark.parametrize(
    ("mounts", "refused"),
    [
        ([("/", "overlay")], None),
        ([("/", "ext4"), ("/data", "tmpfs")], None),
        ([("/", "ext4"), ("/data", "fuse.hf-mount")], "fuse.hf-mount"),
        ([("/", "ext4"), ("/data", "nfs4")], "nfs4"),
        ([("/", "nfs"), ("/data", "xfs")], None),
        ([("/", "ext4"), ("/dat", "nfs")], None),
        ([("/", "ext4"), ("/data", "ext4"), ("/data", "cifs")], "cifs"),
        ([("/", "fuse.fuse-overlayfs")], None),
        ([], None),
    ],
)
def test_sqlite_lies_on_a_disk_of_its_own(mounts, refused, monkeypatch):
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [Mounted(*each) for each in mounts])
    path = URL.create("sqlite", database="/data/x.sqlite")
    if refused is None:
        filesystems.check_is_local(filesystems.Path("/data/x.sqlite"))
    else:
        with pytest.raises(StorageError, match=f"a file system of the kind {refused}") as raised:
            open_database(path)
        assert "AMARATHON_DATA" in str(raised.value)
