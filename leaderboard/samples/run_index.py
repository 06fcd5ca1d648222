"""Where a run's answers to each sample are, and what they amount to; the answers themselves stay on disk."""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from amarathon.compression.configuration import VANILLA, Configuration
from amarathon.errors import RunError
from amarathon.runs import Run, read_run
from amarathon.runs.membership import check_samples
from amarathon.runs.reading import check_line, read_lines
from amarathon.runs.records import Prediction, RunHeader
from leaderboard.run_files import FolderStamp
from leaderboard.samples.question import Question

Line = tuple[int, Prediction]


@dataclass(frozen=True)
class SampleAnswers:
    """What a run has of one sample.

    Attributes
    ----------
    question : Question
        As its records have it.
    lines : array of int
        The numbers of its lines.
    answers : int
        Replies, under all configurations.
    different : frozenset
        What they say: options, or texts of transcripts.
    uncompressed : frozenset of int
        Options that were chosen without compression.
    all_wrong : bool
        There are replies, and none of them is right.
    flipped : bool
        Pruning made a right answer wrong, or a wrong one right.
    """

    question: Question
    lines: "array[int]"
    answers: int
    different: frozenset[int]
    uncompressed: frozenset[int]
    all_wrong: bool
    flipped: bool


@dataclass(frozen=True)
class RunIndex:
    """A run and what it has of each sample, by the sample's id in its dataset."""

    run: Run
    stamp: FolderStamp
    samples: dict[str, SampleAnswers]

    @property
    def header(self) -> RunHeader:
        """Of the run."""
        return self.run.header

    @property
    def is_human(self) -> bool:
        """Whether people answered."""
        return self.header.kind == "human"

    @property
    def dataset(self) -> str:
        """The hash of the whole dataset."""
        dataset = self.header.dataset
        return dataset.part_of.sha256 if dataset.part_of else dataset.sha256

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.run.folder.name

    def read(self, sample: SampleAnswers) -> list[Prediction]:
        """The answers to a sample, in the order of the configurations.

        Raises
        ------
        RunError
            They cannot be read any more.
        """
        order, name = self.header.configurations, sample.question.sample_id
        found = _read(self.run.folder, self.stamp, tuple(sample.lines))
        if {record.sample_id for record in found} != {name} or len(found) != len(sample.lines):
            raise RunError(f"{self.name} has changed meanwhile; try again.")
        return sorted(found, key=lambda record: order.index(record.configuration))


@lru_cache(maxsize=512)
def _read(folder: Path, stamp: FolderStamp, lines: tuple[int, ...]) -> tuple[Prediction, ...]:
    """Lines of a run, kept for those who look at one sample after another and back."""
    return tuple(record for _, record in read_lines(folder, frozenset(lines)))


@lru_cache(maxsize=1024)
def index_run(folder: Path, stamp: FolderStamp) -> RunIndex | None:
    """Read a run once, as long as its files are as they are; None where it answers nothing.

    Raises
    ------
    AmarathonError
        It cannot be read.
    """
    run = read_run(folder)
    if run.header.kind == "efficiency":
        return None
    latest: dict[tuple[str, str, str], Line] = {}
    for number, record in read_lines(folder):
        earlier = latest.get(record.key)
        answered = earlier is not None and earlier[1].error is None
        check_line(run.header, number, record, answered=answered)
        latest[record.key] = number, record
    check_samples(run.header, [record for _, record in latest.values()])
    pruned = {name for name in run.header.configurations if _prunes(name)}
    by_sample: dict[str, list[Line]] = {}
    for line in latest.values():
        by_sample.setdefault(line[1].sample_id, []).append(line)
    return RunIndex(run, stamp, {name: _sum_up(lines, pruned) for name, lines in by_sample.items()})


def _prunes(name: str) -> bool:
    return any(step.stage == "prune" for step in Configuration.parse(name).steps)


def _sum_up(lines: Sequence[Line], pruned: Collection[str]) -> SampleAnswers:
    records = [record for _, record in lines]
    replies = [record for record in records if record.error is None]
    plain = [record for record in replies if record.configuration == VANILLA]
    judged = {record.correct for record in plain if record.correct is not None}
    after = {
        record.correct for record in replies if record.configuration in pruned and record.correct is not None
    }
    return SampleAnswers(
        question=Question.of_record(records[0]),
        lines=array("L", (number for number, _ in lines)),
        answers=len(replies),
        different=frozenset(_said(record) for record in replies),
        uncompressed=frozenset(record.answer_read for record in plain if record.answer_read is not None),
        all_wrong=any(record.options for record in replies) and not any(record.correct for record in replies),
        flipped=bool(judged) and bool(after - judged),
    )


def _said(record: Prediction) -> int:
    """An option, -1 for a reply that means none; transcripts are told apart by their words."""
    if record.options:
        return -1 if record.answer_read is None else record.answer_read
    return hash(tuple(record.reply.casefold().split()))
