"""The tables of a benchmark: downloaded from the Hub at one commit, or placed by hand."""

from dataclasses import dataclass
from pathlib import Path

from amarathon.datasets.hub import download_files
from amarathon.datasets.imports.mapping import Benchmark, Split
from amarathon.datasets.imports.tables import find_tables
from amarathon.errors import DatasetError


@dataclass(frozen=True)
class Source:
    """Tables and the folder that their paths are in.

    Attributes
    ----------
    root : Path
    tables : tuple of Path
    repository, commit : str or None
        Of the Hub, where they were downloaded.
    """

    root: Path
    tables: tuple[Path, ...]
    repository: str | None = None
    commit: str | None = None


def placed(path: Path, split: Split) -> Source:
    """Tables that lie in a folder, or one table.

    Raises
    ------
    DatasetError
        There is none.
    """
    if path.is_file():
        return Source(path.parent, (path,))
    if not path.is_dir():
        raise DatasetError(f"There is neither a folder nor a table {path}.")
    return Source(path, tuple(find_tables(path, split.files)))


def downloaded(benchmark: Benchmark, split: Split, revision: str | None, data: Path) -> Source:
    """Download a split's tables, and the recordings beside them; what is there already is kept.

    Parameters
    ----------
    benchmark : Benchmark
    split : Split
    revision : str, optional
        Instead of the mapping's.
    data : Path
        Folder of downloads.

    Raises
    ------
    DatasetError
        The Hub cannot be reached or refuses; with the command that places the files by hand.
    """
    hub = benchmark.hub
    if hub is None:
        raise DatasetError(
            f"The mapping of {benchmark.title} names no repository: give the files with --from."
        )
    folder, wanted = data / hub.repository.replace("/", "--"), revision or hub.revision
    patterns = [split.files, *hub.audio]
    try:
        done = download_files(hub.repository, wanted, patterns, folder)
    except DatasetError as error:
        included = " ".join(f"--include '{pattern}'" for pattern in patterns)
        raise DatasetError(
            f"{error} Or place the files by hand: hf download {hub.repository} --repo-type dataset "
            f"--revision {wanted} {included} --local-dir FOLDER, then import with --from FOLDER."
        ) from error
    if hub.by_hand:
        raise DatasetError(f"The files of {benchmark.title} are in {folder}. {hub.by_hand}")
    return Source(folder, tuple(find_tables(folder, split.files)), hub.repository, done)
