"""Rows of published tables: parquet, JSON, JSON lines, CSV and TSV. Nothing in them is unpickled or run."""

import csv
import io
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from amarathon.datasets.metadata import parse_json, read_records, read_text
from amarathon.errors import DatasetError, first_line

# Rows with their audio that are in memory at once.
_BATCH = 16
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
SUFFIXES = (".parquet", ".json", ".jsonl", *_SEPARATORS)

Row = dict[str, Any]


def find_tables(root: Path, pattern: str) -> list[Path]:
    """Every table under a folder whose path there fits a pattern, sorted by name.

    Raises
    ------
    DatasetError
        None does.
    """
    there = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    found = [root / name for name in there if fnmatch(name, pattern)]
    if not found:
        first = f"its first table is {there[0]}" if there else "it holds no table"
        raise DatasetError(
            f"No file in {root.name} fits {pattern!r}; {first}. Place the files so, or give the table itself."
        )
    return found


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row | DatasetError]]:
    """The rows of a table with their numbers, from 1; of a damaged row, what is wrong with it.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        What is read of each row.

    Raises
    ------
    DatasetError
        The table cannot be read at all, or lacks a column.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _parquet(path, columns)
    if suffix == ".jsonl":
        return _json_lines(path, columns)
    if suffix == ".json":
        return _checked(path, enumerate(read_records(path), start=1), columns)
    if suffix in _SEPARATORS:
        return _separated(path, columns, _SEPARATORS[suffix])
    raise DatasetError(f"{path.name} is no table that can be read; there are {', '.join(SUFFIXES)}.")


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row | DatasetError]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise DatasetError(
            "Reading parquet needs the package pyarrow: pip install 'amarathon[datasets]'."
        ) from error
    try:
        # Opened here, not by its name, which pyarrow would take for an address where it looks like one.
        with path.open("rb") as file, pq.ParquetFile(file) as table:
            _check_columns(path, table.schema_arrow.names, columns)
            number = 0
            for batch in table.iter_batches(batch_size=_BATCH, columns=list(columns)):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path.name} is no parquet file that can be read: {first_line(error)}."
        ) from error


def _json_lines(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row | DatasetError]]:
    def parsed() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(read_text(path).split("\n"), start=1):
            if line.strip():
                try:
                    yield number, parse_json(line, path.name, first_line=number)
                except DatasetError as error:
                    yield number, error

    return _checked(path, parsed(), columns)


def _separated(
    path: Path, columns: Sequence[str], separator: str
) -> Iterator[tuple[int, Row | DatasetError]]:
    text = io.StringIO(read_text(path), newline="")
    if separator == "\t":
        # Common Voice writes sentences with unpaired quotes into its TSV: there, a quote is a character.
        reader = csv.DictReader(text, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.DictReader(text, delimiter=separator)
    try:
        _check_columns(path, reader.fieldnames or (), columns)
        for number, row in enumerate(reader, start=1):
            yield number, {name: row[name] or None for name in columns}
    except csv.Error as error:
        raise DatasetError(f"{path.name}, line {reader.line_num}: {error}.") from error


def _checked(
    path: Path, rows: Iterator[tuple[int, Any]], columns: Sequence[str]
) -> Iterator[tuple[int, Row | DatasetError]]:
    """Rows of JSON, where each may lack a column of its own; one that none has is a mistake."""
    known: set[str] = set()
    kept: list[tuple[int, Row | DatasetError]] = []
    for number, row in rows:
        if isinstance(row, DatasetError):
            kept.append((number, row))
        elif isinstance(row, dict):
            known |= row.keys()
            kept.append((number, {name: row.get(name) for name in columns}))
        else:
            kept.append((number, DatasetError(f"It is no object with the columns {', '.join(columns)}.")))
    if known:
        _check_columns(path, sorted(known), columns)
    yield from kept


def _check_columns(path: Path, there: Sequence[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in there]
    if missing:
        raise DatasetError(
            f"{path.name} has no column {missing[0]!r}; it has {', '.join(map(str, there)) or 'none'}. "
            "Name the right one in a mapping file and give it with --mapping."
        )
