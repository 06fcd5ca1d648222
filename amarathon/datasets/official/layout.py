"""How one task's set lies on disk, and what a reader has to know of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amarathon.errors import DatasetError
from amarathon.tasks.sample import Exclusion, Sample


class Record:
    """One record of a metadata file, its fields read as trimmed text."""

    def __init__(self, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise DatasetError("It is not a record of named fields.")
        self.fields: dict[str, Any] = fields

    def text(self, name: str) -> str:
        """A field as text, empty where it is absent.

        Raises
        ------
        DatasetError
            If it is anything but text or a number.
        """
        value = self.fields.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise DatasetError(f"Its field {name} is not text.")
        return str(value).strip()

    def texts(self, names: Sequence[str]) -> tuple[str, ...]:
        """Several fields as text."""
        return tuple(self.text(name) for name in names)


@dataclass(frozen=True)
class Draft:
    """What a reader found for one question, nothing checked yet.

    Attributes
    ----------
    path : str
        Of the audio, as stated, inside the set's folder.
    question : str
    options : tuple of str
    gold : str
        The right option's letter, text or label.
    label : str
        What else the metadata calls the audio, if anything: it must not contradict `gold`.
    reference : str or None
        The transcript, for transcription.
    number : str
        Tells several questions about one file apart.
    sources : tuple of str
        The file itself where empty.
    slices : mapping of str to str
        Empty values are dropped.
    """

    path: str
    question: str = ""
    options: tuple[str, ...] = ()
    gold: str = ""
    label: str = ""
    reference: str | None = None
    number: str = ""
    sources: tuple[str, ...] = ()
    slices: Mapping[str, str] = field(default_factory=dict)


def choice_draft(record: Record, letters: str, **fields: Any) -> Draft:
    """Read a record whose options are ``choice_a``, ``choice_b`` and so on.

    Parameters
    ----------
    record : Record
    letters : str
        Of the options, e.g. ``"abcd"``.
    **fields
        What else the set's records hold; fields of `Draft`.
    """
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=record.texts([f"choice_{letter}" for letter in letters]),
        gold=record.text("answer_gt"),
        **fields,
    )


@dataclass(frozen=True)
class OfficialSet:
    """One task's part of the published dataset.

    Attributes
    ----------
    code : str
        The task.
    folder : str
        Inside the dataset.
    metadata : tuple of str
        Files that may list the records, inside `folder`; the first one that exists is read.
    draft : callable
        Reads one record of that file. It may raise `DatasetError`: the record is left out.
    scan : callable, optional
        Finds the questions where no metadata file exists.
    check : callable, optional
        Raises `DatasetError` for a known fault of this set, from a sample and its right label.
    audio_roots : tuple of str
        Folders inside `folder` that a record's path may start from.
    needs_question : bool
        A record without a question of its own asks nothing.
    """

    code: str
    folder: str
    metadata: tuple[str, ...] = ()
    draft: Callable[[Record], Draft] | None = None
    scan: Callable[[Path], Iterator[Draft | Exclusion]] | None = None
    check: Callable[[Sample, str], None] | None = None
    audio_roots: tuple[str, ...] = ("",)
    needs_question: bool = False
