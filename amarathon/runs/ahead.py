"""Recordings decoded while the model works on those before them."""

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

from amarathon.audio import Audio, AudioLimits, load_audio
from amarathon.errors import DatasetError
from amarathon.runs.planning import Job
from amarathon.tasks.sample import Sample

# Recordings decoded and not yet asked about, and those kept behind: several questions may be about one. Each
# may take 20 MB.
AHEAD, KEPT = 2, 4


def decoded_ahead(
    jobs: Iterable[Job], limits: AudioLimits
) -> Generator[tuple[Job, Callable[[], Audio]], None, None]:
    """Go through jobs while a thread decodes the recordings of the next ones.

    Parameters
    ----------
    jobs : iterable of Job
    limits : AudioLimits

    Yields
    ------
    (Job, callable)
        The callable waits for the job's recording; it raises as `load_sample` does.
    """
    waiting = iter(jobs)
    decoder = ThreadPoolExecutor(1, "decoding")
    recordings: OrderedDict[Path, Future[Audio]] = OrderedDict()

    def begin(job: Job) -> tuple[Job, Callable[[], Audio]]:
        path = job.sample.audio.path
        if path not in recordings:
            recordings[path] = decoder.submit(load_audio, path, limits)
        recordings.move_to_end(path)
        while len(recordings) > AHEAD + KEPT:
            recordings.popitem(last=False)
        return job, partial(_stated, recordings[path], job.sample)

    begun = [begin(job) for job in islice(waiting, AHEAD)]
    try:
        while begun:
            begun.extend(begin(job) for job in islice(waiting, 1))
            yield begun.pop(0)
    finally:
        # Whoever has the last job may still wait for its recording.
        decoder.shutdown(wait=False, cancel_futures=bool(begun))


def load_sample(sample: Sample, limits: AudioLimits) -> Audio:
    """Decode a sample's recording.

    Raises
    ------
    AudioError
    DatasetError
        If it is not the file that the dataset lists.
    """
    return _checked(load_audio(sample.audio.path, limits), sample)


def _stated(decoded: "Future[Audio]", sample: Sample) -> Audio:
    return _checked(decoded.result(), sample)


def _checked(audio: Audio, sample: Sample) -> Audio:
    stated = sample.audio.sha256
    if stated is not None and stated.lower() != audio.sha256:
        raise DatasetError(
            f"{sample.audio.name} is not the file that the dataset lists: its SHA-256 begins with "
            f"{audio.sha256[:12]}, not {stated[:12].lower()}."
        )
    return audio
