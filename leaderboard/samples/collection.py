"""All samples there are: those of datasets here, and those that runs answered, each with who answered it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby

from amarathon.errors import AmarathonError
from amarathon.runs.people import is_same_question
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample
from leaderboard.run_files import Stamp, has_only_files
from leaderboard.samples.datasets_here import NOT_HERE, DatasetHere
from leaderboard.samples.question import Question, opaque_id
from leaderboard.samples.records import Sound
from leaderboard.samples.run_index import RunIndex, SampleAnswers, index_run
from leaderboard.texts import short


@dataclass(frozen=True)
class Entry:
    """A sample and who answered it.

    Attributes
    ----------
    id : str
        Opaque.
    dataset : str
        The dataset's hash.
    question : Question
    sample : Sample or None
        Where its dataset is here.
    sound : Sound
    answers : tuple of (RunIndex, SampleAnswers)
        Runs whose records are about this question and recording.
    left_out : int
        Runs with others under the same id.
    """

    id: str
    dataset: str
    question: Question
    sample: Sample | None
    sound: Sound
    answers: tuple[tuple[RunIndex, SampleAnswers], ...]
    left_out: int

    @cached_property
    def marks(self) -> frozenset[str]:
        """What the question is known by elsewhere, in whichever run's records."""
        return self.question.marks.union(*(found.question.marks for _, found in self.answers))

    @property
    def task_order(self) -> int:
        """The place of its task among all."""
        return EVERY_TASK[self.question.task].order

    @property
    def of_models(self) -> list[tuple[RunIndex, SampleAnswers]]:
        """The answers of models."""
        return [(run, found) for run, found in self.answers if not run.is_human]

    @cached_property
    def disagree(self) -> bool:
        """Whether two models chose different options."""
        chosen = [found.uncompressed for _, found in self.of_models if found.uncompressed]
        return len(chosen) > 1 and self.question.has_options and len(frozenset().union(*chosen)) > 1

    def all_wrong(self, run: str | None) -> bool:
        """Whether no model, or none in the run of this name, was right under any configuration."""
        answered = [found for index, found in self.of_models if found.answers and run in (None, index.name)]
        return bool(answered) and all(found.all_wrong for found in answered)

    def flipped(self, run: str | None) -> bool:
        """Whether pruning, in the run of this name if any, made a right answer wrong or a wrong one right."""
        return any(found.flipped for index, found in self.of_models if run in (None, index.name))

    @cached_property
    def text(self) -> str:
        """What a search without knowledge of what is right looks at."""
        return " ".join([self.question.question or "", *self.question.options]).casefold()


@dataclass(frozen=True)
class Group:
    """A dataset whose samples there are."""

    name: str
    sha256: str
    entries: tuple[Entry, ...]
    runs: tuple[RunIndex, ...]

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.sha256[:12]


@dataclass(frozen=True)
class Collection:
    """Every sample, by dataset, then by task."""

    groups: tuple[Group, ...] = ()
    by_id: dict[str, Entry] = field(default_factory=dict)


def collect(runs: Stamp, datasets: Sequence[DatasetHere]) -> Collection:
    """Put datasets and runs together; a run that the leaderboard cannot show is left out."""
    indexed = sorted(_indexed(runs), key=lambda run: run.dataset)
    by_dataset = {sha256: tuple(group) for sha256, group in groupby(indexed, key=lambda run: run.dataset)}
    here = {dataset.sha256: dataset for dataset in datasets}
    known = _by_sample(datasets)
    groups = [
        _group(sha256, by_dataset.get(sha256, ()), here.get(sha256), known)
        for sha256 in dict.fromkeys((*here, *by_dataset))
    ]
    return Collection(tuple(groups), {entry.id: entry for group in groups for entry in group.entries})


def _indexed(runs: Stamp) -> Iterable[RunIndex]:
    for folder, files in runs.items():
        if not has_only_files(files):
            continue
        try:
            index = index_run(folder, files)
        except AmarathonError:
            continue  # `/v1/leaderboard` says what is wrong with it
        if index is not None:
            yield index


Known = dict[str, list[tuple[DatasetHere, Sample]]]


def _by_sample(datasets: Sequence[DatasetHere]) -> Known:
    found: Known = {}
    for dataset in datasets:
        for name, sample in dataset.samples.items():
            found.setdefault(name, []).append((dataset, sample))
    return found


def _group(sha256: str, runs: tuple[RunIndex, ...], here: DatasetHere | None, known: Known) -> Group:
    names = dict.fromkeys(chain(here.samples if here else (), *(run.samples for run in runs)))
    entries = [_entry(sha256, name, runs, here, known.get(name, [])) for name in names]
    whole = [run.header.dataset.name for run in runs if run.header.dataset.part_of is None]
    fallback = [run.header.dataset.name for run in runs]
    entries.sort(key=lambda entry: (entry.task_order, entry.question.sample_id))
    return Group(
        name=here.name if here else short([*whole, *fallback][0]),
        sha256=sha256,
        entries=tuple(entries),
        runs=runs,
    )


def _entry(
    sha256: str,
    name: str,
    runs: tuple[RunIndex, ...],
    here: DatasetHere | None,
    known: list[tuple[DatasetHere, Sample]],
) -> Entry:
    found = [(run, run.samples[name]) for run in runs if name in run.samples]
    stated = Question.of_sample(here.samples[name]) if here and name in here.samples else None
    asked = stated or found[0][1].question
    own = tuple((run, answers) for run, answers in found if is_same_question(asked, answers.question))
    dataset, sample = _recording(asked, here, name, known)
    return Entry(
        id=opaque_id(sha256, name),
        dataset=sha256,
        question=Question.of_sample(sample) if sample else asked,
        sample=sample,
        sound=dataset.sound(name) if dataset else Sound(audible=False, reason=NOT_HERE),
        answers=own,
        left_out=len(found) - len(own),
    )


def _recording(
    asked: Question, here: DatasetHere | None, name: str, known: list[tuple[DatasetHere, Sample]]
) -> tuple[DatasetHere | None, Sample | None]:
    """The sample in a dataset here: its own, or another that asks the same about the same sound."""
    if here and name in here.samples:
        return here, here.samples[name]
    for dataset, sample in known:
        other = Question.of_sample(sample)
        hashes = ({asked.pcm_sha256, asked.audio_sha256}, {other.pcm_sha256, other.audio_sha256})
        if hashes[0] & hashes[1] - {None} and is_same_question(asked, other):
            return dataset, sample
    return None, None
