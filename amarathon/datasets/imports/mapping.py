"""How a published table becomes samples: one YAML file for each benchmark."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from amarathon.errors import DatasetError
from amarathon.tasks import KINDS, Task
from amarathon.tasks.declared import read_declared

Column = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hub(_Part):
    """Where a benchmark is on the Hugging Face Hub.

    Attributes
    ----------
    repository : str
    revision : str
        A commit, branch or tag; what it stands for at the time is noted and every file is of it.
    audio : list of str
        Patterns of recordings that lie beside the tables.
    by_hand : str
        What is left to do by hand after a download, as one sentence; empty where nothing is.
    """

    repository: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    revision: str = "main"
    audio: tuple[str, ...] = ()
    by_hand: str = ""


class Split(_Part):
    """One part of a benchmark, that is imported alone.

    Attributes
    ----------
    files : str
        Pattern of its tables within the repository or folder; ``*`` stands for any characters.
    kind, question : str, optional
        Instead of the benchmark's.
    choices : list of str, optional
        Columns, instead of the benchmark's.
    """

    files: str
    kind: str = ""
    question: str = ""
    choices: tuple[Column, ...] = ()


class Columns(_Part):
    """Which column holds what; a name that the table lacks is refused.

    Attributes
    ----------
    audio : str
        Bytes, ``{bytes, path}`` as the Hub's Audio feature has it, a path within the folder, or a list of one
        of these.
    id : str, optional
        The row's number where there is none.
    question : str, optional
    choices : str or list of str, optional
        One column with a list, or its text in JSON or Python; or one column for each choice.
    answer : str, optional
    reference : str, optional
        The right transcript or translation.
    sources : list of str
        What makes rows depend on each other: a speaker, a video. The recording itself where empty.
    slices : mapping of str to str
        A group's name to its column.
    """

    audio: Column
    id: Column | None = None
    question: Column | None = None
    choices: Column | tuple[Column, ...] | None = None
    answer: Column | None = None
    reference: Column | None = None
    sources: tuple[Column, ...] = ()
    slices: dict[str, Column] = {}

    @property
    def names(self) -> list[str]:
        """Every column that is read."""
        choices = (self.choices,) if isinstance(self.choices, str) else (self.choices or ())
        single = (self.audio, self.id, self.question, *choices, self.answer, self.reference)
        return list(dict.fromkeys(name for name in (*single, *self.sources, *self.slices.values()) if name))


class Benchmark(_Part):
    """What a mapping file declares.

    Attributes
    ----------
    name, title, source, licence : str
        What commands call it, its name, where it was published, and the data's licence.
    kind : str
        A code of `amarathon.tasks.KINDS`.
    language : str
        Of what is said; transcripts are scored in English alone.
    question : str
        For every sample, where no column has it.
    answer_form : {"text", "letter", "index"}
        How the answer column names the right choice.
    first_index : int
        What the first choice's index is.
    audio_folder : str
        Where the audio column's paths begin, within the folder of the tables' root.
    hub : Hub, optional
    splits : mapping of str to Split
        The first is the default.
    columns : Columns
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    source: str = ""
    licence: str = ""
    kind: str
    language: str = "en"
    question: str = ""
    answer_form: Literal["text", "letter", "index"] = "text"
    first_index: Literal[0, 1] = 0
    audio_folder: str = ""
    hub: Hub | None = None
    splits: Annotated[dict[str, Split], Field(min_length=1)]
    columns: Columns

    @model_validator(mode="after")
    def _fields_agree(self) -> "Benchmark":
        for name, split in self.splits.items():
            task = self._task(split.kind or self.kind)
            where = f"the split {name} is of kind {task.code}, which"
            question = split.question or self.question or self.columns.question
            if task.is_multiple_choice and not (self.columns.choices and self.columns.answer and question):
                raise ValueError(f"{where} needs columns for question, choices and answer")
            if not task.is_multiple_choice and not self.columns.reference:
                raise ValueError(f"{where} needs a column for reference")
            if task.is_transcription and question:
                raise ValueError(f"{where} is asked by its own prompt and takes no question")
            if task.is_transcription and self.language != "en":
                raise ValueError(f"{where} is scored in English alone, not in {self.language!r}")
        return self

    @staticmethod
    def _task(code: str) -> Task:
        if code not in KINDS:
            raise ValueError(f"there is no kind {code!r}; there are {', '.join(KINDS)}")
        return KINDS[code]

    def split(self, name: str | None) -> tuple[str, Split]:
        """A split by its name, the first by default.

        Raises
        ------
        DatasetError
            Naming those there are.
        """
        chosen = name or next(iter(self.splits))
        if chosen not in self.splits:
            raise DatasetError(f"{self.title} has no split {chosen!r}; there are {', '.join(self.splits)}.")
        return chosen, self.splits[chosen]

    def task_of(self, split: Split) -> Task:
        """What a split's samples are asked."""
        return self._task(split.kind or self.kind)

    def columns_of(self, split: Split) -> Columns:
        """Where a split's samples are read from."""
        return self.columns.model_copy(update={"choices": split.choices}) if split.choices else self.columns

    @property
    def sha256(self) -> str:
        """Of everything that it declares."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def read_mapping(path: Path) -> Benchmark:
    """Read a mapping file of the user's own.

    Raises
    ------
    DatasetError
        Naming the file, the line and what is wrong with it.
    """
    return read_declared(path, Benchmark, "a mapping", DatasetError).value


@cache
def benchmarks() -> Mapping[str, Benchmark]:
    """Every benchmark that comes with a mapping, by its name."""
    folder = files("amarathon.datasets") / "benchmarks"
    entries = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name
    )
    read = [read_declared(entry, Benchmark, "a mapping", DatasetError).value for entry in entries]
    return MappingProxyType({benchmark.name: benchmark for benchmark in read})


def find_benchmark(name: str) -> Benchmark:
    """A benchmark by its name.

    Raises
    ------
    DatasetError
        Naming those there are.
    """
    if name not in benchmarks():
        raise DatasetError(
            f"There is no benchmark {name!r}; there are {', '.join(benchmarks())}. "
            "For another, write a mapping file and give it with --mapping."
        )
    return benchmarks()[name]
