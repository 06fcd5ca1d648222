"""A database or a backup in the place of something that is no file: it is left as it is."""

import os
import stat

import pytest

from amarathon.settings import Settings
from human_eval.errors import StorageError
from human_eval.storage.backup import backup
from human_eval.storage.database import database_url, open_database


def odd_places(folder):
    os.mkfifo(folder / "pipe", 0o644)
    yield folder / "pipe"
    (folder / "folder").mkdir(mode=0o755)
    yield folder / "folder"
    (folder / "link").symlink_to(folder / "pipe")
    yield folder / "link"


def test_a_database_there_is_refused_and_keeps_its_mode(tmp_path):
    for path in odd_places(tmp_path):
        before = path.stat()
        with pytest.raises(StorageError, match=r"cannot be used: it is no file\.$"):
            open_database(database_url(Settings(database_url=f"sqlite:///{path}")))
        assert path.stat().st_mode == before.st_mode


def test_a_backup_there_is_refused_and_takes_nothings_place(tmp_path, service):
    for path in odd_places(tmp_path):
        with pytest.raises(StorageError, match=r"cannot be written: there is something that is no file\.$"):
            backup(service.database, path)
        assert not stat.S_ISREG(path.stat().st_mode)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_no_file_keeps_is_refused(address):
    with pytest.raises(StorageError, match=r"^DATABASE_URL has to name"):
        database_url(Settings(database_url=address))
