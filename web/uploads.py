"""Gradio's folder of uploads. No page uploads there; what lies in it is from before, or half a file."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

KEPT_S = 86_400.0


def tidy_uploads(folder: Path, kept_s: float = KEPT_S) -> None:
    """Remove what was last changed longer ago than `kept_s` seconds; a folder goes by its newest file."""
    oldest = time.time() - kept_s
    for entry in list(folder.iterdir()):
        # It may go meanwhile; what cannot be looked at is tried again the next time.
        with suppress(OSError):
            if _newest(entry) >= oldest:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()


def _newest(entry: Path) -> float:
    inner: Iterable[Path] = entry.rglob("*") if entry.is_dir() and not entry.is_symlink() else ()
    return max(path.lstat().st_mtime for path in (entry, *inner))
