"""What the leaderboard shows and sends: rows of scores, told apart by where they come from."""

from typing import Literal

from pydantic import BaseModel

from leaderboard.binaural_records import BinauralRow
from leaderboard.speed_records import SpeedSection
from leaderboard.steps import RankRange, Step
from leaderboard.submissions.marks import SubmissionMark
from leaderboard.tables import Chance, Fact, Note

Protocol = Literal["strict", "published"]
Provenance = Literal["published", "measured", "service", "submitted"]
Access = Literal["open", "closed", "human"]


class TaskInfo(BaseModel):
    """A task as a column; `word` heads it."""

    code: str
    name: str
    word: str
    group: str
    metric: str


class Cell(BaseModel):
    """A figure from 0 to 100.

    Attributes
    ----------
    interval : (float, float) or None
        95% confidence interval; no published figure has one.
    interval_method : str or None
        How it was made; see ``docs/findings/intervals.md``.
    held_fixed : list of str
        Overall: tasks whose recordings are too few for an interval; the overall one is conditional on them.
    clusters : int or None
        Groups of recordings that the figure rests on.
    count : int or None
        Samples it is taken over; the paper's composition table for published figures of a task.
    notes : list of str
        Ids of the notes that speak of it.
    """

    value: float | None
    interval: tuple[float, float] | None = None
    interval_method: str | None = None
    held_fixed: list[str] = []
    clusters: int | None = None
    count: int | None = None
    unread: float | None = None
    notes: list[str] = []


class Scores(BaseModel):
    """A row's figures by one protocol: task code to cell, and their plain mean."""

    tasks: dict[str, Cell]
    overall: Cell


class Gap(BaseModel):
    """Distance to the human row of the same section.

    Attributes
    ----------
    value, over : float, list of str
        Difference of the means over the tasks that both have, and those tasks.
    printed : float or None
        Difference of the two overall figures, which may be means over different tasks.
    interval : (float, float) or None
        95% interval of `value`, paired by sample; measured rows alone have one.
    samples : int or None
        Questions that both answered, and that `value` is over; `None` for published figures.
    people, own : float or None
        The two means over these questions.
    """

    value: float
    over: list[str]
    printed: float | None
    interval: tuple[float, float] | None = None
    samples: int | None = None
    people: float | None = None
    own: float | None = None


class RepeatFacts(BaseModel):
    """How far a score moves when the same questions are asked again, by the strict protocol.

    Attributes
    ----------
    mean : float
        Over repeats, 0 to 100.
    interval : (float, float)
        The mean's, 95%: of these very recordings.
    scores : list of float
        Of each repeat.
    varied, count : int
        Questions that were not answered alike each time, and all of them.
    """

    mean: float
    interval: tuple[float, float]
    scores: list[float]
    varied: int
    count: int


class ServiceFacts(BaseModel):
    """Which service answered a row, and how.

    Attributes
    ----------
    name, asked : str
        The service, and the model's name there.
    host : str or None
        None for a server of the user's own.
    served : str or None
        Which model the service said had answered.
    sent : dict of str to str
        What went out with every question, how it samples among it.
    price : str or None
        Dollars per million tokens of text, audio and replies, with day and source.
    per_hundred_usd : dict of str to float
        Dollars of a hundred recordings, by configuration; none where no price is known.
    refused : dict of str to float
        Share of each task's questions that it refused or a filter blocked, 0 to 100.
    form : str
        How recordings were sent.
    repeats : int
        How often each question was asked.
    spread : dict of str to RepeatFacts
        Where that is more than once: by task, and ``"overall"``.
    varies : str or None
        What differs between repeats.
    """

    name: str
    asked: str
    host: str | None
    served: str | None
    sent: dict[str, str]
    price: str | None
    per_hundred_usd: dict[str, float]
    refused: dict[str, float]
    form: str
    repeats: int = 1
    spread: dict[str, RepeatFacts] = {}
    varies: str | None = None


