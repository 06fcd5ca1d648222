"""Stage 3: tools. The builder: many samples at once, resumable, each at any duration.

A job says how one sample is made and holds nothing that depends on the others, so that the result
is the same whatever the number of workers and wherever an earlier build stopped.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from amarathon.audio import load_audio
from amarathon.audio.encode import write_flac, write_opus
from amarathon.audio.types import to_pcm16
from amarathon.construction.rendering import Rendering
from amarathon.errors import AmarathonError, DatasetError
from amarathon.files import replacing
from amarathon.tasks.sample import Exclusion

AUDIO_FOLDER = "audio"
WORK_FOLDER = ".build"
FORMATS = ("flac", "opus")


@dataclass(frozen=True)
class Job:
    """How one sample is made.

    Attributes
    ----------
    id : str
        Unique in the build; it becomes the file's name and reveals nothing of the answer.
    make : callable
        A module-level function; called in another process.
    arguments : tuple
        What it is called with; their text decides whether an earlier result still holds.
    """

    id: str
    make: Callable[..., Rendering]
    arguments: tuple[Any, ...]

    @property
    def key(self) -> str:
        """Hash of what is to be made."""
        names = (self.id, f"{self.make.__module__}.{self.make.__qualname__}", *map(repr, self.arguments))
        return sha256("\x1f".join(names).encode()).hexdigest()


@dataclass(frozen=True)
class Built:
    """A sample on disk.

    Attributes
    ----------
    id, split, task, licence : str
    file : str
        Inside the folder built, with forward slashes.
    duration_s : float
    sha256 : str
        Of the file.
    pcm_sha256 : str
        Of its decoded 16 kHz mono 16-bit PCM.
    question : mapping
        Text, options, answer, reference, slices.
    pieces : list of mapping
        Source, licence, author, group, onset, duration, start in the source, gain, what is heard.
    features : mapping of str to float
        What must not predict the answer: `surface_features`.
    """

    id: str
    split: str
    task: str
    licence: str
    file: str
    duration_s: float
    sha256: str
    pcm_sha256: str
    question: Mapping[str, Any]
    pieces: Sequence[Mapping[str, Any]]
    features: Mapping[str, float]


Progress = Callable[[int, int, str], None]


def build(
    jobs: Iterable[Job],
    out: Path,
    *,
    workers: int = 2,
    audio_format: str = "flac",
    progress: Progress = lambda done, total, name: None,
) -> tuple[list[Built], list[Exclusion]]:
    """Make every sample that is not there yet.

    Parameters
    ----------
    jobs : iterable of Job
    out : Path
        The dataset's folder. Unfinished work in it is continued.
    workers : int
        Processes; 1 works in this one.
    audio_format : {"flac", "opus"}
    progress : callable
        Called with samples done, samples to do and the one just done.

    Returns
    -------
    built : list of Built
        By id.
    dropped : list of Exclusion
        Samples that could not be made, with the reason.

    Raises
    ------
    DatasetError
        Two jobs share an id, or the folder cannot be written.
    """
    wanted = _unique(jobs)
    if audio_format not in FORMATS:
        raise DatasetError(f"Audio is written as {' or '.join(FORMATS)}, not as {audio_format}.")
    try:
        (out / WORK_FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(f"The folder {out.name} cannot be written: {error.strerror}.") from error
    done: dict[str, Built] = {}
    dropped: list[Exclusion] = []
    todo = []
    for job in wanted.values():
        earlier = _earlier(job, out, audio_format)
        if earlier is None:
            todo.append(job)
        else:
            done[job.id] = earlier
    progress(len(done), len(wanted), "")
    for job, result in _results(todo, out, audio_format, workers):
        if isinstance(result, Built):
            done[job.id] = result
        else:
            dropped.append(Exclusion(job.id, result))
        progress(len(done) + len(dropped), len(wanted), job.id)
    return [done[name] for name in sorted(done)], sorted(dropped, key=lambda exclusion: exclusion.record)


def _unique(jobs: Iterable[Job]) -> dict[str, Job]:
    wanted: dict[str, Job] = {}
    for job in jobs:
        if job.id in wanted:
            raise DatasetError(f"Two samples share the id {job.id}.")
        wanted[job.id] = job
    return wanted


def _results(
    jobs: Sequence[Job], out: Path, audio_format: str, workers: int
) -> Iterator[tuple[Job, Built | str]]:
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield job, make(job, out, audio_format)
        return
    # Workers start clean: a forked one would share the parent's threads and open libraries.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running: dict[Future[Built | str], Job] = {
            pool.submit(make, job, out, audio_format): job for job in jobs
        }
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def make(job: Job, out: Path, audio_format: str) -> Built | str:
    """Make one sample: its audio, then the record that says it is whole.

    Returns
    -------
    Built or str
        The sample, or why it could not be made.
    """
    try:
        rendering = job.make(*job.arguments)
        if rendering.id != job.id:
            raise ValueError(f"The job {job.id} made {rendering.id}")
        name = f"{AUDIO_FOLDER}/{rendering.question.task}/{job.id}.{audio_format}"
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        {"flac": write_flac, "opus": write_opus}[audio_format](path, rendering.samples)
        audio = load_audio(path)
    except AmarathonError as error:
        return str(error)
    built = Built(
        id=job.id,
        split=rendering.split,
        task=rendering.question.task,
        licence=rendering.licence,
        file=name,
        duration_s=round(audio.duration_s, 4),
        sha256=audio.sha256,
        pcm_sha256=audio.pcm_sha256,
        question=_question(rendering),
        pieces=_pieces(rendering),
        features=surface_features(rendering),
    )
    record = json.dumps({"key": job.key, "built": asdict(built)}, ensure_ascii=False)
    with replacing(_record_path(job, out)) as partial:
        partial.write_text(record, encoding="utf-8")
    return built


def surface_features(rendering: Rendering) -> dict[str, float]:
    """What can be read off a recording without listening: none of it may predict the answer.

    Returns
    -------
    dict of str to float
        Duration, level and peak (dBFS), number of pieces, silence at both ends (s).
    """
    samples = rendering.samples
    pcm = to_pcm16(samples).astype("float64") / 32768
    level = float((pcm**2).mean() ** 0.5)
    audible = (abs(pcm) > level / 10).nonzero()[0]
    lead, tail = (audible[0], len(pcm) - audible[-1]) if len(audible) else (len(pcm), len(pcm))
    return {
        "duration_s": rendering.duration_s,
        "level_dbfs": _db(level),
        "pieces": float(len(rendering.pieces)),
        "lead_s": lead / 16000,
        "tail_s": tail / 16000,
    }


def _db(value: float) -> float:
    from math import log10

    return round(20 * log10(max(value, 1e-9)), 4)


def _question(rendering: Rendering) -> dict[str, Any]:
    question = rendering.question
    return {
        "text": question.text,
        "options": [asdict(option) for option in question.options],
        "answer": question.answer,
        "reference": question.reference,
        "slices": dict(question.slices),
        "sources": list(rendering.sources),
        "authors": list(rendering.authors),
    }


def _pieces(rendering: Rendering) -> list[dict[str, Any]]:
    return [
        {
            "source": piece.origin.source,
            "group": piece.origin.group,
            "licence": piece.origin.licence,
            "author": piece.origin.author,
            "onset_s": round(piece.onset_s, 5),
            "duration_s": round(piece.duration_s, 5),
            "start_s": round(piece.start_s, 5),
            "gain_db": piece.gain_db,
            "what": piece.what,
        }
        for piece in rendering.pieces
    ]


def _record_path(job: Job, out: Path) -> Path:
    return out / WORK_FOLDER / f"{job.id}.json"


def _earlier(job: Job, out: Path, audio_format: str) -> Built | None:
    """The result of an earlier build, if it was of the same job and its audio is still there."""
    path = _record_path(job, out)
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        built = Built(**record["built"])
    except (ValueError, KeyError, TypeError):
        return None  # written by another version; it is made again
    whole = built.file.endswith(audio_format) and (out / built.file).is_file()
    return built if whole and record["key"] == job.key else None
