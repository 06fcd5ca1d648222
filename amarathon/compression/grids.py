"""Named lists of configurations."""

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

from amarathon.compression.configuration import VANILLA
from amarathon.errors import ConfigurationError

_PRUNED = tuple(product(("random", "fastv", "dart", "frame"), (0.3, 0.6, 0.9)))
_EVICTED = tuple(product(("knorm", "randomkv", "snapkv", "tova"), (0.3, 0.5, 0.6, 0.7, 0.9)))

GRIDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Tables 4 and 7 of the paper (arXiv 2510.07293).
        "paper": (
            VANILLA,
            *(f"{method}@{share}" for method, share in (*_PRUNED, *_EVICTED)),
        ),
        # The same as the paper's released code counts and keeps; see `methods.released`.
        "paper-released": (
            VANILLA,
            *(
                f"{method}@{share}:span=released" + (",kept_total=released" if method == "dart" else "")
                for method, share in (*_PRUNED, *_EVICTED)
            ),
        ),
    }
)


def grid_names(name: str) -> tuple[str, ...]:
    """The configurations of a grid.

    Raises
    ------
    ConfigurationError
        If there is no such grid.
    """
    if name not in GRIDS:
        raise ConfigurationError(f"{name!r} is not a grid; there are {', '.join(GRIDS)}.")
    return GRIDS[name]
