"""Audio for browsers: each recording as Ogg Opus, as MP3 for those without it, and its waveform's peaks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from amarathon.audio import Audio, AudioLimits, load_audio, waveform_peaks, write_mp3, write_opus
from amarathon.files import replacing
from web.errors import RefusedError
from web.fair_lock import FairLock
from web.media_types import Coding

PEAK_BINS = 1200

CopyKind = Coding | Literal["peaks"]


class WaveformPeaks(BaseModel):
    """The waveform: its lowest and highest value in each of 1200 stretches, in percent of full scale."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"duration_s": 98.7, "peaks": [[-12, 14], [-40, 38]]}]}
    )
    duration_s: float
    peaks: list[tuple[int, int]]


class SourceError(RefusedError):
    """A recording that is not what it was."""

    status = 503


class AudioCopies:
    """A folder of encoded recordings and their peaks, each named by its recording's SHA-256.

    Parameters
    ----------
    folder : Path
    limits : AudioLimits
    """

    def __init__(self, folder: Path, limits: AudioLimits):
        self._folder, self._limits = folder, limits
        self._lock = FairLock()

    def find(self, source: Path, sha256: str, kind: CopyKind) -> Path:
        """The encoded file, or with ``"peaks"`` the waveform's peaks as JSON; made if it is missing.

        Parameters
        ----------
        source : Path
            The recording.
        sha256 : str
            Of its file, as it was when it was noted.
        kind : {"opus", "mp3", "peaks"}

        Raises
        ------
        SourceError
            If the file is not the one with this hash.
        AudioError
            If it cannot be decoded.
        """
        path = self._path(sha256, kind)
        if not path.exists():
            self._make(source, sha256, (kind,), urgent=True)
        return path

    def make(self, source: Path, sha256: str) -> None:
        """Make all of them beforehand, unless that is done.

        Raises
        ------
        SourceError
            If the file is not the one with this hash.
        AudioError
            If it cannot be decoded.
        """
        self._make(source, sha256, (*get_args(Coding), "peaks"), urgent=False)

    def _path(self, sha256: str, kind: CopyKind) -> Path:
        return self._folder / f"{sha256}.{'json' if kind == 'peaks' else kind}"

    def _make(self, source: Path, sha256: str, kinds: tuple[CopyKind, ...], *, urgent: bool) -> None:
        with self._lock.held(urgent=urgent):  # one at a time: decoding takes memory
            missing = [kind for kind in kinds if not self._path(sha256, kind).exists()]
            if not missing:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            if not source.is_file():
                raise SourceError(f"The recording {source.name} is no longer where it was.")
            audio = load_audio(source, self._limits)
            if audio.sha256 != sha256:
                raise SourceError(f"The recording {source.name} is another one than it was.")
            for kind in missing:
                _WRITERS[kind](self._path(sha256, kind), audio)


def _write_peaks(path: Path, audio: Audio) -> None:
    peaks = (waveform_peaks(audio.samples, PEAK_BINS) * 100).round().astype(int).tolist()
    content = json.dumps({"duration_s": audio.duration_s, "peaks": peaks}, separators=(",", ":"))
    with replacing(path) as unfinished:
        unfinished.write_text(content)


# Each leaves a whole file or none.
_WRITERS: dict[CopyKind, Callable[[Path, Audio], None]] = {
    "opus": lambda path, audio: write_opus(path, audio.samples),
    "mp3": lambda path, audio: write_mp3(path, audio.samples),
    "peaks": _write_peaks,
}
