"""The statistics behind the scores of `amarathon.metrics`, for intervals and tests."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from amarathon.metrics.scores import Choice, Protocol, Transcript, counts_as_utterance
from amarathon.metrics.statistic import (
    Integers,
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)

Metric = Literal["macro_f1", "accuracy", "macro_f1_labels", "war"]


def choice_statistics(
    choices: Sequence[Choice], clusters: Integers, protocol: Protocol, units: Integers
) -> dict[Metric, Statistic]:
    """One statistic for each score of multiple-choice answers; see `Statistic` for the arrays."""
    used = np.array([protocol == "strict" or each.read is not None for each in choices], dtype=bool)
    scored = [each for each, use in zip(choices, used, strict=True) if use]
    gold, read = [each.gold for each in scored], [each.read for each in scored]
    own, asked = clusters[used], units[used]
    statistics: dict[Metric, Statistic] = {
        "macro_f1": choice_statistic(gold, read, own, macro_f1_of, units=asked),
        "accuracy": choice_statistic(gold, read, own, accuracy_of, units=asked),
    }
    if choices and all(each.labels for each in choices):
        labels = [each.gold_label for each in scored]
        statistics["macro_f1_labels"] = choice_statistic(
            labels, [each.read_label for each in scored], own, macro_f1_of, units=asked
        )
    return statistics


def choice_scores(choices: Sequence[Choice], statistics: Mapping[Metric, Statistic]) -> dict[str, Any]:
    """What `amarathon.metrics.score_choices` says, from the counts: a run has hundreds of groups."""
    found: dict[str, Any] = {
        metric: None if np.isnan(score) else score
        for metric, score in ((name, each.score()) for name, each in statistics.items())
    }
    unread = sum(each.read is None for each in choices)
    found["unread"] = 100 * unread / len(choices) if choices else None
    return found | {"count": len(statistics["accuracy"].counts)}


def transcript_statistics(
    transcripts: Sequence[Transcript], clusters: Integers, protocol: Protocol, units: Integers
) -> dict[Metric, Statistic]:
    """The statistic of word accuracy: edits over words, or error rates over utterances."""
    if protocol == "strict":
        errors = [each.strict for each in transcripts]
        rows = [(each.edits, each.reference_words) for each in errors]
        counts = np.array(rows, dtype=float).reshape(-1, 2)
        return {"war": Statistic(counts, clusters, word_accuracy_of, counts[:, 1], units)}
    used = np.array([counts_as_utterance(each.published) for each in transcripts], dtype=bool)
    rates = [
        each.published.edits / each.published.reference_words
        for each in transcripts
        if counts_as_utterance(each.published)
    ]
    counts = np.stack([np.array(rates), np.ones(len(rates))], axis=1)
    return {"war": Statistic(counts, clusters[used], word_accuracy_of, counts[:, 1], units[used])}
