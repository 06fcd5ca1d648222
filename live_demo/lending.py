"""Answering on a GPU that is lent for a while, in another process: ZeroGPU.

A loan is for as long as its configurations are likely to take, so that it is neither refused for being long
nor taken back before its end. Where they take longer than one loan may, there are several, and between two of
them others have their turn. Closing the events ends a loan after the step at work.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import gradio as gr

from amarathon.errors import AmarathonError, ModelError
from amarathon.generation.outcome import Progress
from amarathon.generation.sweep import sweep
from live_demo.context import AnswerEvents
from live_demo.errors import DemoError
from live_demo.estimate import Expectation
from live_demo.limits import GPU_LEAST_S, GPU_MOST_S, GPU_START_S
from live_demo.question import Ask
from live_demo.shared_model import SharedModel
from web.zerogpu import borrows_gpu

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.open_model import OpenModel

Expect = Callable[[Ask, float], Expectation]
Interrupted = Callable[[], bool]


class AnsweringError(gr.Error):
    """What went wrong with the answers; errors of Gradio come out of the other process whole."""


def answers(model: "OpenModel", audio: "Audio", ask: Ask, interrupted: Interrupted | None) -> AnswerEvents:
    """Every configuration's answer, event by event."""
    yield from sweep(
        model,
        audio,
        ask.messages(),
        ask.configurations,
        max_new_tokens=ask.max_new_tokens,
        seed=ask.seed,
        letters=ask.letters,
        interrupted=interrupted,
    )


class Borrowing:
    """Answers on borrowed GPUs.

    Parameters
    ----------
    models : callable
        Gives the models by name: a model itself does not go to another process.
    expect : callable
        What a question about so many seconds is expected to take.
    """

    def __init__(self, models: Callable[[], Mapping[str, SharedModel]], expect: Expect):
        self._expect = expect

        def there(name: str, audio: "Audio", ask: Ask) -> AnswerEvents:
            try:
                yield from answers(models()[name].get(), audio, ask, None)
            except AmarathonError as error:
                raise AnsweringError(str(error), print_exception=False) from error

        self._borrowed = borrows_gpu(self.seconds)(there)

    def seconds(self, name: str, audio: "Audio", ask: Ask) -> int:
        """For how long a GPU is borrowed to answer."""
        del name  # the expectation finds the model by the question
        expected = self._expect(ask, audio.duration_s).estimate().seconds.high + GPU_START_S
        return math.ceil(min(max(expected, GPU_LEAST_S), GPU_MOST_S))

    def loans(self, audio_s: float, ask: Ask) -> Iterator[Ask]:
        """The question's configurations in as few loans as they are likely to fit in."""
        expectation = self._expect(ask, audio_s)
        names, used = list[str](), 0.0
        for name, cost in expectation.each.items():
            if names and used + cost.whole.high > GPU_MOST_S:
                yield _of(ask, names)
                names, used = [], 0.0
            used += cost.whole.high + (0.0 if names else GPU_START_S + expectation.encoder.high)
            names.append(name)
        yield _of(ask, names)

    def answer(self, name: str, audio: "Audio", ask: Ask, lent: Callable[[bool], None]) -> AnswerEvents:
        """Answers event by event; `lent` is told when a loan begins and ends.

        Raises
        ------
        DemoError
            If there is no GPU to be had, or it was taken back.
        ModelError
        """
        try:
            for number, loan in enumerate(self.loans(audio.duration_s, ask)):
                lent(True)
                last = None
                for event in self._borrowed(name, audio, loan):
                    # One behind: the last one is given when the GPU is given back, and others may have it.
                    if last is not None:
                        yield last
                    # What one loan has encoded is not there for the next; to the visitor it was done before.
                    again = number and isinstance(event, Progress) and event.stage == "encoder"
                    last = None if again else event
                lent(False)
                if last is not None:
                    yield last
        except AnsweringError as error:
            raise ModelError(error.message) from error
        except gr.Error as error:
            raise DemoError(f"The GPU that is lent here was not to be had: {error.message}") from error
        finally:
            lent(False)


def _of(ask: Ask, names: list[str]) -> Ask:
    return ask.model_copy(update={"configurations": names, "repeats": 1})
