"""What is removed, and when: nothing that a visitor brought stays for ever."""

import shutil
import time
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from live_demo.limits import (
    KEEP_COMPARISON_S,
    KEEP_COMPARISONS,
    KEEP_RECORDING_BYTES,
    KEEP_UNUSED_RECORDING_S,
)
from live_demo.recordings import ID, Recordings
from live_demo.records import COMPARISON_FILE, ComparisonRecord


def prune(folder: Path, recordings: Recordings, active: AbstractSet[str], in_use: AbstractSet[str]) -> None:
    """Remove old comparisons, and recordings that no comparison is about any more.

    Parameters
    ----------
    folder : Path
        Of all comparisons.
    recordings : Recordings
    active : set of str
        Comparisons that are left alone.
    in_use : set of str
        Recordings that are left alone.
    """
    oldest = time.time() - KEEP_COMPARISON_S
    kept: set[str] = set(in_use)
    room = KEEP_RECORDING_BYTES
    for index, found in enumerate(comparisons_newest_first(folder)):
        recording = recording_of(found)
        if recording is not None and recording not in kept:
            room -= recordings.bytes_of(recording)
        expired = index >= KEEP_COMPARISONS or _changed_at(found) < oldest or room < 0
        if found.name not in active and expired:
            shutil.rmtree(found, ignore_errors=True)
        elif recording is not None:
            kept.add(recording)
    recordings.prune(kept, KEEP_UNUSED_RECORDING_S)


def comparisons_newest_first(folder: Path) -> list[Path]:
    """Folders of comparisons, the one that was changed last first."""
    found = [entry for entry in folder.iterdir() if ID.fullmatch(entry.name)] if folder.is_dir() else []
    return sorted(found, key=_changed_at, reverse=True)


def _changed_at(folder: Path) -> float:
    with suppress(FileNotFoundError):  # removed meanwhile
        return folder.stat().st_mtime
    return 0.0


def recording_of(folder: Path) -> str | None:
    """The recording that a comparison is about; `None` where that is not written or cannot be read."""
    path = folder / COMPARISON_FILE
    try:
        return ComparisonRecord.model_validate_json(path.read_bytes()).recording.id
    except (FileNotFoundError, ValidationError):
        return None
