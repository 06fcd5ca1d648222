"""How far scores move when a service is asked the same questions again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import stdtrit

from amarathon.metrics.cells import OVERALL, RepeatSpread
from amarathon.metrics.intervals import LEVEL
from amarathon.metrics.scores import score
from amarathon.tasks import TASKS

Row = Mapping[str, Any]


def repeat_spreads(answered: Sequence[Row]) -> list[RepeatSpread]:
    """Score each repeat on its own, on the questions that all of them answered.

    Parameters
    ----------
    answered : sequence of mapping
        Records of one configuration without an error; those of weights here, and of people, tell nothing.

    Returns
    -------
    list of RepeatSpread
        Empty where nothing was asked twice.
    """
    own = [row for row in answered if row.get("service")]
    names = sorted({row["repeat"] for row in own}, key=int)
    if len(names) < 2:
        return []
    by_name: dict[str, dict[tuple[str, str], Row]] = {name: {} for name in names}
    for row in own:
        by_name[row["repeat"]][row["task"], row["sample_id"]] = row
    common = set.intersection(*(set(rows) for rows in by_name.values()))
    codes = sorted({code for code, _ in common}, key=lambda code: TASKS[code].order)
    found = list(_of_tasks(codes, [[rows[key] for key in sorted(common)] for rows in by_name.values()]))
    if not found:
        return []
    means = [float(np.mean(scores)) for scores in zip(*(spread.scores for spread in found), strict=True)]
    count, varied = sum(spread.count for spread in found), sum(spread.varied for spread in found)
    return [_spread(OVERALL, "mean", means, count, varied), *found]


def mean_and_ends(scores: Sequence[float]) -> tuple[float, float, float]:
    """A mean of repeats and the ends of its 95% interval, by Student's t; never beyond 0 and 100."""
    mean, size = float(np.mean(scores)), len(scores)
    half = float(stdtrit(size - 1, (1 + LEVEL) / 2) * np.std(scores, ddof=1) / np.sqrt(size))
    return mean, max(0.0, mean - half), min(100.0, mean + half)


def _of_tasks(codes: Sequence[str], repeats: Sequence[Sequence[Row]]) -> Iterator[RepeatSpread]:
    for code in codes:
        own = [[row for row in rows if row["task"] == code] for rows in repeats]
        scores = [score(code, rows)[TASKS[code].metric] for rows in own]
        varied = sum(len(set(map(_said, times))) > 1 for times in zip(*own, strict=True))
        yield _spread(code, TASKS[code].metric, scores, len(own[0]), varied)


def _said(row: Row) -> object:
    return row["answer_read"] if row.get("options") else " ".join(row["reply"].split()).casefold()


def _spread(task: str, metric: str, scores: Sequence[float], count: int, varied: int) -> RepeatSpread:
    mean, low, high = mean_and_ends(scores)
    return RepeatSpread(
        task=task,
        metric=metric,
        scores=[float(each) for each in scores],
        mean=mean,
        low=low,
        high=high,
        count=count,
        varied=varied,
    )
