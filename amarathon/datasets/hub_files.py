"""The files of a repository of the Hub, and whether those on the disk are they."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from amarathon.errors import DatasetError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_PIECE = 1 << 20


@dataclass(frozen=True)
class HubFile:
    """What the Hub says of a file.

    Attributes
    ----------
    size : int
        Bytes.
    sha256 : str or None
        Of its content, where it is stored as a large file.
    blob : str
        Git's name of its content, where it is not.
    """

    size: int
    sha256: str | None
    blob: str


def list_files(api: "HfApi", repository: str, commit: str, folders: Iterable[str]) -> dict[str, HubFile]:
    """Every file of some folders, by path."""
    from huggingface_hub.hf_api import RepoFile

    found: dict[str, HubFile] = {}
    for folder in folders:
        entries = api.list_repo_tree(
            repository, path_in_repo=folder, recursive=True, revision=commit, repo_type="dataset"
        )
        for entry in entries:
            if isinstance(entry, RepoFile):
                large = entry.lfs.sha256 if entry.lfs else None
                found[entry.path] = HubFile(entry.size, large, entry.blob_id)
    return found


def check_hashes(folder: Path, files: Mapping[str, HubFile]) -> None:
    """See that every file is the one that the Hub lists; those that are not are removed.

    The Hub's own client compares sizes alone.

    Raises
    ------
    DatasetError
        Naming one of them.
    """
    wrong = [path for path, file in files.items() if not _is(folder / path, file)]
    for path in wrong:
        (folder / path).unlink()
    if wrong:
        raise DatasetError(
            f"{len(wrong)} files came damaged, {wrong[0]} among them, and were removed: download again."
        )


def _is(path: Path, file: HubFile) -> bool:
    # As Git names a file's content; no protection against somebody who wants two alike.
    git = sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    digest = git if file.sha256 is None else sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return digest.hexdigest() == (file.sha256 or file.blob)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while piece := content.read(_PIECE):
            yield piece
