"""What routes answer to listening reports."""

from human_eval.api.schemas.base import View, example


class ListeningView(View):
    """What was played: spans in seconds, their share of the recording, and the share that an answer needs."""

    model_config = example({"covered": [[0.0, 61.5]], "share": 0.62, "needed": 0.8, "unlocked": False})
    covered: list[tuple[float, float]]
    share: float
    needed: float
    unlocked: bool


class RefusedInterval(View):
    """An interval that cannot have been played; `index` counts the intervals of the report from 0."""

    model_config = example({"index": 0, "reason": "longer than the time that has passed"})
    index: int
    reason: str
