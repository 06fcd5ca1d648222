"""Stage 4: questions. Options, distractors and answer positions; nothing depends on a listing's order."""

from collections.abc import Iterable, Mapping, Sequence

from amarathon.construction.seeds import digest, generator, sampled
from amarathon.datasets.options import make_option, text_key
from amarathon.errors import DatasetError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Option


def balanced_index(index: int, count: int, *names: object) -> int:
    """Choose one of `count` indices for the sample with a number, each equally often.

    Each block of `count` neighbours has each index once, in an order of its own, so any beginning
    of the series is balanced and no period can be learnt.

    Parameters
    ----------
    index : int
        The sample's number; part of its id.
    count : int
        At least 1.
    *names : object
        Seed, task, split and purpose.

    Returns
    -------
    int
    """
    block, position = divmod(index, count)
    return int(generator(*names, block).permutation(count)[position])


def balanced_indices(ids: Iterable[str], count: int, seed: int) -> Mapping[str, int]:
    """Give every sample of a finished set an answer position, each position equally often.

    The ids are put in an order of their own by a hash with the seed, then dealt out in blocks.

    Parameters
    ----------
    ids : iterable of str
    count : int
        Positions.
    seed : int

    Returns
    -------
    mapping of str to int
    """
    dealt = sorted(set(ids), key=lambda name: digest(seed, "answer position", name))
    return {name: balanced_index(position, count, seed, "deal") for position, name in enumerate(dealt)}


def make_options(
    task: str, right: str, wrong: Sequence[str], position: int
) -> tuple[tuple[Option, ...], int]:
    """Put the right answer at its position among the wrong ones.

    Parameters
    ----------
    task : str
        A task code; its label set names the labels.
    right : str
    wrong : sequence of str
        In the order shown.
    position : int
        Index of the right one in the order shown.

    Returns
    -------
    options : tuple of Option
    answer : int

    Raises
    ------
    DatasetError
        An option is empty or there twice, or there is no such position.
    """
    texts = list(wrong)
    if not 0 <= position <= len(texts):
        raise DatasetError(f"There is no position {position} among {len(texts) + 1} options.")
    texts.insert(position, right)
    if any(not text.strip() for text in texts):
        raise DatasetError("One of the options is empty.")
    if len({text_key(text) for text in texts}) < len(texts):
        raise DatasetError(f"Two of the options are the same: {', '.join(texts)}.")
    return tuple(make_option(text, TASKS[task].labels) for text in texts), position


def fixed_options(task: str) -> tuple[Option, ...]:
    """The options of a task whose prompt fixes their order: its whole label set.

    Raises
    ------
    DatasetError
        The task's order is not fixed.
    """
    if not TASKS[task].fixed_order:
        raise DatasetError(f"The order of the options of {task} is not fixed.")
    return tuple(Option(label[:1].upper() + label[1:], label) for label in TASKS[task].labels)


def distractors(right: str, family: Iterable[str], count: int, *names: object) -> list[str]:
    """Draw wrong answers from the family that the right one belongs to.

    Parameters
    ----------
    right : str
    family : iterable of str
        Labels of the same kind; in any order, with or without the right one.
    count : int
    *names : object
        Seed and sample id.

    Returns
    -------
    list of str

    Raises
    ------
    DatasetError
        The family is too small.
    """
    others = sorted({label for label in family if text_key(label) != text_key(right)})
    if len(others) < count:
        raise DatasetError(
            f"There are only {len(others)} other answers beside {right!r}, and {count} are needed."
        )
    return sampled(generator(*names, "distractors"), others, count)
