"""Downloading the published dataset from the Hugging Face Hub, task by task."""

import errno
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from amarathon.datasets.hub_files import check_hashes, list_files
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.datasets.official import OFFICIAL_SETS
from amarathon.errors import DatasetError, TaskError
from amarathon.files import write_atomically

HUB_ID = "Hezep/AudioMarathon"
RECORD_FILE = "audiomarathon-download.json"
# Not logged in, or not allowed to.
_WITHOUT_RIGHT = {401, 403}
_UNREACHABLE = "The Hugging Face Hub cannot be reached; check the network."


@dataclass(frozen=True)
class Download:
    """What was downloaded.

    Attributes
    ----------
    repository, revision : str
        The Hub's id, and the commit that every file is of.
    tasks : tuple of str
    folder : Path
    files, size_bytes : int
        Of these tasks at that commit, those that were there before included.
    """

    repository: str
    revision: str
    tasks: tuple[str, ...]
    folder: Path
    files: int
    size_bytes: int


def download(tasks: Sequence[str], to: Path, *, repository: str = HUB_ID, revision: str = "main") -> Download:
    """Download the sets of some tasks; files that are there already are kept.

    The revision is resolved to a commit first, and every file is of that commit: each one's hash is
    compared with the Hub's. The commit is noted in the folder when all are there, and `load_dataset`
    names the dataset by it; a download that stopped is named by nothing, and goes on where it was.

    Parameters
    ----------
    tasks : sequence of str
        Task codes.
    to : Path
        The dataset's folder, made where absent.
    repository : str
        A dataset id of the same layout on the Hub.
    revision : str
        A commit, branch or tag.

    Returns
    -------
    Download

    Raises
    ------
    TaskError
        If a task code means nothing.
    DatasetError
        If the Hub cannot be reached or refuses, the disk is too small, the dataset has another name by now,
        or a file is not the one that the Hub lists.
    """
    from huggingface_hub import HfApi, snapshot_download

    for code in tasks:
        if code not in OFFICIAL_SETS:
            raise TaskError(f"There is no task {code}; there are {', '.join(OFFICIAL_SETS)}.")
    with as_dataset_errors(repository, revision):
        api = HfApi()
        found = api.dataset_info(repository, revision=revision)
        commit = found.sha
        if commit is None:
            raise DatasetError(f"The Hub names no commit for {repository} at {revision}.")
        if found.id != repository:
            raise DatasetError(f"{repository} is called {found.id} now: download it by that name.")
        listed = list_files(api, repository, commit, _folders(tasks))
        sizes = {path: file.size for path, file in listed.items()}
        _check_space(to, sizes)
        _forget(to, tasks)
        snapshot_download(
            repository,
            repo_type="dataset",
            revision=commit,
            allow_patterns=[f"{folder}/*" for folder in _folders(tasks)],
            local_dir=to,
        )
        _check_complete(to, sizes)
        check_hashes(to, listed)
        _note(to, repository, commit, tasks)
    return Download(repository, commit, tuple(tasks), to, len(sizes), sum(sizes.values()))


