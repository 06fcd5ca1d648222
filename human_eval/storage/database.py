"""The database: where it is, how it is opened, brought up to date, read and written.

SQLite in the data folder by default, PostgreSQL where `DATABASE_URL` names one. A transaction that has
ended without an error is on the disk: SQLite runs with ``synchronous=FULL`` and a write-ahead log,
PostgreSQL's ``synchronous_commit`` is on for every connection. The file is its owner's alone, and what is
deleted is overwritten in it.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
    TimeoutError,
)
from sqlalchemy.orm import Session

from amarathon.settings import Settings
from human_eval.errors import StorageError
from human_eval.storage.filesystems import check_is_local
from web.fair_lock import FairLock

FILE_NAME = "human_eval.sqlite"
MIGRATIONS = Path(__file__).parent / "migrations"
# Requests are answered by 40 threads; a few more for commands.
CONNECTIONS, MORE_CONNECTIONS = 10, 34
BUSY_TIMEOUT_S = 20
# A session that removes personal data sets this in its `info`: nothing of it is to stay in the file.
SCRUB = "scrub"
SCRUB_WAITS_MS = 200
OWNER_ONLY, OWNER_ONLY_FOLDER = 0o600, 0o700
# Any constant: whoever holds it brings the schema up to date, the others wait.
_MIGRATION_LOCK = 7_236_115


def database_url(settings: Settings) -> URL:
    """Where the database is.

    Raises
    ------
    StorageError
        If `DATABASE_URL` is no address of SQLite or PostgreSQL.
    """
    if settings.database_url is None:
        return URL.create("sqlite", database=str(settings.data / FILE_NAME))
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError) as error:
        # A port that is no number, half a bracket; the address is not repeated, it holds a password.
        raise StorageError("DATABASE_URL is not the address of a database.") from error
    if url.get_backend_name() == "postgresql":
        _check_server(url)
        return url.set(drivername="postgresql+psycopg")
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    if is_file and not url.query and not url.host:
        return url
    raise StorageError("DATABASE_URL has to name a PostgreSQL database or a file of SQLite.")


def _check_server(url: URL) -> None:
    """Refuse what would be understood otherwise than it was meant, part of the password as the host too.

    Raises
    ------
    StorageError
    """
    if "@" in (url.host or ""):
        raise StorageError("DATABASE_URL has more than one @: write those of a password as %40.")
    if url.port is not None and not 1 <= url.port <= 65535:
        raise StorageError(f"DATABASE_URL has the port {url.port}; a port is a number from 1 to 65535.")
    if any("\0" in str(part) for part in (url.username, url.password, url.host, url.database)):
        raise StorageError("DATABASE_URL has a zero character.")


class Database:
    """The open database.

    Parameters
    ----------
    url : URL
    """

    def __init__(self, url: URL):
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        # SQLite has one writer at a time. Waiting for it here is fair; its own waiting sleeps and retries.
        self._writer = FairLock() if self.is_sqlite else None
        self._needs_scrub = False

    @contextmanager
    def writing(self, *, urgent: bool = False) -> Iterator[Session]:
        """A transaction; on the disk once the block has ended, gone if it raises.

        Parameters
        ----------
        urgent : bool
            It stores somebody's work, and comes before what only reads or assigns.
        """
        turn = self._writer.held(urgent=urgent) if self._writer else nullcontext()
        with _storage_errors(), turn, Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            self._needs_scrub |= self.is_sqlite and bool(session.info.get(SCRUB))
            if self._needs_scrub:
                self._needs_scrub = not self._scrub()

    def _scrub(self) -> bool:
        """Bring the write-ahead log into the file and empty it: what was deleted is still in it.

        Returns
        -------
        bool
            False where somebody still reads older rows from it: the next writer tries again.
        """
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={SCRUB_WAITS_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchall()[0][0]
            cursor.execute(f"PRAGMA busy_timeout={1000 * BUSY_TIMEOUT_S}")
        finally:
            connection.close()
        return not busy

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; it waits for no writer."""
        engine = self.engine.execution_options(only_reads=True)
        errors = _storage_errors()
        with errors, Session(engine, expire_on_commit=False, autoflush=False) as session, session.begin():
            yield session

    def fault(self) -> str | None:
        """Why the database cannot be used now, in a sentence; `None` where it can."""
        try:
            with self.reading() as session:
                session.execute(text("SELECT 1"))
        except StorageError as error:
            return str(error)
        return None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _storage_errors() -> Iterator[None]:
    """Turn errors that are not the request's fault into a sentence; nothing of the transaction is stored.

    Raises
    ------
    StorageError
    """
    try:
        yield
    except TimeoutError as error:  # all connections are in use
        raise StorageError("The database is busy; try again in a moment.") from error
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DBAPIError as error:
        raise StorageError(f"{_reason(error)} Nothing of this was stored; try again later.") from error


