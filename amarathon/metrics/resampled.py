"""The statistics behind the scores of `amarathon.metrics`, for intervals and tests."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from amarathon.metrics.protocols import ScoringProtocol
from amarathon.metrics.scores import Choice, Transcript, counts_as_utterance
from amarathon.metrics.statistic import (
    Integers,
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)

Metric = Literal["macro_f1", "accuracy", "macro_f1_labels", "war", "bleu"]


def choice_statistics(
    choices: Sequence[Choice], clusters: Integers, protocol: ScoringProtocol, units: Integers
) -> dict[Metric, Statistic]:
    """One statistic for each score of multiple-choice answers; see `Statistic` for the arrays."""
    used = np.array([protocol == "strict" or choice.read is not None for choice in choices], dtype=bool)
    scored = [choice for choice, use in zip(choices, used, strict=True) if use]
    gold, read = [choice.gold for choice in scored], [choice.read for choice in scored]
    own_clusters, own_units = clusters[used], units[used]
    statistics: dict[Metric, Statistic] = {
        "macro_f1": choice_statistic(gold, read, own_clusters, macro_f1_of, units=own_units),
        "accuracy": choice_statistic(gold, read, own_clusters, accuracy_of, units=own_units),
    }
    if choices and all(choice.labels for choice in choices):
        labels = [choice.gold_label for choice in scored]
        statistics["macro_f1_labels"] = choice_statistic(
            labels, [choice.read_label for choice in scored], own_clusters, macro_f1_of, units=own_units
        )
    return statistics


def choice_scores(choices: Sequence[Choice], statistics: Mapping[Metric, Statistic]) -> dict[str, Any]:
    """The scores of `score_choices`, from the counts: a run has hundreds of groups."""
    found: dict[str, Any] = {
        metric: None if np.isnan(score) else score
        for metric, score in ((name, statistic.score()) for name, statistic in statistics.items())
    }
    unread = sum(choice.read is None for choice in choices)
    found["unread"] = 100 * unread / len(choices) if choices else None
    return found | {"count": len(statistics["accuracy"].counts)}


def transcript_statistics(
    transcripts: Sequence[Transcript], clusters: Integers, protocol: ScoringProtocol, units: Integers
) -> dict[Metric, Statistic]:
    """The statistic of word accuracy: edits over words, or error rates over utterances."""
    if protocol == "strict":
        errors = [transcript.strict for transcript in transcripts]
        rows = [(error.edits, error.reference_words) for error in errors]
        counts = np.array(rows, dtype=float).reshape(-1, 2)
        return {"war": Statistic(counts, clusters, word_accuracy_of, counts[:, 1], units)}
    used = np.array([counts_as_utterance(transcript.published) for transcript in transcripts], dtype=bool)
    rates = [
        transcript.published.edits / transcript.published.reference_words
        for transcript in transcripts
        if counts_as_utterance(transcript.published)
    ]
    counts = np.stack([np.array(rates), np.ones(len(rates))], axis=1)
    return {"war": Statistic(counts, clusters[used], word_accuracy_of, counts[:, 1], units[used])}
