"""Where an evaluation's answers are computed: behind one interface, so that records are the same."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from amarathon.models.model_api import ModelIdentity
from amarathon.runs.environment import Environment

if TYPE_CHECKING:
    from amarathon.audio import AudioLimits
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel
    from amarathon.models.remote.model import RemoteModel
    from amarathon.runs.answering import OnStage
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
        Returns the `ModelAPI`. An engine with several workers calls it in each of them.
    """

    name: str
    load: "Callable[[], OpenModel | ModelAPI]"


class Workers(Protocol):
    """A model, loaded, once or several times.

    Attributes
    ----------
    identity : ModelIdentity
    compresses : bool
        Whether it can answer under configurations other than vanilla.
    environment : Environment
        Where it computes.
    remote : RemoteModel or None
        The model, where a service answers.
    """

    identity: ModelIdentity
    compresses: bool
    environment: Environment
    remote: "RemoteModel | None"

    def answer(
        self, jobs: "Iterable[Job]", *, seed: int, limits: "AudioLimits", on_stage: "OnStage"
    ) -> "Iterator[Prediction]":
        """Answer every job, in any order; one record for each question.

        Raises
        ------
        ServiceError
            If a service cannot be asked any more.
        """

    def finish(self) -> "Iterator[Prediction]":
        """The answers that are on their way when `answer` was left before its end; nothing new is asked.

        One that was yielded before may come again.
        """


def remote_of(model: "OpenModel | ModelAPI") -> "RemoteModel | None":
    """The model, where a service answers."""
    from amarathon.models.remote.model import RemoteModel

    return model if isinstance(model, RemoteModel) else None


def name_of(lm: "OpenModel | ModelAPI | DeferredModel") -> str:
    """The name that a model's identity has, or will have."""
    return lm.name if isinstance(lm, DeferredModel) else lm.identity.name


class Engine(Protocol):
    """A way of computing answers.

    Attributes
    ----------
    name : str
        As it stands in ``run.json``.
    """

    @property
    def name(self) -> str:
        """As it stands in ``run.json``."""

    def workers(self, lm: "OpenModel | ModelAPI | DeferredModel") -> AbstractContextManager[Workers]:
        """Load the model wherever this engine works, for the time of a ``with`` block."""
