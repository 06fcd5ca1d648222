"""Listening reports as pages send them: annotators' and reviewers' alike."""

from typing import Annotated

from pydantic import Field

from human_eval.annotation.coverage import PlayedInterval
from human_eval.annotation.listening import PlaybackReport
from human_eval.api.requests import Body, ClientId, Number


class IntervalBody(Body):
    """An interval played in one go, at one speed, aloud or muted, in sight or hidden.

    `start` and `end` are seconds of the recording, `speed` its seconds a second, `at` the second of the
    page's clock at which it began. Shorter ones than 0.05 s are too short to hear.
    """

    start: Number
    end: Number
    speed: Number
    at: Number
    muted: bool = False
    hidden: bool = False


class PlaybackBody(Body):
    """What was played since the last report.

    `page` names one load of the page, whose clock (``performance.now()``, in seconds) `at` and `sent_at`
    are read from. A report that found no connection is sent again as it was, before newer ones.
    """

    client_id: ClientId
    page: ClientId
    sent_at: Number
    intervals: Annotated[list[IntervalBody], Field(max_length=1000)]

    def report(self) -> PlaybackReport:
        """The report, as it is credited."""
        intervals = [PlayedInterval(**interval.model_dump()) for interval in self.intervals]
        return PlaybackReport(self.client_id, self.page, self.sent_at, intervals)
