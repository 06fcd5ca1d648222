"""How far annotators agree with each other, whatever the right answer is."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import comb
from typing import TypeVar

import numpy as np

from amarathon.metrics.scores import read_choices, task_of
from amarathon.metrics.transcripts import count_word_errors, spoken_content, whisper_normalise
from amarathon.runs.records import Prediction
from amarathon.tasks import Task

Answered = TypeVar("Answered", bound=Hashable)


@dataclass(frozen=True)
class AnnotatorAgreement:
    """Agreement of annotators on one task.

    Attributes
    ----------
    task : str
    annotators : int
        Who answered a sample that somebody else answered too.
    samples, pairs : int
        Samples with two answers or more, and the pairs of answers on them.
    alpha : float or None
        Krippendorff's alpha for nominal data (Krippendorff 2019, chapter 12); `None` for transcripts,
        and where fewer than two samples or only one answer occurs.
    pairwise : float or None
        Mean agreement of all pairs from 0 to 100: the share that are equal, or for transcripts
        100 less the word error rate of each against the other. `None` without a pair.
    """

    task: str
    annotators: int
    samples: int
    pairs: int
    alpha: float | None
    pairwise: float | None


def agreement(answers: Iterable[Prediction]) -> list[AnnotatorAgreement]:
    """Measure agreement task by task.

    Parameters
    ----------
    answers : iterable of Prediction
        `repeat` is the annotator. Those with an error are left out.

    Returns
    -------
    list of AnnotatorAgreement
        In the order of the tasks, one for each that was answered.

    Raises
    ------
    ScoreError
        If an answer lacks its options.
    TaskError
        If a task is unknown.
    """
    by_task: dict[str, list[Prediction]] = defaultdict(list)
    for answer in answers:
        if answer.error is None:
            by_task[answer.task].append(answer)
    tasks = sorted(map(task_of, by_task), key=lambda task: task.order)
    return [_of_task(task, by_task[task.code]) for task in tasks]


def _of_task(task: Task, answers: Sequence[Prediction]) -> AnnotatorAgreement:
    shared: Sequence[Mapping[str, Hashable]]
    alpha = share = None
    if task.is_multiple_choice:
        shared = chosen = _shared(_categories(task, answers))
        alpha = nominal_alpha(chosen)
        share = _equal_share(chosen) if chosen else None
    else:
        shared = written = _shared(_transcripts(answers))
        share = _mean_word_agreement(written) if written else None
    return AnnotatorAgreement(
        task=task.code,
        annotators=len({annotator for own in shared for annotator in own}),
        samples=len(shared),
        pairs=sum(comb(len(own), 2) for own in shared),
        alpha=alpha,
        pairwise=None if share is None else 100 * share,
    )


def _shared(by_sample: Mapping[str, dict[str, Answered]]) -> list[dict[str, Answered]]:
    """What was answered of each sample that two annotators answered or more."""
    return [own for own in by_sample.values() if len(own) > 1]


def nominal_alpha(units: Sequence[Mapping[str, Hashable]]) -> float | None:
    """Krippendorff's alpha for nominal data (Krippendorff 2011, section C).

    Parameters
    ----------
    units : sequence of mapping
        Each sample's answers, from annotator to category. Those with one answer do not count.

    Returns
    -------
    float or None
        1 where all agree, 0 where they agree as by chance; `None` where fewer than two units or
        categories have two answers or more, for which it is not defined.
    """
    shared = [list(unit.values()) for unit in units if len(unit) > 1]
    totals = Counter(category for unit in shared for category in unit)
    if len(shared) < 2 or len(totals) < 2:
        return None
    # Each unit's ordered pairs of answers that differ, over the answers that one can be paired with.
    observed = sum(_unequal_pairs(Counter(unit)) / (len(unit) - 1) for unit in shared)
    expected = _unequal_pairs(totals) / (totals.total() - 1)
    return 1 - observed / expected


def _unequal_pairs(counts: Counter[Hashable]) -> int:
    return counts.total() ** 2 - sum(count**2 for count in counts.values())


def _categories(task: Task, answers: Sequence[Prediction]) -> dict[str, dict[str, Hashable]]:
    """What each annotator chose: a label where the task has a label set, else the option's index."""
    chosen: dict[str, dict[str, Hashable]] = defaultdict(dict)
    choices = read_choices(task.code, [answer.model_dump() for answer in answers])
    for answer, choice in zip(answers, choices, strict=True):
        chosen[answer.sample_id][answer.repeat] = choice.read_label if choice.labels else choice.read
    return chosen


def _transcripts(answers: Sequence[Prediction]) -> dict[str, dict[str, str]]:
    transcripts: dict[str, dict[str, str]] = defaultdict(dict)
    for answer in answers:
        transcripts[answer.sample_id][answer.repeat] = whisper_normalise(spoken_content(answer.reply))
    return transcripts


def _equal_share(units: Sequence[Mapping[str, Hashable]]) -> float:
    """The share of pairs of answers to one sample that are equal, by counting: pairs are many."""
    equal = sum(comb(count, 2) for unit in units for count in Counter(unit.values()).values())
    return equal / sum(comb(len(unit), 2) for unit in units)


def _mean_word_agreement(units: Sequence[Mapping[str, str]]) -> float:
    # Many people write the same words.
    agreement_of = cache(_word_agreement)
    pairs = [agreement_of(a, b) for unit in units for a, b in combinations(unit.values(), 2)]
    return float(np.mean(pairs))


def _word_agreement(first: str, second: str) -> float:
    both = (count_word_errors(first, second), count_word_errors(second, first))
    rates = [
        errors.edits / errors.reference_words if errors.reference_words else errors.edits > 0
        for errors in both
    ]
    return max(0.0, 1 - float(np.mean(rates)))
