"""Decoding to 16 kHz mono beside libav in this process and ffmpeg's command; 40 minutes for the demo.

Processor seconds; of a recording that is made ready for the demo (decoded, its outline and its spectrogram)
the clock's too.

    python -m benchmarks.audio_files [--quick] [--repeats 5]
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from amarathon.audio import load_audio
from benchmarks._common import interleaved, report
from benchmarks._programs import child_s
from benchmarks._rows import row
from benchmarks._sounds import decode_with_libav, write_recording
from live_demo.pictures import outline, spectrogram

CODECS = {"mp3": "libmp3lame", "m4a": "aac", "opus": "libopus"}
WANTED = 1.3
LONG_S, LONG_LIMIT_S = 2400, 8.0
COLUMNS = 2048


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="A minute, and not 40.")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for suffix, codec in CODECS.items():
            path = Path(folder) / f"noise.{suffix}"
            write_recording(path, codec, 60 if arguments.quick else 300)
            rows += decoding(path, arguments.repeats)
        if not arguments.quick:
            path = Path(folder) / "long.mp3"
            write_recording(path, CODECS["mp3"], LONG_S)
            rows += ready(path)
    report("audio_files", {"repeats": arguments.repeats, "rows": rows})


def decoding(path: Path, repeats: int) -> list[dict[str, Any]]:
    """One file, beside libav and ffmpeg."""
    ways: dict[str, Callable[[], object]] = {
        "ours": partial(load_audio, path),
        "libav": partial(decode_with_libav, path),
    }
    seconds = interleaved(ways, repeats, time.process_time)
    what = f"{path.suffix[1:].upper()}, {load_audio(path).duration_s:.0f} s of stereo"
    rows = [row(what, seconds["ours"], seconds["libav"], "libav in this process", unit="CPU s")]
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-ac", "1", "-ar", "16000"]
        ffmpeg = [child_s([*command, "-f", "f32le", "-y", os.devnull]) for _ in range(repeats)]
        rows.append(row(what, seconds["ours"], ffmpeg, "ffmpeg's command", unit="CPU s", at_most=WANTED))
    return rows


def ready(path: Path) -> list[dict[str, Any]]:
    """What passes until a long recording can be shown."""
    began, computed = time.perf_counter(), time.process_time()
    samples = load_audio(path).samples
    decoded = time.process_time() - computed
    outline(samples, COLUMNS)
    spectrogram(samples, COLUMNS)
    took, pictures = time.perf_counter() - began, time.process_time() - computed - decoded
    what = f"MP3 of {LONG_S // 60} minutes"
    return [
        row(f"{what}, ready for the demo", [took], [LONG_LIMIT_S], "limit", at_most=1.0),
        row(f"{what}, its pictures", [pictures], [decoded], "decoding it", unit="CPU s"),
    ]


if __name__ == "__main__":
    main()
