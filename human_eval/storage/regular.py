"""Backups while the app runs, in a folder that outlives its machine, and the way back from them.

For places whose disk is gone at every restart, such as a Space: what was acknowledged since the last backup
is lost with the disk there. Where that must not be, the database is PostgreSQL.
"""

import logging
import shutil
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from human_eval.errors import StorageError
from human_eval.storage.backup import backup, restore
from human_eval.storage.database import Database
from human_eval.storage.schema import Account, AuditEvent, Study

EVERY_S = 600.0
KEPT = 24
NAMES = "human_eval-*.zip"

_log = logging.getLogger(__name__)


class RegularBackups:
    """See the module.

    Parameters
    ----------
    database : Database
    folder : Path
        Made where absent. Nothing in it is locked, changed or appended to: a mounted bucket will do.
    """

    def __init__(self, database: Database, folder: Path):
        self._database, self._folder = database, folder
        self._writing = threading.Lock()
        self._written: int | None = None

    def restore_newest(self) -> Path | None:
        """Fill an empty database from the newest backup that is whole; gives that one.

        Raises
        ------
        StorageError
            If the folder cannot be used, or none of its backups is whole.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            found = sorted(self._folder.glob(NAMES), reverse=True)
        except OSError as error:
            raise StorageError(f"AMARATHON_BACKUPS cannot be used: {error.strerror}.") from error
        if not found or not self._is_empty():
            return None
        for path in found:
            try:
                restore(self._database, path)
            except StorageError as error:
                _log.warning("%s", error)
            else:
                self._written = self._last_event()
                return path
        raise StorageError(
            "AMARATHON_BACKUPS has no backup that is whole; move its files away to begin anew."
        )

    def start(self) -> None:
        """Write one from time to time for as long as the program runs."""
        threading.Thread(target=self._write_for_ever, name="backups", daemon=True).start()

    def write(self) -> Path | None:
        """Write a backup if somebody did something since the last one; gives it.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        with self._writing:
            last = self._last_event()
            if last == self._written:
                return None
            path = self._folder / f"human_eval-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.zip"
            part = path.with_name(f".{path.name}.part")
            # Made on this machine's disk: a bucket takes whole files, and knows no owner of them.
            with tempfile.TemporaryDirectory() as made:
                backup(self._database, Path(made) / path.name)
                try:
                    shutil.copyfile(Path(made) / path.name, part)
                    part.replace(path)
                except OSError as error:
                    raise StorageError(
                        f"The backup {path.name} cannot be written: {error.strerror}."
                    ) from error
            self._written = last
            for old in sorted(self._folder.glob(NAMES), reverse=True)[KEPT:]:
                old.unlink(missing_ok=True)
            return path

    def _write_for_ever(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY_S):
            try:
                self.write()
            except StorageError as error:
                _log.error("%s", error)

    def _is_empty(self) -> bool:
        with self._database.reading() as session:
            return not any(
                session.scalar(select(func.count()).select_from(table)) for table in (Account, Study)
            )

    def _last_event(self) -> int:
        """Every answer, review and change of a study is an event of the audit log."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(AuditEvent.id))) or 0
