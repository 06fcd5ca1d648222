"""Recordings of a package, without those that cannot be used."""

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from amarathon.audio import load_audio
from amarathon.errors import AudioError, AudioWarning
from amarathon.probes.waveforms import Samples


def readable(paths: Iterable[Path]) -> Iterator[tuple[Path, Samples]]:
    """Decode files to 16 kHz mono; silent, broken and very short ones are left out, here as everywhere."""
    for path in paths:
        with warnings.catch_warnings():
            # That a file was turned down or resampled is nobody's business here: clips are levelled.
            warnings.simplefilter("ignore", AudioWarning)
            try:
                sound = load_audio(path).samples
            except AudioError:
                continue
        yield path, sound
