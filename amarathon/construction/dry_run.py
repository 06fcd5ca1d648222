"""What a build would find, in seconds: what is missing or broken, and how many samples there can be.

Tables are read, of recordings only the headers and sizes; nothing is decoded and nothing is written.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from amarathon.audio.cut_short import cut_short
from amarathon.construction.corpora import CORPORA
from amarathon.construction.corpora.assembling import Batch, batched, seconds_of
from amarathon.construction.corpora.corpus import CorpusRecording
from amarathon.datasets import load_dataset
from amarathon.datasets.audio_files import UNUSABLE
from amarathon.datasets.listing import ABSENT, compare
from amarathon.datasets.official import OFFICIAL_SETS, present_tasks
from amarathon.errors import AudioError, DatasetError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion, Sample

PUBLISHED = "published"
# How the refusal of a recording that is not there ends.
_GONE = " does not exist."


@dataclass(frozen=True)
class DryRun:
    """What was found.

    Attributes
    ----------
    samples : mapping of str to int
        How many there can be, by task.
    missing, broken : tuple of Exclusion
        Files that are named and not there; files that are empty, cut short or no audio.
    left_out : tuple of Exclusion
        What the rules of the corpus leave out of a whole folder too.
    """

    samples: Mapping[str, int]
    missing: tuple[Exclusion, ...]
    broken: tuple[Exclusion, ...]
    left_out: tuple[Exclusion, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing or broken."""
        return not self.missing and not self.broken


def dry_run(name: str, source: Path, listing: Mapping[str, int] | None = None, seed: int = 0) -> DryRun:
    """Look at a folder as a build of it would.

    Parameters
    ----------
    name : str
        One of `CORPORA`, or `PUBLISHED` for the published dataset's layout.
    source : Path
    listing : mapping of str to int, optional
        Bytes of every file that should be there, by its path.
    seed : int
        As for the build.

    Returns
    -------
    DryRun

    Raises
    ------
    DatasetError
        There is no such corpus, or what it must have is missing.
    """
    if name != PUBLISHED and name not in CORPORA:
        raise DatasetError(f"There is no corpus {name}; there are {', '.join((*CORPORA, PUBLISHED))}.")
    listed = compare(source, listing) if listing else []
    found = _published(source) if name == PUBLISHED else _corpus(name, source, seed)
    return replace(
        found,
        missing=_once(*found.missing, *(each for each in listed if each.reason == ABSENT)),
        broken=_once(*found.broken, *(each for each in listed if each.reason != ABSENT)),
    )


def _once(*exclusions: Exclusion) -> tuple[Exclusion, ...]:
    """The first of each record, by record."""
    named = {each.record: each for each in reversed(exclusions)}
    return tuple(named[record] for record in sorted(named))


def _corpus(name: str, source: Path, seed: int) -> DryRun:
    corpus = CORPORA[name]
    found = corpus.read(source)
    broken: dict[str, str] = {}

    def measure(recording: CorpusRecording) -> float:
        fault = None if recording.questions else cut_short(recording.path)
        if fault is not None:
            broken[recording.name] = fault
            raise AudioError(fault)
        try:
            return seconds_of(recording)
        except AudioError as error:
            broken[recording.name] = str(error)
            raise

    batches, dropped = batched(corpus, found, seed, measure)
    return DryRun(
        samples=_counted(corpus.task, batches),
        missing=tuple(each for each in dropped if each.reason == ABSENT),
        broken=tuple(Exclusion(record, reason) for record, reason in broken.items()),
        left_out=tuple(each for each in dropped if each.reason != ABSENT and each.record not in broken),
    )


def _counted(task: str, batches: list[Batch]) -> dict[str, int]:
    """How many samples are left when both answers are right equally often, where a build sees to that."""
    if not batches:
        return {task: 0}
    if not (TASKS[task].fixed_order and len(TASKS[task].labels) == 2):
        return {task: len(batches)}
    answers = Counter(batch.question.answer for batch in batches if batch.question)
    return {task: len(answers) * min(answers.values())}


def _published(source: Path) -> DryRun:
    if not source.is_dir():
        raise DatasetError(f"There is no folder {source.name}.")
    there = present_tasks(source)
    folders: dict[str, list[str]] = defaultdict(list)
    for code, part in OFFICIAL_SETS.items():
        if code not in there:
            folders[part.folder].append(code)
    absent = [
        Exclusion(name, f"The folder of {', '.join(codes)} is missing.") for name, codes in folders.items()
    ]
    if not there:
        raise DatasetError(f"The folder {source.name} lacks {', '.join(each.record for each in absent)}.")
    dataset = load_dataset(source, there)
    cut = {path: cut_short(path) for path in dict.fromkeys(sample.audio.path for sample in dataset.samples)}
    whole = [sample for sample in dataset.samples if cut[sample.audio.path] is None]
    broken = [Exclusion(path.relative_to(source).as_posix(), why) for path, why in cut.items() if why]
    faults = [each for each in dataset.exclusions if each.reason.startswith(UNUSABLE)]
    gone = [each for each in faults if each.reason.endswith(_GONE)]
    return DryRun(
        samples={code: _of(code, whole) for code in OFFICIAL_SETS},
        missing=(*absent, *gone),
        broken=(*broken, *(each for each in faults if each not in gone)),
        left_out=tuple(each for each in dataset.exclusions if each not in faults),
    )


def _of(code: str, samples: list[Sample]) -> int:
    return sum(sample.task == code for sample in samples)
