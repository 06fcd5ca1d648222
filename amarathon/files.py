"""Writing files so that a crash leaves the old content or the new one; the time as records have it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from amarathon.errors import RunError


def now() -> str:
    """The time as every record has it: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file so that a reader, or a crash, finds the old content or the new one.

    Raises
    ------
    RunError
        If the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        try:
            with temporary.open("wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise RunError(f"{path.parent.name}/{path.name} cannot be written: {error.strerror}.") from error


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
