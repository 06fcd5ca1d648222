"""One recording that a visitor brought: what is known of it, its signal, and small copies for browsers."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import Audio, AudioInfo, write_mp3, write_opus
from amarathon.runs.records import Record
from live_demo.errors import GoneError
from web.media_types import Coding

SAMPLES_FILE = "samples.npy"
GONE = "This recording is no longer kept here; bring it again."

_encoding = threading.Lock()


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
    whole : str or None
        The recording that it is a stretch of, whose samples it has from `first` on.
    first, count : int
        Samples; of a stretch only.
    warnings : tuple of str
        The decoder's warnings about the file.
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
    whole: str | None = None
    first: int = 0
    count: int = 0
    warnings: tuple[str, ...] = ()


class StoredRecording:
    """A recording in its folder."""

    def __init__(self, folder: Path, record: RecordingRecord):
        self.folder, self.record = folder, record

    @property
    def samples(self) -> NDArray[np.float32]:
        """The signal, mapped from the disk: only what is looked at is read."""
        record = self.record
        folder = self.folder.parent / record.whole if record.whole else self.folder
        try:
            samples: NDArray[np.float32] = np.load(folder / SAMPLES_FILE, mmap_mode="r")
        except FileNotFoundError:
            raise GoneError(GONE) from None
        return samples[record.first : record.first + record.count] if record.whole else samples

    @property
    def info(self) -> AudioInfo:
        """The facts in the file's header."""
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
        """A small copy for browsers, made on first use."""
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
