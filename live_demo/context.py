"""What a comparison works with, and what it need not do again."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amarathon.generation.outcome import Outcome, Progress
from amarathon.runs.records import Prediction
from live_demo.estimate import Expectation
from live_demo.question import Ask
from live_demo.records import KeptRecord

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.open_model import OpenModel

# What answers a comparison, event by event: a sweep, or a sweep on a borrowed GPU.
AnswerEvents = Generator[Progress | Outcome, None, None]
Events = Callable[["Audio", Ask], AnswerEvents]


@dataclass(frozen=True)
class TurnBounds:
    """After how long others have their turn, counted from when the model is there.

    Attributes
    ----------
    longest_s : float
        Seconds that one comparison computes at most.
    silent_s : float
        Seconds that its page may be silent: it was closed.
    """

    longest_s: float
    silent_s: float


@dataclass(frozen=True)
class Context:
    """What a comparison works with.

    Attributes
    ----------
    model : OpenModel
    events : callable
        Answers with it.
    expectation : Expectation
    bounds : TurnBounds
    offer_turn : callable
        Lets others compute; whether one did.
    used_s : callable
        Seconds that this comparison has computed.
    """

    model: "OpenModel"
    events: Events
    expectation: Expectation
    bounds: TurnBounds
    offer_turn: Callable[[], bool]
    used_s: Callable[[], float]


@dataclass(frozen=True)
class KnownAnswers:
    """Answers of an earlier comparison that stay as they are.

    Attributes
    ----------
    comparison : str
        Its id.
    predictions, kept
        Lines of its files.
    """

    comparison: str
    predictions: Sequence[Prediction]
    kept: Sequence[KeptRecord]
