"""Backups: every row of every table in one file that either database can be restored from.

A backup is a ZIP with ``manifest.json`` and one ``.jsonl`` for each table, read in one snapshot while the
app runs. Audio is not in it: it is encoded again from the dataset.
"""

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from human_eval.errors import ConflictError, StorageError
from human_eval.storage.database import OWNER_ONLY, Database
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Base

FORMAT = 1
MANIFEST = "manifest.json"
ROWS_AT_ONCE = 1000
# Bytes. The longest row is an answer or an event of 50,000 letters, or a study's thousands of samples.
LONGEST_ROW, LONGEST_MANIFEST = 16 << 20, 1 << 20
# Cookies: a backup signs nobody in.
LEFT_OUT = {"sessions"}
WRITE_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def backup(database: Database, path: Path) -> dict[str, int]:
    """Write a backup; it appears once it is whole and on the disk.

    Returns
    -------
    dict of str to int
        Number of rows by table.

    Raises
    ------
    StorageError
        If the file cannot be written, or something else is in its place.
    """
    if path.exists() and not path.is_file():
        raise StorageError(f"The backup {path.name} cannot be written: there is something that is no file.")
    part = path.with_name(f".{path.name}.part")
    try:
        with database.engine.execution_options(only_reads=True).connect() as connection:
            if not database.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            # It holds names, and hashes of passwords.
            with os.fdopen(os.open(part, WRITE_ANEW, OWNER_ONLY), "wb") as file:
                os.fchmod(file.fileno(), OWNER_ONLY)  # one that was left by an earlier try keeps its mode
                counts = _write(connection, file)
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StorageError(f"The backup {path.name} cannot be written: {error.strerror}.") from error
    except SQLAlchemyError as error:
        raise StorageError(
            f"The backup {path.name} cannot be written: the database cannot be read."
        ) from error
    finally:
        part.unlink(missing_ok=True)  # half a backup takes room on a disk that may be full of it
    return counts


def restore(database: Database, path: Path) -> dict[str, int]:
    """Put a backup's rows into an empty database, all or none.

    Returns
    -------
    dict of str to int
        Number of rows by table.

    Raises
    ------
    ConflictError
        If the database is not empty.
    StorageError
        If the file is no whole backup of this version.
    """
    with database.engine.begin() as connection:
        for table in _tables():
            if connection.scalar(select(func.count()).select_from(table)):
                raise ConflictError("The database has rows already: restore into an empty one.")
        try:
            with zipfile.ZipFile(path) as file:
                counts = _read(connection, file)
        except SQLAlchemyError as error:
            # Its own message would show people's rows.
            raise StorageError(f"{path.name} is no whole backup: a row does not fit its table.") from error
        except _UNREADABLE as error:
            reason = " ".join(str(error).split())[:200].rstrip(".")
            raise StorageError(f"{path.name} is no whole backup: {reason}.") from error
        if not database.is_sqlite:
            connection.execute(
                text("SELECT setval('audit_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM audit), false)")
            )
    return counts


# What reading a file that is not what it says may raise; zlib and zipfile have exceptions of their own.
_UNREADABLE = (
    *(OSError, EOFError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, OverflowError),
)


def _tables() -> list[Table]:
    """Tables that are kept, each after those it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _write(connection: Connection, file: io.BufferedIOBase | Any) -> dict[str, int]:
    counts = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for table in _tables():
            counts[table.name] = 0
            rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table))
            with target.open(f"{table.name}.jsonl", "w") as lines:
                for row in rows.mappings():
                    line = json.dumps(dict(row)).encode() + b"\n"
                    if len(line) > LONGEST_ROW:
                        raise StorageError(f"A row of {table.name} is too long for a backup.")
                    lines.write(line)
                    counts[table.name] += 1
        manifest = {"format": FORMAT, "revision": _revision(connection), "at": now(), "rows": counts}
        target.writestr(MANIFEST, json.dumps(manifest, indent=2))
    return counts


def _read(connection: Connection, file: zipfile.ZipFile) -> dict[str, int]:
    manifest = json.loads(_read_at_most(file, MANIFEST, LONGEST_MANIFEST))
    if (manifest["format"], manifest["revision"]) != (FORMAT, _revision(connection)):
        raise ValueError(f"it is of format {manifest['format']}, revision {manifest['revision']}")
    counts = {}
    for table in _tables():
        counts[table.name] = 0
        for rows in _batches(file, table):
            connection.execute(insert(table), rows)
            counts[table.name] += len(rows)
    if counts != manifest["rows"]:
        raise ValueError("rows are missing")
    return counts


def _batches(file: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    columns, size = {column.name for column in table.columns}, 0
    with file.open(f"{table.name}.jsonl") as lines:
        # Never a whole line of unknown length: it may be a file that grows when it is unpacked.
        while line := lines.readline(LONGEST_ROW + 1):
            size += len(line)
            batch.append(_row(line, table.name, columns))
            if len(batch) == ROWS_AT_ONCE or size > LONGEST_ROW:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _row(line: bytes, table: str, columns: set[str]) -> dict[str, Any]:
    """One row."""
    if len(line) > LONGEST_ROW:
        raise ValueError(f"a line of {table} is too long")
    row = json.loads(line)
    if not isinstance(row, dict) or set(row) != columns:
        raise ValueError(f"a line of {table} is no row of it")
    return row


def _read_at_most(file: zipfile.ZipFile, name: str, most: int) -> bytes:
    with file.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{name} is too long")
    return content


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
