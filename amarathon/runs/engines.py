"""Where an evaluation's answers are computed: behind one interface, so that records are the same."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from amarathon.errors import RunError
from amarathon.models.responder import ModelIdentity
from amarathon.runs.environment import Environment, describe_environment

if TYPE_CHECKING:
    from amarathon.audio import AudioLimits
    from amarathon.models.responder import Responder
    from amarathon.runs.answering import Tell
    from amarathon.runs.planning import Job
    from amarathon.runs.records import Prediction


@dataclass(frozen=True)
class DeferredModel:
    """A model that is loaded when the first answer is needed of it: never, for a finished run.

    Attributes
    ----------
    name : str
        What its identity will say, so that another model's run is refused before loading.
    load : callable
        Returns the `Responder`. An engine with several workers calls it in each of them.
    """

    name: str
    load: "Callable[[], Responder]"


class Workers(Protocol):
    """A model, loaded, once or several times.

    Attributes
    ----------
    identity : ModelIdentity
    compresses : bool
        Whether it can be asked under configurations other than vanilla.
    environment : Environment
        Where it computes.
    """

    identity: ModelIdentity
    compresses: bool
    environment: Environment

    def answer(
        self, jobs: "Iterable[Job]", *, seed: int, limits: "AudioLimits", tell: "Tell"
    ) -> "Iterator[Prediction]":
        """Answer every job, in any order; one record for each question."""


class Engine(Protocol):
    """A way of computing answers.

    Attributes
    ----------
    name : str
        As it stands in ``run.json``.
    """

    @property
    def name(self) -> str: ...

    def workers(self, lm: "Responder | DeferredModel") -> AbstractContextManager[Workers]:
        """Load the model wherever this engine works, for the time of a ``with`` block."""


class LocalEngine:
    """One model in this process."""

    name = "local"

    @contextmanager
    def workers(self, lm: "Responder | DeferredModel") -> Iterator[Workers]:
        """See `Engine.workers`."""
        yield _LocalWorkers(lm.load() if isinstance(lm, DeferredModel) else lm)


class _LocalWorkers:
    def __init__(self, model: "Responder"):
        from amarathon.runs.answering import is_open

        self._model = model
        self.identity, self.compresses = model.identity, is_open(model)
        self.environment = describe_environment()

    def answer(
        self, jobs: "Iterable[Job]", *, seed: int, limits: "AudioLimits", tell: "Tell"
    ) -> "Iterator[Prediction]":
        from amarathon.runs.answering import answer

        return answer(self._model, jobs, seed=seed, limits=limits, tell=tell)


def engine_by_name(name: str) -> Engine:
    """An engine with its own defaults; Ray's cluster is the one that ``RAY_ADDRESS`` names, if it does.

    Raises
    ------
    RunError
        If there is none of this name.
    """
    if name == LocalEngine.name:
        return LocalEngine()
    if name == "ray":
        from amarathon.runs.ray_engine import RayEngine

        return RayEngine(os.environ.get("RAY_ADDRESS"))
    raise RunError(f"There is no engine {name!r}; use local or ray.")
