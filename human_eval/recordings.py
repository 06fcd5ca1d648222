"""Recordings of samples, as the database knows them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.audio import load_audio, probe_audio
from amarathon.files import file_sha256
from amarathon.tasks.sample import Sample
from human_eval.storage.identifiers import new_id
from human_eval.storage.schema import Recording


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
