"""Which samples of a dataset a study asks: a stratified draw, the same for the same seed."""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from amarathon.tasks.sample import Sample
from human_eval.errors import HumanEvalError


@dataclass(frozen=True)
class StudySamples:
    """The samples of a study, each of one kind only.

    Attributes
    ----------
    main, gold, practice : tuple of Sample
    """

    main: tuple[Sample, ...]
    gold: tuple[Sample, ...]
    practice: tuple[Sample, ...]


def stratified(samples: Sequence[Sample], number: int, seed: int) -> list[Sample]:
    """Draw samples of one task so that right answers and slices come evenly.

    Strata are the combinations of the right option's label and the slices. They are gone round in a
    random order, one random sample of each at a time.

    Parameters
    ----------
    samples : sequence of Sample
        Of one task; their order does not matter.
    number : int
        All of them where there are fewer.
    seed : int
    """
    strata: dict[tuple[str, ...], list[Sample]] = defaultdict(list)
    for sample in sorted(samples, key=lambda sample: sample.id):
        strata[_stratum(sample)].append(sample)
    generator = random.Random(seed)
    shuffled = list(strata.values())
    generator.shuffle(shuffled)
    for stratum in shuffled:
        generator.shuffle(stratum)
    selected: list[Sample] = []
    while len(selected) < number and any(shuffled):
        selected += [stratum.pop() for stratum in shuffled if stratum][: number - len(selected)]
    return selected


def named(samples: Sequence[Sample], ids: Collection[str]) -> list[Sample]:
    """The samples with these ids, in their order.

    Raises
    ------
    HumanEvalError
        If one of them is not there.
    """
    by_id = {sample.id: sample for sample in samples}
    absent = [sample_id for sample_id in ids if sample_id not in by_id]
    if absent:
        raise HumanEvalError(f"The dataset has no usable sample {absent[0]!r}.")
    return [by_id[sample_id] for sample_id in dict.fromkeys(ids)]


def by_task(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """Samples under their task codes."""
    tasks: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        tasks[sample.task].append(sample)
    return tasks


def _stratum(sample: Sample) -> tuple[str, ...]:
    label = sample.options[sample.answer].label if sample.answer is not None and sample.options else ""
    slices = [f"{name}={value}" for name, value in sorted(sample.slices.items())]
    # An option that has no label of the task's own is its text: no two samples share it.
    return (label if len(label) < 40 else "", *slices)
