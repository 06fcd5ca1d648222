"""What a corpus is: recordings in its official layout, and which of them belong together."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from amarathon.construction.sources import Selection
from amarathon.errors import DatasetError


@dataclass(frozen=True)
class CorpusQuestion:
    """A question that comes with a corpus, its options in the corpus's order."""

    question: str
    options: tuple[str, ...]
    answer: int


@dataclass(frozen=True)
class CorpusRecording:
    """One file of a corpus.

    Attributes
    ----------
    path : Path
    name : str
        Inside the corpus.
    group : str
        What must not cross splits: a speaker, a session, an article.
    labels : tuple of str
        What it is or what it contains: a genre, an age group, sound events, named entities.
    text : str
        The words spoken, where the corpus has them.
    questions : tuple of CorpusQuestion
        Questions that come with the corpus.
    """

    path: Path
    name: str
    group: str
    labels: tuple[str, ...] = ()
    text: str = ""
    questions: tuple[CorpusQuestion, ...] = ()


@dataclass(frozen=True)
class Corpus:
    """A published corpus and how its task is built from it.

    Attributes
    ----------
    name : str
        On the command line.
    task : str
    licence, author : str
        A licence that is not in `licences.LICENCES` is never passed on.
    read : callable
        From the corpus's folder to its recordings; what it cannot use is dropped by name.
    together : callable
        What recordings must share to be joined, e.g. speaker and emotion.
    ordered : bool
        Whether recordings of a group are joined in their order, as chapters are, or in a drawn one.
    seconds : tuple of float
        Shortest and longest sample, as in the paper.
    gap_s, crossfade_s : float
        How neighbours meet.
    """

    name: str
    task: str
    licence: str
    author: str
    read: Callable[[Path], Selection[CorpusRecording]]
    together: Callable[[CorpusRecording], tuple[str, ...]]
    ordered: bool = False
    seconds: tuple[float, float] = (90.0, 300.0)
    gap_s: float = 0.0
    crossfade_s: float = 0.0


def present(source: Path, *needed: str) -> list[Path]:
    """Find what a corpus must have.

    Parameters
    ----------
    source : Path
    *needed : str
        Paths inside it; may have wildcards, then the first one in order counts.

    Raises
    ------
    DatasetError
        Naming all that is missing.
    """
    if not source.is_dir():
        raise DatasetError(f"There is no folder {source.name}.")
    found = {pattern: sorted(source.glob(pattern)) for pattern in needed}
    missing = [pattern for pattern, paths in found.items() if not paths]
    if missing:
        raise DatasetError(f"The folder {source.name} lacks {', '.join(missing)}.")
    return [paths[0] for paths in found.values()]


def table(path: Path, columns: Sequence[str], delimiter: str = "\t") -> list[dict[str, str]]:
    """Read a table with a head.

    Raises
    ------
    DatasetError
        It lacks a column, or is not text.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter=delimiter)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise DatasetError(f"{path.name} lacks the column {', '.join(missing)}.")
            return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path.name} cannot be read as a table.") from error
