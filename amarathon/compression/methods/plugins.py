"""Methods of other packages, found by the entry point ``amarathon.methods``."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import metadata

from amarathon.compression.methods.base import EvictionMethod, Method, PruningMethod
from amarathon.compression.methods.pooling import PoolingMethod
from amarathon.errors import ConfigurationError

GROUP = "amarathon.methods"
KINDS = (PruningMethod, EvictionMethod, PoolingMethod)


class Methods(Mapping[str, type[Method]]):
    """Every method by its name: those of this package, and those that installed packages declare.

    Other packages are imported when the mapping is first read.

    Parameters
    ----------
    own : sequence of type
        This package's.

    Raises
    ------
    ConfigurationError
        On reading, if another package's method cannot be imported, is none, or takes a name that there is.
    """

    def __init__(self, own: Sequence[type[Method]]):
        self._own = own

    @cached_property
    def _by_name(self) -> dict[str, type[Method]]:
        found = {method.name: method for method in self._own}
        for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
            method = _loaded(entry)
            if method.name in found:
                raise ConfigurationError(
                    f"{_package(entry)} declares a method {method.name!r}, which there is already; "
                    "uninstall it, or ask its authors for another name."
                )
            found[method.name] = method
        return found

    def __getitem__(self, name: str) -> type[Method]:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def _loaded(entry: metadata.EntryPoint) -> type[Method]:
    try:
        method = entry.load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"The method {entry.name!r} of {_package(entry)} cannot be imported: {error}."
        ) from error
    if not (isinstance(method, type) and issubclass(method, KINDS)):
        kinds = ", ".join(kind.__name__ for kind in KINDS)
        raise ConfigurationError(f"{entry.value} of {_package(entry)} is no subclass of {kinds}.")
    if method.name != entry.name:
        raise ConfigurationError(
            f"{_package(entry)} declares {entry.value} as {entry.name!r}, but its name is {method.name!r}."
        )
    return method


def _package(entry: metadata.EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.module
