"""The statistics behind the scores of `amarathon.metrics`, for resampling."""

from collections.abc import Sequence
from typing import Literal

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
    choices: Sequence[Choice], clusters: Integers, protocol: Protocol
) -> dict[Metric, Statistic]:
    """One statistic for each score of multiple-choice answers."""
    used = np.array([protocol == "strict" or each.read is not None for each in choices], dtype=bool)
    scored = [each for each, use in zip(choices, used, strict=True) if use]
    gold, read, own = [each.gold for each in scored], [each.read for each in scored], clusters[used]
    statistics: dict[Metric, Statistic] = {
        "macro_f1": choice_statistic(gold, read, own, macro_f1_of),
        "accuracy": choice_statistic(gold, read, own, accuracy_of),
    }
    if choices and all(each.labels for each in choices):
        labels = [each.gold_label for each in scored]
        statistics["macro_f1_labels"] = choice_statistic(
            labels, [each.read_label for each in scored], own, macro_f1_of
        )
    return statistics


def transcript_statistics(
    transcripts: Sequence[Transcript], clusters: Integers, protocol: Protocol
) -> dict[Metric, Statistic]:
    """The statistic of word accuracy: edits over words, or error rates over utterances."""
    if protocol == "strict":
        errors = [each.strict for each in transcripts]
        rows = [(each.edits, each.reference_words) for each in errors]
        return {"war": Statistic(np.array(rows, dtype=float).reshape(-1, 2), clusters, word_accuracy_of)}
    used = np.array([counts_as_utterance(each.published) for each in transcripts], dtype=bool)
    rates = [
        each.published.edits / each.published.reference_words
        for each in transcripts
        if counts_as_utterance(each.published)
    ]
    counts = np.stack([np.array(rates), np.ones(len(rates))], axis=1)
    return {"war": Statistic(counts, clusters[used], word_accuracy_of)}