class RunFacts(BaseModel):
    """What a measured or submitted row rests on, from ``run.json`` and ``summary.json``.

    `whole` is how many questions the dataset has where people answered only some of them, and
    `whole_sha256` that dataset's hash. `submission` says who submitted it: what it tells of its
    model, machine and program is then their word, while the scores are taken here from the replies.
    `service` is there where no weights here answered.
    """

    run_id: str
    folder: str
    notice: str | None
    revision: str
    adapter: str
    dtype: str
    device: str
    dataset: str
    dataset_sha256: str
    whole_sha256: str | None = None
    whole: int | None = None
    samples: int
    planned: int
    answered: int
    failed: int
    commit: str | None
    hardware: dict[str, str]
    libraries: dict[str, str]
    protocol_version: str
    seed: int
    engine: str
    created_at: str
    finished_at: str | None
    continued: int
    submission: SubmissionMark | None = None
    service: ServiceFacts | None = None


class RowBase(BaseModel):
    """One model, or people, under one configuration.

    Attributes
    ----------
    facts : dict
        Of the model: ``family``, ``licence``, ``released`` (year, month, day as far as known) and
        ``parameters``, where there is a source.
    model_ranks : dict
        As `ranks`, but among the models of the section alone: the rows to which nothing was done.
    scores : dict
        By protocol. A published row has the paper's own alone.
    ranks : dict
        By protocol; best and worst rank among the rows of its section; none where it is not ranked.
        Measured rows are above others where a paired test over recordings says so, corrected for all
        pairs; a published row, which has no predictions to test, by its figure alone.
    answered : int or None
        Samples that a measured row has an answer to; one that lacks some is not ranked.
    """

    id: str
    provenance: Provenance
    access: Access | None
    model: str
    configuration: str = "vanilla"
    steps: list[Step] = []
    duration: str | None = None
    parameters: int | None = None
    facts: dict[str, Fact] = {}
    answered: int | None = None
    scores: dict[Protocol, Scores]
    ranks: dict[Protocol, RankRange] = {}
    model_ranks: dict[Protocol, RankRange] = {}
    gaps: dict[Protocol, Gap] = {}


class Row(RowBase):
    """A row with what it rests on."""

    run: RunFacts | None = None


class SectionBase(BaseModel):
    """Rows of one dataset, which may be compared with each other.

    Attributes
    ----------
    key : str
        E.g. ``"table-3"``, or ``"dataset-"`` and the beginning of its SHA-256.
    table : int or None
        The paper's table that its published rows are of.
    sha256 : str or None
        Of the dataset; unknown for the published one.
    count : int or None
        Questions in the dataset.
    ties : dict
        By protocol, the groups of measured models of which no test tells any two apart: the first and the
        last of each, by overall score.
    """

    key: str
    table: int | None
    title: str
    caption: str
    dataset: str
    sha256: str | None
    count: int | None
    notes: list[Note] = []
    ties: dict[Protocol, list[tuple[str, str]]] = {}


class Section(SectionBase):
    """A section with its rows."""

    rows: list[Row]


class Unshown(BaseModel):
    """A run folder without scores to show, and why."""

    folder: str
    reason: str


class Source(BaseModel):
    """The paper, and the hash of the tables as they lie here."""

    title: str
    arxiv: str
    url: str
    data: str
    code: str
    bibtex: str
    sha256: str
    count: int


class LeaderboardBase(BaseModel):
    """What stands on the leaderboard's page beside the scores.

    Attributes
    ----------
    chance : dict
        What a random choice scores, by task; none for transcripts.
    chance_notes : list of Note
    speed : list of SpeedSection
        What efficiency records say; no other timing is ranked.
    binaural : list of BinauralRow
        What two ears gain encoders, by the names of their folders.
    pending, broken : list of Unshown
        Runs that have no scores yet, and folders that cannot be read.
    """

    tasks: list[TaskInfo]
    chance: dict[str, Chance]
    chance_notes: list[Note]
    speed: list[SpeedSection]
    binaural: list[BinauralRow]
    pending: list[Unshown]
    broken: list[Unshown]
    source: Source


class Leaderboard(LeaderboardBase):
    """Everything on the leaderboard's page.

    Attributes
    ----------
    models, pruning, eviction, duration : Section
        The paper's Tables 3, 4, 7 and 8; the first also holds measured runs on the same dataset.
    measured : list of Section
        Runs on other datasets, a section for each.
    """

    models: Section
    pruning: Section
    eviction: Section
    duration: Section
    measured: list[Section]
