"""Right answers of bundled recordings, shown where nobody is asked the same question in a study."""

import logging
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from amarathon.errors import AmarathonError
from amarathon.tasks.identity import identities
from live_demo.examples import Example
from live_demo.records import ComparisonRecord

logger = logging.getLogger(__name__)

# Gives the marks of the questions whose answers are secret now: see `amarathon.tasks.identity`.
HeldBack = Callable[[], AbstractSet[str]]


@dataclass(frozen=True)
class Gold:
    """A right answer.

    Attributes
    ----------
    answer : int or None
        Index of the right option.
    reference : str or None
        The right transcript.
    """

    answer: int | None = None
    reference: str | None = None


class GoldAnswers:
    """Finds right answers.

    Parameters
    ----------
    examples : callable
        Gives the bundled recordings.
    held_back : callable
    """

    def __init__(self, examples: Callable[[], Mapping[str, Example]], held_back: HeldBack):
        self._examples, self.held_back = examples, held_back

    def of(self, comparison: ComparisonRecord) -> Gold:
        """The right answer to a comparison's question, as far as it is known and may be seen now."""
        example = self._examples().get(comparison.recording.example or "")
        if example is None or not comparison.ask.asks_as(example.sample):
            return Gold()
        sample = example.sample
        marks = identities(
            sample.task,
            sample.id,
            file_sha256=comparison.recording.sha256,
            pcm_sha256=comparison.recording.pcm_sha256,
            reference=sample.reference,
        )
        try:
            secret = self.held_back()
        except AmarathonError as error:
            logger.warning("Right answers are not shown, because studies cannot be asked: %s", error)
            return Gold()
        return Gold() if marks & secret else Gold(sample.answer, sample.reference)
