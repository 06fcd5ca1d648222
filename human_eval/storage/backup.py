"""Backups: every row of every table in one file that either database can be restored from.

A backup is a ZIP with ``manifest.json`` and one ``.jsonl`` for each table, read in one snapshot while the
app runs. Sound is not in it: copies are made again from the dataset.
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
# Cookies: a backup signs nobody in.
LEFT_OUT = {"sessions"}
WRITE_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError)
# No row is longer: a page of answers is a tenth of it.
LONGEST_LINE = 16 << 20


def backup(database: Database, path: Path) -> dict[str, int]:
    """Write a backup; it appears once it is whole and on the disk.

    Returns
    -------
    dict of str to int
        Number of rows by table.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
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
    finally:
        part.unlink(missing_ok=True)
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
        except SQLAlchemyError as error:  # its message has the rows in it
            raise StorageError(f"{path.name} is no whole backup: its rows do not fit the tables.") from error
        except UNREADABLE as error:
            raise StorageError(f"{path.name} is no whole backup: {_said(error)}.") from error
        if not database.is_sqlite:
            connection.execute(
                text("SELECT setval('audit_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM audit), false)")
            )
    return counts


def _said(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


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
                    lines.write(json.dumps(dict(row)).encode() + b"\n")
                    counts[table.name] += 1
        manifest = {"format": FORMAT, "revision": _revision(connection), "at": now(), "rows": counts}
        target.writestr(MANIFEST, json.dumps(manifest, indent=2))
    return counts


def _read(connection: Connection, file: zipfile.ZipFile) -> dict[str, int]:
    manifest = json.loads(file.read(MANIFEST))
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
    with file.open(f"{table.name}.jsonl") as lines:
        while line := lines.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                raise ValueError(f"{table.name}.jsonl has a line that no backup has")
            batch.append(json.loads(line))
            if len(batch) == ROWS_AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
