"""Our own folder form: a ``metadata.jsonl`` beside audio, as the Hub's AudioFolder has it.

One line of JSON for each question, with the fields of `FolderRecord`. Fields that are not ours
are left alone when reading: a folder made for other purposes as well may have more.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from amarathon.datasets.checks import check_sample
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.datasets.options import make_option
from amarathon.datasets.paths import PathResolver, relative_name
from amarathon.errors import DatasetError, first_fault
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Exclusion, Option, Sample, SampleAudio

METADATA_FILE = "metadata.jsonl"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Attribution:
    """Whose a recording is.

    Attributes
    ----------
    licence, author, source : str
        E.g. ``"CC-BY-4.0"``, a name, an address; empty where unknown.
    """

    licence: str = ""
    author: str = ""
    source: str = ""


class OptionRecord(BaseModel):
    """One option of a line; a label that is null is derived from the text."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    text: str
    label: str | None


class FolderRecord(BaseModel):
    """One line of ``metadata.jsonl``.

    A null value counts as absent in every field that may be: Arrow, which the Hub and pandas write
    with, puts it in for a key that a row has not.

    Attributes
    ----------
    file_name : str
        The audio, relative to the folder, with forward slashes.
    id : str
        Unique in the folder.
    task : str
        A task code.
    question : str
        Empty where the task's prompt is the whole question.
    options : list of OptionRecord
    answer : int or None
        Index of the right option.
    reference : str or None
        The transcript, for transcription.
    duration_s : float or None
    sources : list of str
        The recordings or speakers it was made of; the file itself where empty.
    slices : mapping of str to str
        Null values in it count as absent.
    sha256, pcm_sha256 : str or None
        Of the file, and of its 16 kHz mono 16-bit PCM.
    licence, author, source : str
        See `Attribution`.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    file_name: str
    id: Annotated[str, Field(min_length=1)]
    task: str
    question: str = ""
    options: list[OptionRecord] = []
    answer: int | None = None
    reference: str | None = None
    duration_s: Seconds | None = None
    sources: list[str] = []
    slices: dict[str, str | None] = {}
    sha256: Sha256 | None = None
    pcm_sha256: Sha256 | None = None
    licence: str = ""
    author: str = ""
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, fields: Any) -> Any:
        if not isinstance(fields, dict):
            return fields
        needed = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {
            name: [item for item in value if item is not None] if isinstance(value, list) else value
            for name, value in fields.items()
            if value is not None or name in needed
        }

    @classmethod
    def of(cls, sample: Sample, attribution: Attribution, sha256: str) -> "FolderRecord":
        """The line of a sample."""
        return cls(
            file_name=sample.audio.name,
            id=sample.id,
            task=sample.task,
            question=sample.question,
            options=[OptionRecord(text=option.text, label=option.label) for option in sample.options],
            answer=sample.answer,
            reference=sample.reference,
            duration_s=sample.audio.duration_s,
            sources=list(sample.audio.sources),
            slices=dict(sample.slices),
            sha256=sha256,
            pcm_sha256=sample.audio.pcm_sha256,
            licence=attribution.licence,
            author=attribution.author,
            source=attribution.source,
        )

    def sample(self, paths: PathResolver) -> Sample:
        """The sample of a line.

        Parameters
        ----------
        paths : PathResolver
            The files of the folder.

        Raises
        ------
        DatasetError
            If it cannot be presented and scored, or its audio lies outside the folder.
        """
        if self.task not in EVERY_TASK:
            raise DatasetError(f"There is no task {self.task!r}.")
        name = relative_name(self.file_name)
        audio = SampleAudio(
            path=paths.find(name),
            name=name,
            sources=tuple(self.sources) or (name,),
            duration_s=self.duration_s,
            sha256=self.sha256,
            pcm_sha256=self.pcm_sha256,
        )
        sample = Sample(
            id=self.id,
            task=self.task,
            audio=audio,
            question=self.question,
            options=tuple(
                make_option(option.text, EVERY_TASK[self.task].labels)
                if option.label is None
                else Option(option.text, option.label)
                for option in self.options
            ),
            answer=self.answer,
            reference=self.reference,
            slices={group: value for group, value in self.slices.items() if value is not None},
        )
        check_sample(sample, EVERY_TASK[self.task])
        return sample


def read_folder(folder: Path, tasks: Collection[str] | None = None) -> tuple[list[Sample], list[Exclusion]]:
    """Read a folder's samples, audio not yet looked at.

    Parameters
    ----------
    folder : Path
    tasks : collection of str, optional
        Lines of other tasks are passed over.

    Returns
    -------
    samples : list of Sample
    exclusions : list of Exclusion
        Lines that cannot be samples, by id where they have one, else by number.

    Raises
    ------
    DatasetError
        If a line is not JSON: the file is damaged, and what is lost cannot be known.
    """
    samples, exclusions = [], []
    paths = PathResolver(folder)
    for number, fields in _lines(folder):
        try:
            record = _parse(fields)
            if tasks is None or record.task in tasks:
                samples.append(record.sample(paths))
        except DatasetError as error:
            name = fields.get("id") if isinstance(fields, dict) else None
            where = name if isinstance(name, str) and name else f"{METADATA_FILE} line {number}"
            exclusions.append(Exclusion(where, str(error)))
    return samples, exclusions


def read_attributions(folder: Path) -> dict[str, Attribution]:
    """Whose the recordings of a folder are, by sample id; lines that cannot be read are passed over.

    Raises
    ------
    DatasetError
        If a line is not JSON.
    """
    found = {}
    for _, fields in _lines(folder):
        try:
            record = _parse(fields)
        except DatasetError:
            continue  # read_folder reports it
        found[record.id] = Attribution(record.licence, record.author, record.source)
    return found


def _lines(folder: Path) -> Iterator[tuple[int, Any]]:
    # Not splitlines(): it would also break at characters that may stand inside a JSON string.
    for number, line in enumerate(read_text(folder / METADATA_FILE).split("\n"), start=1):
        if line.strip():
            yield number, parse_json(line, METADATA_FILE, first_line=number)


def _parse(fields: Any) -> FolderRecord:
    try:
        return FolderRecord.model_validate(fields)
    except ValidationError as error:
        raise DatasetError(f"In its metadata, {first_fault(error, 'the line')}.") from error
