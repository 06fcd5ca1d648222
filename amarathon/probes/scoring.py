"""From predictions to a score and its interval by the groups that were held out; averages over tasks."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from amarathon.metrics.clusters import find_clusters
from amarathon.metrics.intervals import Interval, score_interval
from amarathon.metrics.means import MeanTerm, interval_of_mean
from amarathon.metrics.statistic import Statistic, accuracy_of, choice_statistic
from amarathon.probes.averages import averages
from amarathon.probes.records import AverageRecord, ProbeRecord, ProbeSummary, TaskRecord

ALL_DOMAINS = "all"


def task_statistic(task: TaskRecord, predicted: Sequence[int]) -> Statistic:
    """Accuracy of predictions on a task's test split, clustered by the groups held out."""
    clusters = find_clusters([[f"{task.name}/{group}"] for group in task.groups])
    return choice_statistic(task.truth, predicted, clusters, accuracy_of, classes=range(len(task.labels)))


def majority_chance(train: Sequence[int], truth: Sequence[int]) -> float:
    """Accuracy on the test split of the class that training has most of (the first of equals), 0 to 100."""
    most = np.bincount(np.asarray(train)).argmax()
    return 100 * float((np.asarray(truth) == most).mean())


def summarise(tasks: Sequence[TaskRecord], records: Sequence[ProbeRecord]) -> ProbeSummary:
    """All averages of every encoder's layer under every probe that has all tasks of a suite."""
    by_name = {task.name: task for task in tasks}
    found: list[AverageRecord] = []
    unfinished = []

    def place(record: ProbeRecord) -> tuple[str, str, str]:
        return (record.encoder, record.layer, record.probe)

    for key, group in groupby(sorted(records, key=place), key=place):
        own = {record.task: record for record in group}
        if own.keys() != by_name.keys():
            unfinished.append(" ".join(key))
            continue
        domains = sorted({task.domain for task in tasks})
        for domain in (ALL_DOMAINS, *domains):
            members = [task for task in tasks if domain in (ALL_DOMAINS, task.domain)]
            found += _averages(key, domain, members, own)
    return ProbeSummary(averages=found, unfinished=unfinished)


def _averages(
    key: tuple[str, str, str], domain: str, tasks: Sequence[TaskRecord], own: Mapping[str, ProbeRecord]
) -> list[AverageRecord]:
    encoder, layer, probe = key
    scores = [own[task.name].score for task in tasks]
    figures = averages(scores, [task.chance for task in tasks], [task.test for task in tasks])
    interval = _macro_interval(tasks, own)
    return [
        AverageRecord(
            encoder=encoder,
            layer=layer,
            probe=probe,
            domain=domain,
            average=average,
            score=score,
            low=interval.low if interval and average == "macro" else None,
            high=interval.high if interval and average == "macro" else None,
            tasks=len(tasks),
        )
        for average, score in figures.items()
    ]


def _macro_interval(tasks: Sequence[TaskRecord], own: Mapping[str, ProbeRecord]) -> Interval | None:
    """Of the plain mean; tasks with too few groups for an interval are taken as they are.

    Groups are named within their task: two tasks that share a voice are taken as independent.
    """
    terms, first = [], 0
    for task in tasks:
        statistic = task_statistic(task, own[task.name].predicted)
        numbers = np.unique(statistic.clusters)
        deviations = np.nan_to_num(statistic.left_out() - statistic.score())
        terms.append(MeanTerm(statistic.score(), score_interval(statistic), numbers + first, deviations))
        first += len(numbers)
    return interval_of_mean(terms)
