"""Randomness that depends on names alone: never on the order of work or of a listing."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_SEPARATOR = "\x1f"


def digest(*names: object) -> bytes:
    """Hash a sequence of names; ``("a", "bc")`` and ``("ab", "c")`` differ."""
    return sha256(_SEPARATOR.join(map(str, names)).encode()).digest()


def generator(*names: object) -> np.random.Generator:
    """Make a generator whose stream the names decide.

    Parameters
    ----------
    *names : object
        E.g. the seed, the sample's id and the purpose; their text counts.

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest(*names)[:16], "big")))


def fraction(*names: object) -> float:
    """Map names to a number in [0, 1), evenly."""
    return int.from_bytes(digest(*names)[:8], "big") / 2**64


def shuffled(items: Sequence[T], *names: object) -> list[T]:
    """Order items by a hash of the names and of each item's own text.

    The order of `items` itself makes no difference, so a listing may come in any order.
    """
    return sorted(items, key=lambda item: digest(*names, item))


def chosen(rng: np.random.Generator, items: Sequence[T]) -> T:
    """Draw one item; unlike `Generator.choice` it keeps the item's type."""
    return items[int(rng.integers(len(items)))]


def sampled(rng: np.random.Generator, items: Sequence[T], count: int) -> list[T]:
    """Draw different items, in random order."""
    return [items[int(index)] for index in rng.permutation(len(items))[:count]]
