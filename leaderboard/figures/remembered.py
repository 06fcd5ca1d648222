"""Paired comparisons kept on disk by what they were worked out from: no restart works them out again."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from amarathon.errors import RunError
from amarathon.files import write_atomically
from amarathon.runs.paired import PairedComparison

# What the numbers rest on beside the answers: another state of it makes them anew.
PACKAGES = ("amarathon.answers", "amarathon.metrics", "amarathon.runs", "amarathon.tasks")
LIBRARIES = ("numpy", "scipy", "jiwer", "whisper-normalizer")
# Files that are kept; one has some tens of kilobytes.
MOST_KEPT = 1000
_ANSWER = TypeAdapter(list[PairedComparison])
_log = logging.getLogger(__name__)


class Remembered:
    """Comparisons in a folder, each under the hash of its question.

    Parameters
    ----------
    folder : Path or None
        None keeps nothing.
    """

    def __init__(self, folder: Path | None = None):
        self._folder = folder

    def get(
        self, question: Iterable[str], work_out: Callable[[], list[PairedComparison]]
    ) -> list[PairedComparison]:
        """The comparisons that answer a question.

        Parameters
        ----------
        question : iterable of str
            All that the answer depends on, except the program.
        work_out : callable
            Answers it where nothing, or nothing readable, is kept.
        """
        if self._folder is None:
            return work_out()
        key = hashlib.sha256("\0".join((program_sha256(), *question)).encode()).hexdigest()
        path = self._folder / f"{key}.json"
        kept = _read(path)
        if kept is None:
            kept = work_out()
            self._write(path, kept)
        return kept

    def _write(self, path: Path, found: list[PairedComparison]) -> None:
        """Keep an answer; where the disk refuses it is worked out again the next time."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            others = sorted(path.parent.glob("*.json"), key=lambda other: other.stat().st_mtime)
            for old in others[: max(len(others) - MOST_KEPT + 1, 0)]:
                old.unlink(missing_ok=True)
            write_atomically(path, json.dumps(_ANSWER.dump_python(found)))
        except (OSError, RunError) as error:
            _log.warning("A comparison cannot be kept for later: %s", error)


def _read(path: Path) -> list[PairedComparison] | None:
    """What is kept in a file; None where there is none or it cannot be read."""
    try:
        return _ANSWER.validate_python(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError) as error:
        _log.warning("%s is worked out anew: %s", path.name, error)
        return None


@cache
def program_sha256() -> str:
    """Hash of the program that comparisons are worked out with, and of the libraries' versions."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    for package in PACKAGES:
        folder = Path(str(files(package)))
        for path in sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".yaml"}):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
