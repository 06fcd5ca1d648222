"""Answers computed by one model in this process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from amarathon.models.kinds import is_open
from amarathon.runs.engines.base import DeferredModel, Workers, remote_of
from amarathon.runs.environment import describe_environment

if TYPE_CHECKING:
    from amarathon.audio import AudioLimits
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel
    from amarathon.runs.answering import OnStage
    from amarathon.runs.planning import Job
    from amarathon.runs.records import Prediction


class LocalEngine:
    """One model in this process."""

    name = "local"

    @contextmanager
    def workers(self, lm: "OpenModel | ModelAPI | DeferredModel") -> Iterator[Workers]:
        """See `Engine.workers`."""
        yield _LocalWorkers(lm.load() if isinstance(lm, DeferredModel) else lm)


class _LocalWorkers:
    def __init__(self, model: "OpenModel | ModelAPI"):
        self._model = model
        self.identity, self.compresses = model.identity, is_open(model)
        self.remote = remote_of(model)
        self.environment = describe_environment(elsewhere=self.remote is not None)

    def answer(
        self, jobs: "Iterable[Job]", *, seed: int, limits: "AudioLimits", on_stage: "OnStage"
    ) -> "Iterator[Prediction]":
        from amarathon.runs.answering import answer

        return answer(self._model, jobs, seed=seed, limits=limits, on_stage=on_stage)

    def finish(self) -> "Iterator[Prediction]":
        """See `Workers.finish`: it works on one at a time."""
        return iter(())
