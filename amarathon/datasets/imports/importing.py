"""Importing a benchmark: row by row, each on the disk before the next, so that a broken import goes on."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from amarathon.datasets.checks import drop_repeats
from amarathon.datasets.folder import METADATA_FILE, Attribution
from amarathon.datasets.folder_writing import write_folder
from amarathon.datasets.imported import IMPORT_FILE, ImportNote, RowNote, TableNote, read_note
from amarathon.datasets.imports.journal import Journal
from amarathon.datasets.imports.mapping import Benchmark, Split
from amarathon.datasets.imports.rows import name_of, sample_of
from amarathon.datasets.imports.sources import Source
from amarathon.datasets.imports.tables import Row, read_rows
from amarathon.datasets.paths import PathResolver
from amarathon.errors import DatasetError
from amarathon.files import file_sha256, replacing
from amarathon.tasks.sample import Exclusion, Sample

LOCK_FILE = ".import.lock"


@dataclass(frozen=True)
class Imported:
    """What an import made.

    Attributes
    ----------
    folder : Path
    note : ImportNote
    samples : int
    again : bool
        Whether it was there already, and nothing was done.
    """

    folder: Path
    note: ImportNote
    samples: int
    again: bool = False


def import_benchmark(
    benchmark: Benchmark,
    split: str,
    source: Source,
    out: Path,
    *,
    limit: int | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Imported:
    """Make a dataset of a benchmark's tables.

    What cannot be a sample is named in the dataset with its reason, and the rest is kept.

    Parameters
    ----------
    benchmark : Benchmark
    split : str
    source : Source
    out : Path
        The dataset's folder, made where absent. An import that stopped in it goes on.
    limit : int, optional
        Most samples, in the tables' order.
    progress : callable
        Called with the number of rows that were read.

    Raises
    ------
    DatasetError
        A table cannot be read or lacks a column, the folder holds something else, or the disk refuses.
    """
    note = _note(benchmark, split, source, limit)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with FileLock(out / LOCK_FILE, timeout=0):
            return _import(benchmark, note, source, out, progress)
    except Timeout as error:
        raise DatasetError(f"Another import into {out.name} is at work.") from error
    except OSError as error:
        raise DatasetError(f"The folder {out.name} cannot be written: {error.strerror or error}.") from error


def _import(
    benchmark: Benchmark, note: ImportNote, source: Source, out: Path, progress: Callable[[int], None]
) -> Imported:
    there = read_note(out)
    _refuse_other(out, there, note)
    if there is not None and there.state == "complete":
        return Imported(out, there, _count(out), again=True)
    _write_note(out, note)
    with Journal(out) as journal:
        _read_all(benchmark, note, source, out, journal, progress)
        samples, left_out = journal.samples(), journal.left_out()
        kept, repeats = drop_repeats(samples)
        _write(benchmark, note, kept, out)
        rows = [RowNote(record=one.record, reason=one.reason) for one in (*left_out, *repeats)]
        done = note.model_copy(update={"state": "complete", "left_out": tuple(rows)})
        _write_note(out, done)
        journal.remove()
    return Imported(out, done, len(kept))


def _read_all(
    benchmark: Benchmark,
    note: ImportNote,
    source: Source,
    out: Path,
    journal: Journal,
    progress: Callable[[int], None],
) -> None:
    _, split = benchmark.split(note.split)
    paths = PathResolver(source.root)
    for seen, (table, number, row) in enumerate(_rows(source, benchmark.columns_of(split).names), start=1):
        if note.limit is not None and journal.usable >= note.limit:
            return
        if not journal.has(table, number):
            found = _read(benchmark, split, row, _place(source, table, number), number, paths, out)
            journal.append(table, number, found)
        progress(seen)


def _rows(source: Source, columns: Sequence[str]) -> Iterator[tuple[int, int, Row | DatasetError]]:
    for table, path in enumerate(source.tables):
        for number, row in read_rows(path, columns):
            yield table, number, row


def _place(source: Source, table: int, number: int) -> str:
    return f"{source.tables[table].relative_to(source.root).as_posix()} row {number}"


def _read(
    benchmark: Benchmark,
    split: Split,
    row: Row | DatasetError,
    where: str,
    number: int,
    paths: PathResolver,
    out: Path,
) -> Sample | Exclusion:
    if isinstance(row, DatasetError):
        return Exclusion(where, str(row))
    name = where
    try:
        stated = name_of(row, benchmark, number)
        name = f"{stated} ({where})"
        return sample_of(row, stated, benchmark, split, paths, out)
    except DatasetError as error:
        return Exclusion(name, str(error))


def _write(benchmark: Benchmark, note: ImportNote, samples: list[Sample], out: Path) -> None:
    address = f"https://huggingface.co/datasets/{note.repository}" if note.repository else benchmark.source
    attribution = Attribution(licence=benchmark.licence, source=address)
    write_folder(out, samples, {sample.id: attribution for sample in samples})


def _note(benchmark: Benchmark, split: str, source: Source, limit: int | None) -> ImportNote:
    if limit is not None and limit < 1:
        raise DatasetError(f"The limit is at least 1 sample, not {limit}.")
    name, chosen = benchmark.split(split)
    tables = (
        TableNote(name=path.relative_to(source.root).as_posix(), sha256=file_sha256(path))
        for path in source.tables
    )
    return ImportNote(
        benchmark=benchmark.name,
        title=benchmark.title,
        split=name,
        kind=benchmark.task_of(chosen).code,
        mapping_sha256=benchmark.sha256,
        limit=limit,
        repository=source.repository,
        commit=source.commit,
        tables=tuple(tables),
    )


def _refuse_other(out: Path, there: ImportNote | None, note: ImportNote) -> None:
    if there is None:
        if (out / METADATA_FILE).exists():
            raise DatasetError(f"{out.name} holds another dataset; choose another folder.")
        return
    # Files that were placed by hand may be those of a commit: what they hold decides.
    fields = ("benchmark", "split", "mapping_sha256", "limit", "tables")
    other = next((field for field in fields if getattr(there, field) != getattr(note, field)), None)
    if other is not None:
        what = other.removesuffix("_sha256")
        raise DatasetError(f"{out.name} holds an import with another {what}; choose another folder.")


def _write_note(out: Path, note: ImportNote) -> None:
    with replacing(out / IMPORT_FILE) as partial:
        partial.write_text(
            json.dumps(note.model_dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _count(out: Path) -> int:
    with (out / METADATA_FILE).open("rb") as file:
        return sum(1 for line in file if line.strip())
