"""Stage 1: sources. What a benchmark is made from is fetched once, checked, and kept in a cache folder."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from filelock import FileLock

from amarathon.construction.packages import DebianPackage
from amarathon.errors import AmarathonError, AudioError, DatasetError
from amarathon.samples import Exclusion

T = TypeVar("T")
_THREADS = 2


@dataclass(frozen=True)
class Selection(Generic[T]):
    """What a stage kept, and what it dropped and why."""

    kept: tuple[T, ...]
    dropped: tuple[Exclusion, ...] = ()


def cache_folder() -> Path:
    """The folder that fetched sources are kept in: ``amarathon`` in the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "amarathon" / "sources"


def unpacked(package: DebianPackage, cache: Path | None = None) -> Path:
    """Find a package's files, fetching it where it is not in the cache.

    Parameters
    ----------
    package : DebianPackage
    cache : Path, optional
        `cache_folder` by default.

    Returns
    -------
    Path
        The folder it was unpacked into: the root of its files.

    Raises
    ------
    DatasetError
        It cannot be had, or is not the one declared. The message says what to install or to put where.
    """
    place = (cache or cache_folder()) / f"{package.name}-{package.version}".replace(":", "_")
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not place.is_dir():
            _fetch(package, place)
    return place


def _fetch(package: DebianPackage, place: Path) -> None:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise DatasetError(
                f"{tool} is not installed: fetch the package {package.name} {package.version} on Debian "
                f"or Ubuntu and unpack it with dpkg-deb -x into {place}."
            )
    with TemporaryDirectory(dir=place.parent) as work:
        folder = Path(work)
        wanted = f"{package.name}={package.version}"
        download = subprocess.run(
            ["apt-get", "download", "-q", wanted], cwd=folder, capture_output=True, text=True, check=False
        )
        found = list(folder.glob("*.deb"))
        if download.returncode != 0 or len(found) != 1:
            reason = (download.stderr.strip().splitlines() or ["no package came"])[-1]
            raise DatasetError(f"The Debian package {wanted} cannot be downloaded: {reason}")
        if hashlib.sha256(found[0].read_bytes()).hexdigest() != package.sha256:
            raise DatasetError(f"The Debian package {wanted} is not the one that the benchmark was made for.")
        files = folder / "files"
        unpack = subprocess.run(
            ["dpkg-deb", "-x", str(found[0]), str(files)], capture_output=True, text=True, check=False
        )
        if unpack.returncode != 0:
            raise DatasetError(f"The Debian package {wanted} cannot be unpacked: {unpack.stderr.strip()}")
        files.replace(place)


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