def _reason(error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(error.orig, sqlite3.Error) and code is not None:
        reasons = {
            sqlite3.SQLITE_FULL: "The disk of the database is full.",
            sqlite3.SQLITE_BUSY: "The database is busy.",
            sqlite3.SQLITE_CORRUPT: "The database is damaged; restore a backup.",
            sqlite3.SQLITE_NOTADB: "The database is damaged; restore a backup.",
            sqlite3.SQLITE_READONLY: "The database cannot be written to.",
        }
        # The lower byte is the kind; the rest says where it happened.
        return reasons.get(code & 0xFF, "The database cannot be read or written now.")
    if getattr(error.orig, "sqlstate", None) == "53100":
        return "The disk of the database is full."
    return "The database cannot be reached now."


def open_database(url: URL) -> Database:
    """Open a database and bring its tables up to date.

    Raises
    ------
    StorageError
        If it cannot be reached, or was written by a newer version.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    location = url.database if is_sqlite else f"{url.host}/{url.database}"
    try:
        database = Database(url)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
    except (SQLAlchemyError, CommandError, OSError, ValueError, TypeError) as error:
        # One line, and not the password, which a server may repeat.
        reason = " ".join(str(getattr(error, "orig", None) or error.__cause__ or error).split()).rstrip(".")
        if url.password:
            reason = reason.replace(str(url.password), "***")
        raise StorageError(
            f"The database of human evaluation, {location}, cannot be used: {reason}."
        ) from error
    return database


def migrate(database: Database) -> None:
    """Bring the tables up to date. Several processes may do so at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _sqlite(url: URL) -> Engine:
    assert url.database
    _keep_private(Path(url.database))
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None},
        pool_size=CONNECTIONS,
        max_overflow=MORE_CONNECTIONS,
        hide_parameters=True,  # or an error would carry what people wrote into the log
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        _log_ahead(connection)
        for setting in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("only_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch a database to its write-ahead log; SQLite does not wait here for others who do the same."""
    end = time.monotonic() + BUSY_TIMEOUT_S
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _keep_private(path: Path) -> None:
    """See that a database's file is there and its owner's alone; SQLite gives its log the same mode."""
    check_is_local(path)
    try:
        if path.exists() and not path.is_file():  # a device's mode is everybody's
            raise StorageError(f"The database of human evaluation, {path}, cannot be used: it is no file.")
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
        for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            if file.exists():
                file.chmod(OWNER_ONLY)
    except OSError as error:
        raise StorageError(
            f"The database of human evaluation, {path}, cannot be used: {error.strerror}."
        ) from error


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        connect_args={"connect_timeout": 10, "options": "-c synchronous_commit=on -c timezone=UTC"},
        pool_size=CONNECTIONS,
        max_overflow=MORE_CONNECTIONS,
        hide_parameters=True,  # or an error would carry what people wrote into the log
        pool_pre_ping=True,
    )
