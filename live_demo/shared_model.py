"""The one model that all visitors share: loaded once, with a twin for each comparison that has begun.

Models are loaded one after another. transformers, and each of its folders, puts another object in its own
place when its import ends: a thread that asks for it meanwhile receives the first one, which lacks every
class. So all that a comparison needs of it is imported, and one model loaded, by one thread at a time.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.tasks import TASKS
from live_demo.costs import Costs, Measurement
from live_demo.estimate import Expectation, ModelFacts, measured
from live_demo.question import Ask

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel

# The first answer of a process is slower than any other; the second is measured.
WARM_UP_S, WARM_UP_S_IN_WINDOWS = (8, 30), (8, 8)
# A transcript is written whole whatever its limit: it counts where the limit is beyond it.
WARM_UP_TOKENS, WARM_UP_TOKENS_IN_WINDOWS = 8, 400
# Eviction costs a token more than what it saves on a small model, so that vanilla does not tell its cost.
WARM_UP_CONFIGURATIONS = ("vanilla", "snapkv@0.5")
_IMPORTING = threading.Lock()


class SharedModel:
    """Loads a model once.

    Parameters
    ----------
    name : str
        As `amarathon.load_model` takes it.
    costs : Costs, optional
        Where what the warm-up takes is noted.
    """

    def __init__(self, name: str, costs: Costs | None = None):
        self.name = name
        self._costs = costs
        self._model: OpenModel | None = None
        self._facts: ModelFacts | None = None
        self._loading, self._lending = threading.Lock(), threading.Lock()
        self._idle: list[OpenModel] = []

    def get(self) -> "OpenModel":
        """The model; the first call loads it, and so does the next one after a failure.

        Raises
        ------
        ModelError
        """
        with self._loading:
            if self._model is None:
                model, load_s = _load(self.name)
                load = Measurement(kind="load", size=1.0, value=load_s)
                self._facts = ModelFacts.of(model)
                found = warm_up(model, self._facts, self._costs)
                if self._costs is not None:
                    self._costs.add([load, *found])
                self._model = model
            return self._model

    @property
    def facts(self) -> ModelFacts | None:
        """What arithmetic needs of it, once it is loaded."""
        return self._facts

    @property
    def can_be_put_aside(self) -> bool:
        """Whether several comparisons may have begun with it."""
        model = self.get()
        from amarathon.models.twins import can_be_twinned

        return can_be_twinned(model)

    @contextmanager
    def lent(self) -> Iterator["OpenModel"]:
        """The model for one comparison: a twin, whose compression others do not see.

        Raises
        ------
        ModelError
        """
        model = self.get()
        from amarathon.models.twins import twin

        if not self.can_be_put_aside:
            yield model
            return
        with self._lending:
            # The model itself never works, so that it can be twinned at any time.
            own = self._idle.pop() if self._idle else twin(model)
        try:
            yield own
        finally:
            with self._lending:
                self._idle.append(own)


def _load(name: str) -> tuple["OpenModel", float]:
    """Import what comparisons need and load a model; gives it and the seconds that loading took."""
    with _IMPORTING:
        # Nothing of it can reach a service: what visitors upload stays here.
        import amarathon.models.twins  # noqa: F401
        from amarathon.models.loading import load_weights

        began = time.monotonic()
        return load_weights(name), time.monotonic() - began


def warm_up(model: "OpenModel", facts: ModelFacts, costs: Costs | None = None) -> list[Measurement]:
    """Answer twice about a bundled recording, so that no visitor's first configuration pays for the start.

    Without it vanilla, which comes first, would look slower than it is, and every speed-up larger. Gives
    what was measured the second time.
    """
    found: list[Measurement] = []
    most = WARM_UP_TOKENS_IN_WINDOWS if facts.in_windows else WARM_UP_TOKENS
    for seconds in WARM_UP_S_IN_WINDOWS if facts.in_windows else WARM_UP_S:
        outcomes = _answer(model, seconds, most)
        if costs is None:
            break
        ask = Ask(
            recording="",
            task="ASR",
            configurations=list(WARM_UP_CONFIGURATIONS),
            max_new_tokens=most,
        )
        expectation = Expectation(ask, float(seconds), facts, costs)
        found = measured(expectation, ask, float(seconds), outcomes)
    # One reply teaches little about how long replies are.
    return [one for one in found if one.kind != "reply"]


def _answer(model: "OpenModel", seconds: int, most: int) -> list[Outcome]:
    """Answers about the start of bundled speech: about silence a model that transcribes writes nothing."""
    from amarathon.audio import SAMPLE_RATE, Audio, load_audio
    from amarathon.datasets import load_dataset
    from amarathon.datasets.bundled import EXAMPLES

    sample = next(sample for sample in load_dataset(EXAMPLES).samples if sample.task == "ASR")
    whole = load_audio(sample.audio.path)
    audio = Audio(whole.samples[: seconds * SAMPLE_RATE], "", "", whole.info)
    # A question that every model can answer, one that only transcribes as well.
    messages = TASKS["ASR"].free_messages("", [])
    events = sweep(model, audio, messages, list(WARM_UP_CONFIGURATIONS), max_new_tokens=most)
    return [event for event in events if isinstance(event, Outcome)]
