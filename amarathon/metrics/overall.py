"""The overall score: a plain mean of tasks, how sure it is, and what each recording adds to it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from amarathon.metrics.cells import Evidence, ScoreCell
from amarathon.metrics.intervals import (
    Interval,
)
from amarathon.metrics.means import MeanTerm, interval_of_mean
from amarathon.metrics.protocols import ScoringProtocol
from amarathon.metrics.statistic import Floats, Integers, Statistic

# Digits of a pseudo-value: its sum is a score, of which one digit is shown.
_DIGITS = 6


@dataclass(frozen=True)
class ScoredCell:
    """A score and the statistic that gives it."""

    cell: ScoreCell
    statistic: Statistic


@dataclass(frozen=True)
class OverallScore:
    """The plain mean of tasks' headline scores."""

    terms: Sequence[ScoredCell]

    @property
    def score(self) -> float:
        """The mean, 0 to 100."""
        return float(np.mean([term.cell.score for term in self.terms]))

    @property
    def held_fixed(self) -> list[str]:
        """Tasks without an interval of their own."""
        return [term.cell.task for term in self.terms if term.cell.low is None]

    def interval(self) -> Interval | None:
        """The interval of the mean; `None` where no task has one."""
        return interval_of_mean([_as_term(term) for term in self.terms])

    def values(self, clusters: int) -> Floats:
        """What each of all clusters adds to the mean: pseudo-values, moved so that they add up to it."""
        added = np.zeros(clusters)
        for term in self.terms:
            score, left_out = term.statistic.score(), term.statistic.left_out()
            changes = np.nan_to_num((len(left_out) - 1) * (score - left_out))
            added[np.unique(term.statistic.clusters)] += (score + changes - changes.mean()) / len(left_out)
        return added / len(self.terms)


def _as_term(term: ScoredCell) -> MeanTerm:
    statistic = term.statistic
    deviations = statistic.left_out() - statistic.score()
    return MeanTerm(statistic.score(), interval_of(term.cell), np.unique(statistic.clusters), deviations)


def interval_of(cell: ScoreCell) -> Interval | None:
    """A cell's interval as it was made; `None` where it has none."""
    if cell.low is None or cell.high is None or cell.interval_method is None:
        return None
    return Interval(cell.low, cell.high, cell.interval_method)


def evidence_of(
    answered: Sequence[Mapping[str, Any]], clusters: Integers, overall: Mapping[ScoringProtocol, OverallScore]
) -> Evidence:
    """What each cluster adds to the overall scores, in an order that does not depend on the records'."""
    members: dict[int, set[tuple[str, str]]] = {}
    for prediction, cluster in zip(answered, clusters, strict=True):
        members.setdefault(int(cluster), set()).add((prediction.get("sample_id") or "", prediction["task"]))
    order = sorted(members, key=lambda cluster: sorted(members[cluster]))
    groups = [sorted(members[cluster]) for cluster in order]
    return Evidence(
        clusters_sha256=hashlib.sha256(json.dumps(groups).encode()).hexdigest(),
        values={
            protocol: score.values(len(order))[order].round(_DIGITS).tolist()
            for protocol, score in overall.items()
            if score.terms
        },
    )
