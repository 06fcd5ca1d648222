"""Results kept on disk by what they were worked out from: no restart works them out again."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from amarathon.errors import RunError
from amarathon.files import write_atomically

# What results rest on beside the runs: another state of it makes them anew.
PACKAGES = ("amarathon", "leaderboard")
CODE = {".py", ".yaml", ".csv"}
LIBRARIES = ("numpy", "scipy", "jiwer", "whisper-normalizer")
# Of one kind; one has some tens or hundreds of kilobytes.
MOST_KEPT = 1000
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class Remembered(Generic[Result]):
    """Results in a folder, each under the hash of its question.

    Parameters
    ----------
    kind : pydantic.TypeAdapter
        Of the results.
    folder : Path or None
        None keeps nothing.
    """

    def __init__(self, kind: TypeAdapter[Result], folder: Path | None = None):
        self._kind, self._folder = kind, folder

    def get(self, question: Iterable[str], work_out: Callable[[], Result]) -> Result:
        """The result for a question.

        Parameters
        ----------
        question : iterable of str
            All that the result depends on, except the program.
        work_out : callable
            Makes it where nothing, or nothing readable, is kept.
        """
        if self._folder is None:
            return work_out()
        asked = tuple(question)
        found = self.find(asked)
        if found is None:
            found = work_out()
            self.keep(asked, found)
        return found

    def find(self, question: Iterable[str]) -> Result | None:
        """What is kept for a question; None where there is nothing, or it cannot be read."""
        if self._folder is None:
            return None
        path = self._path(self._folder, question)
        try:
            return self._kind.validate_python(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, ValidationError) as error:
            _log.warning("%s is worked out anew: %s", path.name, error)
            return None

    def keep(self, question: Iterable[str], found: Result) -> None:
        """Keep a result; where the disk refuses it is worked out again the next time."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            others = sorted(self._folder.glob("*.json"), key=lambda other: other.stat().st_mtime)
            for old in others[: max(len(others) - MOST_KEPT + 1, 0)]:
                old.unlink(missing_ok=True)
            # Not `dump_json`, which has no numbers that are none.
            content = json.dumps(self._kind.dump_python(found, mode="json"))
            write_atomically(self._path(self._folder, question), content)
        except (OSError, RunError) as error:
            _log.warning("A result cannot be kept for later: %s", error)

    def _path(self, folder: Path, question: Iterable[str]) -> Path:
        key = hashlib.sha256("\0".join((program_sha256(), *question)).encode()).hexdigest()
        return folder / f"{key}.json"


@cache
def program_sha256() -> str:
    """Hash of this program and of the versions of the libraries that its numbers rest on."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    for package in PACKAGES:
        folder = Path(str(files(package)))
        for path in sorted(path for path in folder.rglob("*") if path.suffix in CODE):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
