"""Stage 1: sources. Which of them can be used, and why the others cannot."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from amarathon.errors import AmarathonError, AudioError
from amarathon.tasks.sample import Exclusion

T = TypeVar("T")
_THREADS = 2


@dataclass(frozen=True)
class Selection(Generic[T]):
    """What a stage kept, and what it dropped and why."""

    kept: tuple[T, ...]
    dropped: tuple[Exclusion, ...] = ()


def select(items: Iterable[T], name: Callable[[T], str], check: Callable[[T], object]) -> Selection[T]:
    """Keep the sources that can be used.

    Parameters
    ----------
    items : iterable
    name : callable
        An item's name in the report.
    check : callable
        Raises an `AmarathonError` for an item that cannot be used, e.g. by decoding it.

    Returns
    -------
    Selection
        Kept and dropped, both by name, whatever the order of `items`.
    """
    ordered = sorted(items, key=name)

    def fault(item: T) -> Exclusion | None:
        try:
            check(item)
        except AudioError as error:
            return Exclusion(name(item), f"It is broken: {error}")
        except AmarathonError as error:
            return Exclusion(name(item), str(error))
        return None

    with ThreadPoolExecutor(_THREADS) as pool:
        faults = list(pool.map(fault, ordered))
    return Selection(
        kept=tuple(item for item, found in zip(ordered, faults, strict=True) if found is None),
        dropped=tuple(found for found in faults if found is not None),
    )
