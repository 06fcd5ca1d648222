"""Decoding strangers' files in a process of its own.

The decoders are native code. Should a hostile file crash one, make it spin or eat memory, it
takes down a child and leaves the server standing. A file from a trusted folder is decoded in
place by `load_audio`, which saves the child's start (about 0.3 s).
"""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from amarathon.audio.limits import AudioLimits, refusal
from amarathon.audio.types import Audio, AudioInfo
from amarathon.errors import AudioError, AudioWarning

NEEDED_VARIABLES = frozenset(
    {
        *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"),
        *("LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONHOME"),
    }
)
# An hour of any usual format decodes in a few seconds.
DECODING_TIMEOUT_S = 120.0


def load_audio_isolated(
    path: Path,
    limits: AudioLimits | None = None,
    timeout_s: float = DECODING_TIMEOUT_S,
    progress: Path | None = None,
) -> Audio:
    """Do what `load_audio` does, in a child process with bounded time and memory.

    Parameters
    ----------
    path : Path
    limits : AudioLimits, optional
    timeout_s : float
    progress : Path, optional
        A file that the child makes, and that grows by a byte for each hundredth of `path` that it has read.

    Returns
    -------
    Audio

    Raises
    ------
    AudioError
        As `load_audio`; also when decoding crashes, needs too much memory or takes longer than
        `timeout_s`.

    Warns
    -----
    AudioWarning
        As `load_audio`.
    """
    path = Path(path)
    arguments = json.dumps(asdict(limits or AudioLimits()))
    command = [sys.executable, "-m", "amarathon.audio.child", os.fspath(path.absolute()), arguments]
    if progress is not None:
        command.append(os.fspath(progress.absolute()))
    audio = _audio_from_child(command, path, timeout_s)
    for warning in audio.warnings:
        warnings.warn(warning, AudioWarning, stacklevel=2)
    return audio


def _needed(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment a decoder needs: where libraries lie and how file names are spelt.

    A decoder that a hostile file has taken over must find no password in it.
    """
    return {name: value for name, value in environment.items() if name in NEEDED_VARIABLES}


def _audio_from_child(command: Sequence[str], path: Path, timeout_s: float) -> Audio:
    package_parent = str(Path(__file__).parents[2])
    search_path = os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH")]))
    # One thread: the memory limit counts the room that every further one would reserve.
    environment = _needed(os.environ) | {"PYTHONPATH": search_path, "OPENBLAS_NUM_THREADS": "1"}
    try:
        child = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False, env=environment)
    except subprocess.TimeoutExpired:
        raise refusal(path, f"was given up: it had not been decoded after {timeout_s:g} s") from None
    if child.returncode < 0:
        raise refusal(path, "makes the audio decoder crash: it is damaged beyond reading")
    if child.returncode > 0:
        raise RuntimeError(f"decoding in a child process failed:\n{child.stderr.decode(errors='replace')}")
    head, _, body = child.stdout.partition(b"\n")
    answer = json.loads(head)
    if "error" in answer:
        raise AudioError(answer["error"])
    return Audio(
        samples=np.frombuffer(bytearray(body), dtype=np.float32),
        sha256=answer["sha256"],
        pcm_sha256=answer["pcm_sha256"],
        info=AudioInfo(**answer["info"]),
        warnings=tuple(answer["warnings"]),
    )
