"""Audio for browsers: each recording as Ogg Opus, as MP3 for browsers without it, and its waveform's peaks.

The files are made when a study is made, so that nobody waits for them, and again when one is missing.
"""

import json
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.audio import AudioLimits, load_audio, probe_audio, waveform_peaks, write_mp3, write_opus
from amarathon.files import file_sha256
from amarathon.tasks.sample import Sample
from human_eval.errors import StorageError
from human_eval.storage.fair_lock import FairLock
from human_eval.storage.identifiers import new_id
from human_eval.storage.schema import Recording
from web.media_types import Coding

PEAK_BINS = 1200


class AudioCache:
    """A folder of encoded recordings and their peaks, each named by its recording's SHA-256.

    Parameters
    ----------
    folder : Path
    limits : AudioLimits
    """

    def __init__(self, folder: Path, limits: AudioLimits):
        self._folder, self._limits = folder, limits
        self._lock = FairLock()

    def find(self, recording: Recording, kind: Coding | Literal["peaks"]) -> Path:
        """The encoded file, or with ``"peaks"`` the waveform's peaks as JSON; made if it is missing.

        Raises
        ------
        StorageError
            If the recording is not what it was when the study was made.
        AudioError
            If it cannot be decoded.
        """
        path = self._folder / f"{recording.sha256}.{'json' if kind == 'peaks' else kind}"
        if not path.exists():
            self.make(Path(recording.path), recording.sha256, urgent=True)
        return path

    def make(self, source: Path, sha256: str, *, urgent: bool = False) -> None:
        """Encode a recording and compute its peaks, unless that is done; `urgent` where somebody waits.

        Raises
        ------
        StorageError
            If the file is not the one with this hash.
        AudioError
            If it cannot be decoded.
        """
        stem = self._folder / sha256
        with self._lock.held(urgent=urgent):  # one at a time: decoding takes memory
            if stem.with_suffix(".json").exists():
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            if not source.is_file():
                raise StorageError(f"The recording {source.name} is no longer where it was.")
            audio = load_audio(source, self._limits)
            if audio.sha256 != sha256:
                raise StorageError(f"The recording {source.name} has changed since the study was made.")
            write_opus(stem.with_suffix(".opus"), audio.samples)
            write_mp3(stem.with_suffix(".mp3"), audio.samples)
            peaks = (waveform_peaks(audio.samples, PEAK_BINS) * 100).round().astype(int).tolist()
            unfinished = stem.with_suffix(".part")
            unfinished.write_text(
                json.dumps({"duration_s": audio.duration_s, "peaks": peaks}, separators=(",", ":"))
            )
            unfinished.replace(stem.with_suffix(".json"))  # last: where it is, the others are


def duration_of(sample: Sample) -> float:
    """Seconds of a sample's recording: as stated, as its header says, or as decoded.

    Raises
    ------
    AudioError
        If it cannot be read.
    """
    audio = sample.audio
    return audio.duration_s or probe_audio(audio.path).duration_s or load_audio(audio.path).duration_s


def find_or_add(session: Session, sample: Sample) -> Recording:
    """The recording of a sample in the database, added if it is not there.

    Raises
    ------
    AudioError, DatasetError
        If it cannot be read.
    """
    audio = sample.audio
    sha256 = file_sha256(audio.path)
    found = session.scalars(select(Recording).where(Recording.sha256 == sha256)).first()
    if found:
        found.path = str(audio.path.resolve())  # the dataset may have moved
        return found
    duration = duration_of(sample)
    recording = Recording(
        id=new_id(),
        path=str(audio.path.resolve()),
        name=audio.name,
        sha256=sha256,
        pcm_sha256=audio.pcm_sha256,
        duration_s=duration,
    )
    session.add(recording)
    return recording
