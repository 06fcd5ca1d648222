"""Recordings that visitors brought: decoded once, named by an opaque id, removed after a while.

What was uploaded is thrown away as soon as it is decoded. What stays is the 16 kHz mono signal
that the model hears, and small copies of it that a browser plays.
"""

import hashlib
import re
import shutil
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from amarathon.audio import (
    SAMPLE_RATE,
    Audio,
    AudioLimits,
    load_audio_isolated,
)
from amarathon.audio.types import to_pcm16
from amarathon.files import now
from live_demo.errors import DemoError, GoneError
from live_demo.limits import DECODERS
from live_demo.recording import GONE, SAMPLES_FILE, RecordingRecord, StoredRecording
from web.identifiers import new_id

# Links of before, too: an id had 24 digits once.
ID = re.compile(r"[0-9a-f]{24}|[0-9a-f]{32}")
RECORD_FILE = "recording.json"
# Beside an upload: as many bytes as hundredths of it are decoded. No upload is named so.
PROGRESS_FILE = ".decoded"
INCOMING = "incoming-"
LONGEST_NAME = 120


class Recordings:
    """The folder of all recordings.

    Parameters
    ----------
    folder : Path
    limits : AudioLimits
    decode : callable, optional
        Decodes a stranger's file; in a process of its own, which tells how far it is, by default.
    """

    def __init__(
        self,
        folder: Path,
        limits: AudioLimits,
        decode: Callable[[Path, AudioLimits], Audio] | None = None,
    ):
        self.folder, self.limits, self._decode = folder, limits, decode or _decode
        self._decoders = threading.Semaphore(DECODERS)

    def incoming(self, name: str, upload: str | None = None) -> Path:
        """A path for an upload to be written to, in a folder of its own.

        The file has the visitor's own name for it, because refusals mention that.

        Parameters
        ----------
        name : str
        upload : str, optional
            An id by which to ask how far it is.

        Raises
        ------
        DemoError
            If the id is none, or another upload has it.
        """
        folder = self._incoming(upload or new_id())
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise DemoError("Another upload goes by this id.") from None
        return folder / safe_name(name)

    def decoded_share(self, upload: str) -> float | None:
        """How much of an upload is decoded, 0 to 1; None where nothing is known of it."""
        try:
            return (self._incoming(upload) / PROGRESS_FILE).stat().st_size / 100
        except FileNotFoundError:
            return None

    def _incoming(self, upload: str) -> Path:
        if not ID.fullmatch(upload):
            raise DemoError("An upload's id has 32 hexadecimal digits.")
        return self.folder / f"{INCOMING}{upload}"

    def check_size(self, size: int, name: str) -> None:
        """Refuse a file over the limit while it comes in, whatever its header states.

        Raises
        ------
        DemoError
        """
        if size > self.limits.max_bytes:
            raise DemoError(f"'{name}' is too large: the limit is {self.limits.max_bytes / 1e6:,.0f} MB.")

    def decode(self, path: Path) -> Audio:
        """Decode a file.

        Raises
        ------
        AudioError
            If the file is not usable as audio.
        """
        with self._decoders:
            return self._decode(path, self.limits)

    def add(self, path: Path, example: str | None = None) -> StoredRecording:
        """Decode a file and keep the result.

        Parameters
        ----------
        path : Path
        example : str, optional
            The bundled sample that it is.

        Raises
        ------
        AudioError
            If the file is not usable as audio.
        """
        return self.keep(self.decode(path), path.name, example)

    def cut(self, identifier: str, start: float, end: float) -> StoredRecording:
        """Make a recording of a stretch of another one, whose samples it shares.

        Its hashes are those of its own PCM: there is no file that it was.

        Raises
        ------
        DemoError
            If the stretch is not inside the recording.
        GoneError
        """
        whole = self.get(identifier)
        first, last = seconds_to_samples(start), seconds_to_samples(end)
        if not 0 <= first < last <= len(whole.samples) or end - start < self.limits.min_seconds:
            raise DemoError("The stretch has to lie inside the recording.")
        digest = hashlib.sha256(to_pcm16(np.array(whole.samples[first:last])).tobytes()).hexdigest()
        record = whole.record.model_copy(
            update={
                "id": new_id(),
                "name": f"{whole.record.name[:LONGEST_NAME]}, {start:.1f} to {end:.1f} s",
                "example": None,
                "duration_s": (last - first) / SAMPLE_RATE,
                "sha256": digest,
                "pcm_sha256": digest,
                "created_at": now(),
                "whole": whole.record.whole or whole.record.id,
                "first": whole.record.first + first,
                "count": last - first,
            }
        )
        return self._write(record, None)

    def keep(self, audio: Audio, name: str, example: str | None = None) -> StoredRecording:
        """Keep a decoded signal."""
        info = audio.info
        record = RecordingRecord(
            id=new_id(),
            name=name,
            example=example,
            duration_s=audio.duration_s,
            format=info.format,
            codec=info.codec,
            sample_rate=info.sample_rate,
            channels=info.channels,
            size_bytes=info.size_bytes,
            sha256=audio.sha256,
            pcm_sha256=audio.pcm_sha256,
            created_at=now(),
            warnings=audio.warnings,
        )
        return self._write(record, audio.samples)

    def _write(self, record: RecordingRecord, samples: NDArray[np.float32] | None) -> StoredRecording:
        folder = self.folder / record.id
        try:
            folder.mkdir(parents=True)
            if samples is not None:
                np.save(folder / SAMPLES_FILE, samples)
            # Written last: a folder without it is not a recording.
            (folder / RECORD_FILE).write_text(record.model_dump_json(indent=2), encoding="utf-8")
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # half of one only takes room
            raise
        return StoredRecording(folder, record)

    def get(self, identifier: str) -> StoredRecording:
        """Find a recording.

        Raises
        ------
        GoneError
        """
        path = self.folder / identifier / RECORD_FILE
        if not ID.fullmatch(identifier) or not path.is_file():
            raise GoneError(GONE)
        record = RecordingRecord.model_validate_json(path.read_bytes())
        return StoredRecording(path.parent, record)

    def discard(self, path: Path) -> None:
        """Remove an upload's own folder."""
        shutil.rmtree(path.parent, ignore_errors=True)

    def prune(self, used: Collection[str], keep_unused_s: float) -> None:
        """Remove recordings and broken-off uploads that nothing refers to and that are old enough."""
        if not self.folder.is_dir():
            return
        oldest = time.time() - keep_unused_s
        old = {name for name in self.names() if name not in used and self.changed_at(name) < oldest}
        # A recording stays for as long as a stretch of it does.
        shared = {self.whole_of(name) for name in self.names() if name not in old}
        for name in old - shared:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def remove(self, identifier: str) -> list[str]:
        """Remove a recording and the stretches of it; their ids."""
        gone = [name for name in self.names() if self.whole_of(name) == identifier]
        for name in gone:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        return gone

    def names(self) -> list[str]:
        """Ids of all recordings, and folders of uploads on their way."""
        return [folder.name for folder in self.folder.iterdir()] if self.folder.is_dir() else []

    def whole_of(self, identifier: str) -> str:
        """The recording that this one is a stretch of; itself where it is none."""
        try:
            return self.get(identifier).record.whole or identifier
        except (GoneError, ValidationError):
            return identifier

    def changed_at(self, identifier: str) -> float:
        """When it was last written to, in seconds since 1970."""
        with suppress(FileNotFoundError):  # another upload has just ended
            return (self.folder / identifier).stat().st_mtime
        return time.time()

    def bytes_of(self, identifier: str) -> int:
        """What a recording takes on the disk."""
        folder, total = self.folder / identifier, 0
        # What is being received or removed meanwhile may go while it is looked at.
        with suppress(FileNotFoundError, NotADirectoryError):
            for entry in folder.iterdir():
                with suppress(FileNotFoundError):
                    total += entry.stat().st_size
        return total


def _decode(path: Path, limits: AudioLimits) -> Audio:
    # Beside a bundled file nothing is written.
    incoming = path.parent.name.startswith(INCOMING)
    return load_audio_isolated(path, limits, progress=path.with_name(PROGRESS_FILE) if incoming else None)


def safe_name(name: str) -> str:
    """A file name that any file system takes, as close to the visitor's as possible."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip().strip(".")
    return kept.encode()[-120:].decode(errors="ignore").strip() or "recording"


def seconds_to_samples(seconds: float) -> int:
    """The sample at a time."""
    return round(seconds * SAMPLE_RATE)
