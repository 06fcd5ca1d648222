"""How often a service, or its model, refused to answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from amarathon.answers.refusals import declines
from amarathon.metrics.cells import RefusalCell
from amarathon.tasks import EVERY_TASK


def count_refusals(answered: Sequence[Mapping[str, Any]]) -> list[RefusalCell]:
    """Count refusals by task, of the answers that a service gave; those of weights here tell nothing of it.

    Parameters
    ----------
    answered : sequence of mapping
        Records without an error.
    """
    return list(_cells([prediction for prediction in answered if prediction.get("service")]))


def _cells(answered: Sequence[Mapping[str, Any]]) -> Iterator[RefusalCell]:
    there = {prediction["task"] for prediction in answered}
    for code in sorted(there, key=lambda code: EVERY_TASK[code].order):
        own = [prediction for prediction in answered if prediction["task"] == code]
        stops = [prediction["service"]["stop"] for prediction in own]
        yield RefusalCell(
            task=code,
            count=len(own),
            refused=stops.count("refused"),
            blocked=stops.count("blocked"),
            declined=sum(map(_in_words, own)),
            cut=stops.count("length"),
            empty=stops.count("empty"),
        )


def _in_words(prediction: Mapping[str, Any]) -> bool:
    """Whether it refuses in plain words, where nothing else in it was read as an answer.

    A transcript may begin like that because the recording does.
    """
    unread = bool(prediction.get("options")) and prediction.get("answer_read") is None
    return unread and declines(prediction["reply"])
