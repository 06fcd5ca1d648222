"""Whether the audio that samples speak of is there and how long it is, from the files' headers."""

import math
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from amarathon.audio import AudioLimits, load_audio, measure_audio
from amarathon.errors import AudioError
from amarathon.tasks.sample import Exclusion, Sample

# What a file may cost is decided where it is decoded; here it only has to be audio.
_ANY_SIZE = AudioLimits(max_bytes=sys.maxsize, max_seconds=math.inf)
_THREADS = 8
UNUSABLE = "Its audio cannot be used: "


def check_audio(samples: Sequence[Sample]) -> tuple[list[Sample], list[Exclusion]]:
    """Leave out samples whose audio is missing or unreadable; fill in durations not stated.

    Only files whose header leaves the length open are decoded, to count it.

    Parameters
    ----------
    samples : sequence of Sample

    Returns
    -------
    samples : list of Sample
        In the same order.
    exclusions : list of Exclusion
        A file shared by several samples is read once and reported for each of them.
    """
    paths = list(dict.fromkeys(sample.audio.path for sample in samples))
    with ThreadPoolExecutor(_THREADS) as pool:
        found = dict(zip(paths, pool.map(_length, paths), strict=True))
    kept, excluded = [], []
    for sample in samples:
        length = found[sample.audio.path]
        if isinstance(length, AudioError):
            excluded.append(Exclusion(sample.id, f"{UNUSABLE}{length}"))
        elif sample.audio.duration_s is None:
            kept.append(replace(sample, audio=replace(sample.audio, duration_s=length)))
        else:
            kept.append(sample)
    return kept, excluded


def _length(path: Path) -> float | AudioError:
    try:
        return measure_audio(path, _ANY_SIZE)
    except AudioError as error:
        return error


def decode_audio(
    samples: Sequence[Sample], progress: Callable[[int, int], None]
) -> tuple[list[Sample], list[Exclusion]]:
    """Decode every recording, one after another; leave out samples whose audio turns out unusable.

    What a header does not state is found here: silence, damage, a file that is not the one that
    the dataset was made with.

    Parameters
    ----------
    samples : sequence of Sample
    progress : callable
        Called with the number of recordings done and to do.

    Returns
    -------
    samples : list of Sample
        In the same order, with the hashes of their audio.
    exclusions : list of Exclusion
    """
    paths = list(dict.fromkeys(sample.audio.path for sample in samples))
    found: dict[Path, tuple[str, str] | AudioError] = {}
    for done, path in enumerate(paths):
        progress(done, len(paths))
        found[path] = _decode(path)
    kept, excluded = [], []
    for sample in samples:
        hashes = found[sample.audio.path]
        if isinstance(hashes, AudioError):
            excluded.append(Exclusion(sample.id, f"{UNUSABLE}{hashes}"))
        elif sample.audio.sha256 not in (None, hashes[0]):
            excluded.append(Exclusion(sample.id, "Its audio file is not the one whose SHA-256 is stated."))
        else:
            audio = replace(sample.audio, sha256=hashes[0], pcm_sha256=hashes[1])
            kept.append(replace(sample, audio=audio))
    return kept, excluded


def _decode(path: Path) -> tuple[str, str] | AudioError:
    try:
        audio = load_audio(path)
    except AudioError as error:
        return error
    return audio.sha256, audio.pcm_sha256
