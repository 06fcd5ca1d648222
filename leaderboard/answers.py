"""What the JSON routes answer beside the leaderboard itself, made from the registries and the runs."""

from pydantic import BaseModel

from amarathon.compression import METHODS
from amarathon.metrics.cells import ChanceCell, ScoreCell, WordErrorTable
from amarathon.runs.records import RunHeader
from amarathon.runs.summary import Summary
from amarathon.tasks import TASKS
from leaderboard.records import RunFacts, Unshown
from leaderboard.tables import published_tables


class Pending(BaseModel):
    """What is not ready yet; ask again after the seconds of ``Retry-After``."""

    pending: str


class Fault(BaseModel):
    """Why a request cannot be answered."""

    error: str


class TaskAnswer(BaseModel):
    """A task: what is asked, and how answers are scored.

    Attributes
    ----------
    letters : str
        Of its options, e.g. ``"ABCD"``; empty for transcription.
    labels : list of str
        The fixed set of labels, or empty.
    metric : str
        Of its headline score: ``"macro_f1"`` or ``"war"``.
    """

    code: str
    name: str
    group: str
    question: str
    metric: str
    letters: str
    labels: list[str]
    system: str
    user: str
    source: str


class Tasks(BaseModel):
    """The tasks in the paper's order."""

    tasks: list[TaskAnswer]


class MethodAnswer(BaseModel):
    """A compression method.

    Attributes
    ----------
    stage : str
        ``"before"`` the language model, ``"prune"`` audio tokens, ``"evict"`` cache entries.
    amount : str
        What the number in a configuration's name is: ``"ratio"``, the share that is removed, or ``"factor"``.
    paper : str or None
        Its address; `None` for methods of this project.
    """

    name: str
    title: str
    stage: str
    amount: str
    randomised: bool
    paper: str | None


class MethodList(BaseModel):
    """Every compression method."""

    methods: list[MethodAnswer]


class TableInfo(BaseModel):
    """One of the paper's tables; its figures are at ``/v1/tables/{number}``."""

    number: int
    title: str
    caption: str
    source: str
    columns: list[str]
    rows: int
    sha256: str


class Tables(BaseModel):
    """The paper's tables that are here."""

    tables: list[TableInfo]


class Runs(BaseModel):
    """Runs behind the measured rows, a page of them, and every folder without scores.

    Attributes
    ----------
    total : int
        Runs there are in all.
    runs : list of RunFacts
        `folder` is what ``/v1/runs/{id}`` takes.
    pending, broken : list of Unshown
        Runs that have no scores yet, and folders that cannot be read; on every page.
    """

    total: int
    limit: int
    offset: int
    runs: list[RunFacts]
    pending: list[Unshown]
    broken: list[Unshown]


class ConfigurationAnswer(BaseModel):
    """Every score of one configuration, by protocol, task, duration and slice, with its interval."""

    configuration: str
    cells: list[ScoreCell]
    chance: list[ChanceCell]
    word_errors: WordErrorTable | None


class RunAnswer(BaseModel):
    """The full record of one run."""

    id: str
    header: RunHeader
    planned: int
    answered: int
    failed: int
    predictions_sha256: str
    configurations: list[ConfigurationAnswer]


def tasks() -> Tasks:
    """From the registry of tasks."""
    return Tasks(
        tasks=[
            TaskAnswer(
                **task.model_dump(
                    include={"code", "name", "group", "question", "metric", "letters", "source"}
                ),
                labels=list(task.labels),
                system=task.prompt.system,
                user=task.prompt.user,
            )
            for task in TASKS.values()
        ]
    )


def methods() -> MethodList:
    """From the registry of methods."""
    return MethodList(
        methods=[
            MethodAnswer(
                name=name,
                title=method.title,
                stage=method.stage,
                amount=method.amount_kind,
                randomised=method.randomised,
                paper=method.paper or None,
            )
            for name, method in METHODS.items()
        ]
    )


def tables() -> Tables:
    """What tables there are."""
    return Tables(
        tables=[
            TableInfo(
                **table.model_dump(include={"number", "title", "caption", "source", "columns", "sha256"}),
                rows=len(table.rows),
            )
            for table in published_tables().values()
        ]
    )


def run_answer(identifier: str, header: RunHeader, summary: Summary) -> RunAnswer:
    """A run's record without its answers; what only tests need is left out."""
    return RunAnswer(
        id=identifier,
        header=header,
        **summary.model_dump(include={"planned", "answered", "failed", "predictions_sha256"}),
        configurations=[
            ConfigurationAnswer(
                configuration=name,
                cells=breakdown.cells,
                chance=breakdown.chance,
                word_errors=breakdown.word_errors,
            )
            for name, breakdown in summary.breakdowns.items()
        ],
    )
