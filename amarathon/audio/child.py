"""The other end of `amarathon.audio.isolation`: decode one file and print it.

Called as ``python -m amarathon.audio.child PATH LIMITS [PROGRESS]``, it writes a line of JSON and then the
samples as they lie in memory; the file PROGRESS, where one is named, grows to a byte for each hundredth.
"""

import json
import sys
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from amarathon.audio.decode import load_audio
from amarathon.audio.limits import AudioLimits, refusal
from amarathon.errors import AudioError, AudioWarning

# An hour at 16 kHz is 230 MB, three times that while it is put together; the rest is libraries.
MEMORY_LIMIT_BYTES = 4 << 30


def main(path: Path, limits: AudioLimits, out: BinaryIO, progress: Path | None = None) -> None:
    """Decode one file and write the answer, good or bad."""

    def note(share: float) -> None:
        if progress is not None:
            with progress.open("ab") as file:
                file.write(b"." * (round(100 * share) - file.tell()))

    warnings.simplefilter("ignore", AudioWarning)  # they are part of the answer
    try:
        audio = load_audio(path, limits, note)
    except AudioError as error:
        out.write(_line({"error": str(error)}))
    except MemoryError:
        gigabytes = MEMORY_LIMIT_BYTES >> 30
        out.write(_line({"error": str(refusal(path, f"needs more than {gigabytes} GB of memory to decode"))}))
    else:
        facts = {
            "sha256": audio.sha256,
            "pcm_sha256": audio.pcm_sha256,
            "info": asdict(audio.info),
            "warnings": audio.warnings,
        }
        out.write(_line(facts))
        out.write(audio.samples.tobytes())


def _line(answer: Mapping[str, object]) -> bytes:
    return json.dumps(answer).encode("ascii") + b"\n"


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


if __name__ == "__main__":
    _limit_memory()
    main(
        Path(sys.argv[1]),
        AudioLimits(**json.loads(sys.argv[2])),
        sys.stdout.buffer,
        *map(Path, sys.argv[3:]),
    )
