"""Decoding strangers' files in a process of its own.

The decoders are native code. Should a hostile file crash one, make it spin or eat memory, it
takes down this child and leaves the server standing. A file from a trusted folder is decoded in
place by `load_audio`, which saves the child's start (about 0.3 s).
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from amarathon.audio.decode import load_audio
from amarathon.audio.limits import AudioLimits, refusal
from amarathon.audio.types import Audio, AudioInfo
from amarathon.errors import AudioError

# An hour of any format decodes in a few seconds.
DECODING_TIMEOUT_S = 120.0
# An hour at 16 kHz is 230 MB; the rest is libraries and room.
MEMORY_LIMIT_BYTES = 4 << 30


def load_audio_isolated(
    path: Path, limits: AudioLimits | None = None, timeout_s: float = DECODING_TIMEOUT_S
) -> Audio:
    """Do what `load_audio` does, in a child process with bounded time and memory.

    Parameters
    ----------
    path : Path
    limits : AudioLimits, optional
    timeout_s : float

    Returns
    -------
    Audio

    Raises
    ------
    AudioError
        As `load_audio`; also when decoding crashes or takes longer than `timeout_s`.
    """
    path = Path(path)
    arguments = json.dumps(asdict(limits or AudioLimits()))
    command = [sys.executable, "-m", "amarathon.audio.isolation", str(path.absolute()), arguments]
    return _audio_from_child(command, path, timeout_s)


def _audio_from_child(command: Sequence[str], path: Path, timeout_s: float) -> Audio:
    try:
        child = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired:
        raise refusal(path, f"was given up: it had not been decoded after {timeout_s:g} s") from None
    if child.returncode != 0:
        raise refusal(path, "makes the audio decoder fail: it is damaged beyond reading")
    head, _, body = child.stdout.partition(b"\n")
    answer = json.loads(head)
    if "error" in answer:
        raise AudioError(answer["error"])
    return Audio(
        samples=np.frombuffer(bytearray(body), dtype=np.float32),
        sha256=answer["sha256"],
        pcm_sha256=answer["pcm_sha256"],
        info=AudioInfo(**answer["info"]),
    )


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def _main(path: str, arguments: str) -> None:
    """Decode in the child: a line of JSON, then the samples as they lie in memory."""
    _limit_memory()
    out = sys.stdout.buffer
    try:
        audio = load_audio(Path(path), AudioLimits(**json.loads(arguments)))
    except AudioError as error:
        out.write(json.dumps({"error": str(error)}).encode() + b"\n")
        return
    head = {"sha256": audio.sha256, "pcm_sha256": audio.pcm_sha256, "info": asdict(audio.info)}
    out.write(json.dumps(head).encode() + b"\n")
    out.write(audio.samples.tobytes())


if __name__ == "__main__":
    _main(*sys.argv[1:])
