"""A page of samples, and what they can be filtered by."""

from collections.abc import Sequence

from amarathon.tasks import EVERY_TASK
from leaderboard.samples.collection import Collection, Entry, Group
from leaderboard.samples.filters import Wanted, is_held
from leaderboard.samples.records import DatasetChoice, RunChoice, SampleList, SampleRow
from leaderboard.texts import short

# A slice with more values than this is no group to choose.
MOST_VALUES = 100
PER_PAGE = 50


def list_samples(
    collection: Collection, held: frozenset[str], wanted: Wanted, page: int, notes: Sequence[str]
) -> SampleList:
    """The samples of a page, from 1; behind the last one there are none."""
    found = wanted.find(collection, held)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    return SampleList(
        total=len(found),
        page=page,
        pages=-(-len(found) // PER_PAGE),
        samples=[_row(entry, is_held(entry, held)) for entry in shown],
        datasets=[_choice(group, held) for group in collection.groups],
        notes=list(notes),
    )


def _row(entry: Entry, hidden: bool) -> SampleRow:
    question, models = entry.question, [found for _, found in entry.of_models]
    said = frozenset().union(*(found.different for found in models))
    return SampleRow(
        id=entry.id,
        dataset=entry.dataset[:12],
        task=question.task,
        task_name=EVERY_TASK[question.task].name,
        question=None if question.question is None else short(question.question),
        options=[short(option) for option in question.options],
        duration_s=question.duration_s,
        answers=None if hidden else sum(found.answers for found in models),
        different=None if hidden else len(said),
        held_back=hidden,
        audible=entry.sound.audible,
    )


def _choice(group: Group, held: frozenset[str]) -> DatasetChoice:
    slices: dict[str, set[str]] = {}
    for entry in group.entries:
        if not is_held(entry, held):  # some slices are named by what is right
            for name, value in entry.question.slices.items():
                slices.setdefault(name, set()).add(value)
    return DatasetChoice(
        key=group.key,
        name=group.name,
        sha256=group.sha256,
        samples=len(group.entries),
        tasks=list(dict.fromkeys(entry.question.task for entry in group.entries)),
        runs=[
            RunChoice(
                folder=short(run.name),
                model=short(run.header.model.name),
                kind="human" if run.is_human else "model",
            )
            for run in group.runs
        ],
        slices={
            short(name): sorted(map(short, values))
            for name, values in sorted(slices.items())
            if len(values) <= MOST_VALUES
        },
    )
