"""Which samples of a dataset a study asks: a stratified draw, the same for the same seed."""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from amarathon.tasks.sample import Sample
from human_eval.errors import HumanEvalError


@dataclass(frozen=True)
class Drawn:
    """The samples of a study, each in one part only.

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
    for sample in sorted(samples, key=lambda each: each.id):
        strata[_stratum(sample)].append(sample)
    chance = random.Random(seed)
    piles = list(strata.values())
    chance.shuffle(piles)
    for pile in piles:
        chance.shuffle(pile)
    drawn: list[Sample] = []
    while len(drawn) < number and any(piles):
        drawn += [pile.pop() for pile in piles if pile][: number - len(drawn)]
    return drawn


def named(samples: Sequence[Sample], ids: Collection[str]) -> list[Sample]:
    """The samples with these ids, in their order.

    Raises
    ------
    HumanEvalError
        If one of them is not there.
    """
    by_id = {sample.id: sample for sample in samples}
    absent = [each for each in ids if each not in by_id]
    if absent:
        raise HumanEvalError(f"The dataset has no usable sample {absent[0]!r}.")
    return [by_id[each] for each in dict.fromkeys(ids)]


def by_task(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """Samples under their task codes."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[sample.task].append(sample)
    return found


def _stratum(sample: Sample) -> tuple[str, ...]:
    label = sample.options[sample.answer].label if sample.answer is not None and sample.options else ""
    slices = [f"{name}={value}" for name, value in sorted(sample.slices.items())]
    # An option that has no label of the task's own is its text: no two samples share it.
    return (label if len(label) < 40 else "", *slices)
