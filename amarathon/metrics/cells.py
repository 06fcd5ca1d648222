"""What a breakdown consists of; it is stored in a run's summary."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from amarathon.metrics.protocols import ScoringProtocol
from amarathon.tasks import EVERY_TASK

OVERALL = "overall"


def _is_empty(value: list[Any]) -> bool:
    return not value


def _is_none(value: object) -> bool:
    return value is None


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScoreCell(_Stored):
    """One score of one group of samples.

    Attributes
    ----------
    task : str
        A task code, or ``"overall"``: the plain mean of the headline scores of the tasks there are.
    protocol : {"strict", "published"}
    metric : str
        ``"macro_f1"``, ``"accuracy"``, ``"macro_f1_labels"``, ``"war"``,
        ``"bleu"`` or, overall, ``"mean"``.
    group, value : str
        ``"all"`` and an empty string; ``"duration"`` and a bin such as ``"90-150"``; or the name of
        a slice and its value.
    score : float or None
        0 to 100; `None` where there is nothing to score.
    low, high : float or None
        Ends of the 95% interval; `None` where there are too few recordings for one.
    interval_method : str or None
        How the interval was made; see `amarathon.metrics.intervals.Interval`.
    held_fixed : list of str
        Overall: tasks that have too few recordings for an interval of their own. The overall interval
        takes their scores as they are: it is conditional on just these recordings.
    count, failed : int
        Samples that the score is taken over, and those that failed with an error.
    unread : float or None
        Share of replies that could not be read, 0 to 100; `None` overall.
    clusters : int
        Independent groups of source recordings; overall, those of the task with the fewest.
    tasks : int
        How many tasks the score is taken over.
    """

    task: str
    protocol: ScoringProtocol
    metric: Literal["macro_f1", "accuracy", "macro_f1_labels", "war", "bleu", "mean"]
    group: str = "all"
    value: str = ""
    score: float | None
    low: float | None = None
    high: float | None = None
    interval_method: str | None = None
    held_fixed: list[str] = []
    count: int
    failed: int
    unread: float | None = None
    clusters: int
    tasks: int = 1

    @property
    def headline(self) -> bool:
        """Whether this is the score that stands for its task, or for all of them."""
        return self.task == OVERALL or self.metric == EVERY_TASK[self.task].metric


class ChanceCell(_Stored):
    """What choosing at random scores on a task, from the dataset's own answers; 0 to 100."""

    task: str
    accuracy: float
    macro_f1: float


class WordErrorTable(_Stored):
    """The most frequent word errors of a run's transcripts; see `amarathon.metrics.transcripts`."""

    insertions: list[tuple[str, int]]
    deletions: list[tuple[str, int]]
    substitutions: list[tuple[str, str, int]]


class RefusalCell(_Stored):
    """How a service's replies on one task ended without being an answer.

    Attributes
    ----------
    task : str
    count : int
        Its answers.
    refused, blocked : int
        By the model, and by a filter before or behind it.
    declined : int
        Refused in plain words, as far as they are known; no score depends on it.
    cut, empty : int
        Ended by the bound on a reply, and whole without a word.
    """

    task: str
    count: int
    refused: int
    blocked: int
    declined: int
    cut: int
    empty: int

    @property
    def share(self) -> float:
        """Refused in any way, 0 to 100."""
        return 100 * (self.refused + self.blocked + self.declined) / self.count


class Spending(_Stored):
    """What a service's answers cost.

    Attributes
    ----------
    count : int
        Answers whose cost is known.
    usd : float
        Dollars of these, refused ones among them.
    """

    count: int
    usd: float

    @property
    def per_hundred(self) -> float:
        """Dollars of a hundred recordings, each asked about once."""
        return 100 * self.usd / self.count


class RepeatSpread(_Stored):
    """How far a service's scores move when the same questions are asked again.

    Only questions that were answered each time count, so that nothing varies but the replies.

    Attributes
    ----------
    task : str
        A task code, or ``"overall"``: the plain mean of the tasks there are.
    metric : str
        The headline score, by the strict protocol.
    scores : list of float
        Of each time, in order; 0 to 100.
    mean : float
    low, high : float
        Ends of the 95% interval of the mean over repeats (Student's t): what the service would score on
        these very recordings if it was asked again and again. What other recordings would change is in the
        score's own interval.
    count : int
        Questions.
    varied : int
        Those of them that were not answered alike each time: by another option or none, in transcripts by
        other words.
    """

    task: str
    metric: str
    scores: list[float]
    mean: float
    low: float
    high: float
    count: int
    varied: int


class Evidence(_Stored):
    """What each group of recordings adds to the overall score; two runs' can be tested pair by pair.

    Attributes
    ----------
    clusters_sha256 : str
        Of the samples in each group: only equal ones can be paired.
    values : dict of str to list of float
        By protocol; a group's pseudo-value (Tukey's jackknife), in the order of the groups' first
        samples by name. Their sum is the overall score.
    """

    clusters_sha256: str
    values: dict[ScoringProtocol, list[float]]


class Breakdown(_Stored):
    """Everything that is derived from one configuration's predictions.

    Attributes
    ----------
    cells : list of ScoreCell
        The overall ones first, then task by task.
    chance : list of ChanceCell
    word_errors : WordErrorTable or None
        `None` where nothing was transcribed.
    evidence : Evidence or None
        `None` where nothing was answered.
    refusals : list of RefusalCell
        Of a service's answers, task by task; empty, and not written, where weights here answered.
    spending : Spending or None
        None, and not written, where no answer's cost is known.
    repeats : list of RepeatSpread
        The mean over tasks first, then task by task; empty, and not written, where each question was asked
        once.
    """

    cells: list[ScoreCell]
    chance: list[ChanceCell]
    word_errors: WordErrorTable | None = None
    evidence: Evidence | None = None
    refusals: Annotated[list[RefusalCell], Field(exclude_if=_is_empty)] = []
    spending: Annotated[Spending | None, Field(exclude_if=_is_none)] = None
    repeats: Annotated[list[RepeatSpread], Field(exclude_if=_is_empty)] = []

    def headlines(self, protocol: ScoringProtocol = "strict") -> list[ScoreCell]:
        """The mean over tasks and each task's headline score, over all samples."""
        return [
            cell for cell in self.cells if cell.headline and (cell.protocol, cell.group) == (protocol, "all")
        ]
