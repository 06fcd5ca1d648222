"""Recordings that visitors brought: decoded once, named by an opaque id, removed after a while.

What was uploaded is thrown away as soon as it is decoded. What stays is the 16 kHz mono signal
that the model hears, and small copies of it that a browser plays.
"""

import hashlib
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import (
    SAMPLE_RATE,
    Audio,
    AudioInfo,
    AudioLimits,
    load_audio_isolated,
    write_mp3,
    write_opus,
)
from amarathon.audio.types import to_pcm16
from amarathon.files import now
from amarathon.runs.records import Record
from live_demo.errors import DemoError, GoneError
from live_demo.limits import DECODERS

ID = re.compile(r"[0-9a-f]{24}")
RECORD_FILE, SAMPLES_FILE = "recording.json", "samples.npy"

Coding = Literal["opus", "mp3"]
MEDIA_TYPES: dict[Coding, str] = {"opus": "audio/ogg; codecs=opus", "mp3": "audio/mpeg"}

_encoding = threading.Lock()


def new_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_hex(12)


class RecordingRecord(Record):
    """``recording.json``: what a recording is, without its sound.

    Attributes
    ----------
    id : str
    name : str
        As the visitor's device calls it.
    example : str or None
        The bundled sample that it is.
    duration_s : float
    format, codec : str
    sample_rate, channels, size_bytes : int
        Of the file that was brought.
    sha256, pcm_sha256 : str
        Of that file, and of the decoded 16-bit PCM.
    created_at : str
    warnings : tuple of str
        What was said about the file when it was decoded.
    """

    id: str
    name: str
    example: str | None
    duration_s: float
    format: str
    codec: str
    sample_rate: int
    channels: int
    size_bytes: int
    sha256: str
    pcm_sha256: str
    created_at: str
    warnings: tuple[str, ...] = ()


class Recording:
    """A recording in its folder."""

    def __init__(self, folder: Path, record: RecordingRecord):
        self.folder, self.record = folder, record

    @property
    def samples(self) -> NDArray[np.float32]:
        """The signal, mapped from the disk: only what is looked at is read."""
        samples: NDArray[np.float32] = np.load(self.folder / SAMPLES_FILE, mmap_mode="r")
        return samples

    @property
    def info(self) -> AudioInfo:
        """What the header of the file said."""
        record = self.record
        return AudioInfo(
            record.format,
            record.codec,
            record.sample_rate,
            record.channels,
            record.duration_s,
            record.size_bytes,
        )

    def audio(self) -> Audio:
        """The recording as the model takes it."""
        record = self.record
        samples = np.array(self.samples)
        return Audio(samples, record.sha256, record.pcm_sha256, self.info, record.warnings)

    def copy(self, coding: Coding) -> Path:
        """A small copy for browsers, made when it is first asked for."""
        return encoded(self.folder / "audio", lambda: np.asarray(self.samples), coding)


def encoded(stem: Path, samples: Callable[[], NDArray[np.float32]], coding: Coding) -> Path:
    """Find a compressed file, or make it.

    Parameters
    ----------
    stem : Path
        The file without its suffix.
    samples : callable
        Gives the 16 kHz mono signal.
    coding : {"opus", "mp3"}
    """
    path = stem.with_name(f"{stem.name}.{coding}")
    if not path.exists():
        with _encoding:  # one at a time: the cores belong to the model
            if not path.exists():
                (write_opus if coding == "opus" else write_mp3)(path, samples())
    return path


class Recordings:
    """The folder of all recordings.

    Parameters
    ----------
    folder : Path
    limits : AudioLimits
    decode : callable
        Decodes a stranger's file.
    """

    def __init__(
        self,
        folder: Path,
        limits: AudioLimits,
        decode: Callable[[Path, AudioLimits], Audio] = load_audio_isolated,
    ):
        self.folder, self.limits, self._decode = folder, limits, decode
        self._decoders = threading.Semaphore(DECODERS)

    def incoming(self, name: str) -> Path:
        """A path for an upload to be written to, in a folder of its own.

        The file has the visitor's own name for it, because refusals mention that.
        """
        folder = self.folder / f"incoming-{new_id()}"
        folder.mkdir(parents=True)
        return folder / safe_name(name)

    def add(self, path: Path, example: str | None = None, name: str | None = None) -> Recording:
        """Decode a file and keep the result.

        Parameters
        ----------
        path : Path
        example : str, optional
            The bundled sample that it is.
        name : str, optional
            The file's own name by default.

        Raises
        ------
        AudioError
            If the file is not usable as audio.
        """
        with self._decoders:
            audio = self._decode(path, self.limits)
        return self._keep(audio, name or path.name, example)

    def cut(self, identifier: str, start: float, end: float) -> Recording:
        """Make a recording of a stretch of another one, which stays.

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
        samples = np.array(whole.samples[first:last])
        digest = hashlib.sha256(to_pcm16(samples).tobytes()).hexdigest()
        name = f"{whole.record.name}, {start:.1f} to {end:.1f} s"
        return self._keep(Audio(samples, digest, digest, whole.info, whole.record.warnings), name, None)

    def _keep(self, audio: Audio, name: str, example: str | None) -> Recording:
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
        folder = self.folder / record.id
        folder.mkdir(parents=True)
        np.save(folder / SAMPLES_FILE, audio.samples)
        # Written last: a folder without it is not a recording.
        (folder / RECORD_FILE).write_text(record.model_dump_json(indent=2), encoding="utf-8")
        return Recording(folder, record)

    def get(self, identifier: str) -> Recording:
        """Find a recording.

        Raises
        ------
        GoneError
        """
        path = self.folder / identifier / RECORD_FILE
        if not ID.fullmatch(identifier) or not path.is_file():
            raise GoneError("This recording is no longer kept here; bring it again.")
        record = RecordingRecord.model_validate_json(path.read_bytes())
        return Recording(path.parent, record)

    def discard(self, path: Path) -> None:
        """Remove an upload's own folder."""
        shutil.rmtree(path.parent, ignore_errors=True)

    def prune(self, used: Collection[str], keep_unused_s: float) -> None:
        """Remove recordings and broken-off uploads that nothing refers to and that are old enough."""
        if not self.folder.is_dir():
            return
        oldest = time.time() - keep_unused_s
        for folder in self.folder.iterdir():
            with suppress(FileNotFoundError):  # another upload has just ended
                if folder.name not in used and folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)

    def bytes_kept(self) -> int:
        """What all recordings take on the disk."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sum(self.bytes_of(folder.name) for folder in found)

    def bytes_of(self, identifier: str) -> int:
        """What a recording takes on the disk."""
        folder, total = self.folder / identifier, 0
        # What is being received or removed meanwhile may go while it is looked at.
        with suppress(FileNotFoundError, NotADirectoryError):
            for entry in folder.iterdir():
                with suppress(FileNotFoundError):
                    total += entry.stat().st_size
        return total


def safe_name(name: str) -> str:
    """A file name that any file system takes, as close to the visitor's as possible."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip().strip(".")
    return kept.encode()[-120:].decode(errors="ignore").strip() or "recording"


def seconds_to_samples(seconds: float) -> int:
    """The sample at a time."""
    return round(seconds * SAMPLE_RATE)