def download_files(repository: str, revision: str, patterns: Sequence[str], to: Path) -> str:
    """Download whatever of a dataset fits one of some patterns; files that are there already are kept.

    Parameters
    ----------
    repository, revision : str
    patterns : sequence of str
        ``*`` stands for any characters.
    to : Path

    Returns
    -------
    str
        The commit that every file is of.

    Raises
    ------
    DatasetError
        If nothing fits, the Hub cannot be reached or refuses, or the disk is too small.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.hf_api import RepoFile

    with as_dataset_errors(repository, revision):
        api = HfApi()
        commit = api.dataset_info(repository, revision=revision).sha
        if commit is None:
            raise DatasetError(f"The Hub names no commit for {repository} at {revision}.")
        entries = api.list_repo_tree(repository, recursive=True, revision=commit, repo_type="dataset")
        sizes = {entry.path: entry.size for entry in entries if isinstance(entry, RepoFile)}
        fitting = {
            path: size for path, size in sizes.items() if any(fnmatch(path, pattern) for pattern in patterns)
        }
        if not fitting:
            raise DatasetError(f"{repository} at {revision} has no file that fits {', '.join(patterns)}.")
        _check_space(to, fitting)
        snapshot_download(
            repository, repo_type="dataset", revision=commit, allow_patterns=list(patterns), local_dir=to
        )
        _check_complete(to, fitting)
    return commit


def downloaded_name(folder: Path, tasks: Iterable[str]) -> str | None:
    """The Hub id and commit that the sets of some tasks in a folder are of, if they are of one.

    Returns
    -------
    str or None
        E.g. ``"Hezep/AudioMarathon@ef00ea0458a5"``.
    """
    noted = _read_note(folder)
    names = {noted.get(code) for code in tasks}
    name = names.pop() if len(names) == 1 else None
    if name is None:
        return None
    repository, _, commit = name.partition("@")
    return f"{repository}@{commit[:12]}"


def _folders(tasks: Sequence[str]) -> list[str]:
    """The folders of some tasks; two tasks may share one."""
    return list(dict.fromkeys(OFFICIAL_SETS[code].folder for code in tasks))


def _check_space(to: Path, sizes: dict[str, int]) -> None:
    """Refuse before the first byte what would fill the disk after hours."""
    missing = {path: size for path, size in sizes.items() if not _has_size(to / path, size)}
    existing = next(parent for parent in (to.resolve(), *to.resolve().parents) if parent.exists())
    needed, free = sum(missing.values()), shutil.disk_usage(existing).free
    if needed > free:
        raise DatasetError(
            f"The download needs {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB of the disk are free."
        )


def _check_complete(to: Path, sizes: dict[str, int]) -> None:
    # The client returns a folder as it stands when the network goes away at the wrong moment.
    missing = [path for path, size in sizes.items() if not _has_size(to / path, size)]
    if missing:
        raise DatasetError(f"{len(missing)} files did not arrive, {missing[0]} among them; download again.")


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


@contextmanager
def as_dataset_errors(repository: str, revision: str) -> Iterator[None]:
    """One sentence for the many that the Hub's client raises."""
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        raise DatasetError(
            f"{repository} is gated: accept its terms on huggingface.co and log in with 'hf auth login'."
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise DatasetError(f"There is no dataset {repository!r} on the Hub that you may read.") from error
    except errors.RevisionNotFoundError as error:
        raise DatasetError(f"{repository} has no revision {revision!r}.") from error
    except errors.OfflineModeIsEnabled as error:
        raise DatasetError("The Hub's client is set to offline mode: unset HF_HUB_OFFLINE.") from error
    except errors.LocalEntryNotFoundError as error:
        raise DatasetError(_UNREACHABLE) from error
    except errors.EntryNotFoundError as error:
        raise DatasetError(f"{repository} at {revision} does not hold the sets asked for.") from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        if status in _WITHOUT_RIGHT:
            raise DatasetError(
                f"The Hub refuses {repository} (status {status}): log in with 'hf auth login', and see on "
                "huggingface.co whether your account may do this."
            ) from error
        raise DatasetError(
            f"The Hub answered with status {status} for {repository}; try again later."
        ) from error
    except (_transport_error(), ConnectionError, TimeoutError) as error:
        raise DatasetError(_UNREACHABLE) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DatasetError(
                "The disk is full; the download continues where it stopped once there is room."
            ) from error
        raise DatasetError(f"The download cannot be written: {error.strerror or error}.") from error


def _transport_error() -> type[Exception]:
    """What the client's transport raises: httpx's error, or httpx2's in later versions."""
    from huggingface_hub import errors

    transport: type[Exception] = errors.HTTPError  # type: ignore[attr-defined]
    return transport


def _forget(to: Path, tasks: Sequence[str]) -> None:
    """Until all is there, the sets of these tasks are of no commit."""
    noted = _read_note(to)
    if noted.keys() & set(tasks):
        kept = {code: name for code, name in noted.items() if code not in tasks}
        write_atomically(to / RECORD_FILE, json.dumps(kept, indent=2, sort_keys=True) + "\n")


def _note(to: Path, repository: str, commit: str, tasks: Sequence[str]) -> None:
    noted = _read_note(to) | dict.fromkeys(tasks, f"{repository}@{commit}")
    write_atomically(to / RECORD_FILE, json.dumps(noted, indent=2, sort_keys=True) + "\n")


def _read_note(folder: Path) -> dict[str, str]:
    path = folder / RECORD_FILE
    if not path.is_file():
        return {}
    noted = parse_json(read_text(path), RECORD_FILE)
    if not isinstance(noted, dict) or not all(isinstance(name, str) for name in noted.values()):
        raise DatasetError(f"{RECORD_FILE} is not what a download leaves there; delete it or download again.")
    return noted
