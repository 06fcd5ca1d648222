"""What people and programs wait for, each beside a peer or its own limit, within one run.

Prints one JSON; with ``--write`` makes ``docs/findings/performance.md`` of it. ``--quick`` leaves out the
model: under two minutes on an idle machine.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks._common import interleaved, report

PAGE = Path(__file__).resolve().parents[1] / "docs/findings/performance.md"
NOTHING = "import typer.rich_utils"
COMMAND = "import sys; from amarathon.cli import main; sys.argv = ['amarathon', '{}']; main()"
RECORDING_S = 300
Figures = dict[str, dict[str, Any]]


def main() -> None:
    """Print the figures, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="Leave out what needs the model.")
    parser.add_argument("--write", action="store_true", help="Write the page of the documentation.")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    parts: dict[str, Callable[[int], Figures]] = {"start": start, "analysis": analysis, "audio": audio}
    if not arguments.quick:
        parts["evaluate"] = evaluation
    figures: Figures = {}
    for name, part in parts.items():
        sys.stderr.write(f"{name}\n")
        figures |= part(arguments.repeats)
    document = {"repeats": arguments.repeats, "load": os.getloadavg(), "figures": figures}
    report("performance", document)
    if arguments.write:
        PAGE.write_text(page(document), encoding="utf-8")


def start(repeats: int) -> Figures:
    """Processor seconds of the two commands that should be there at once, beside importing typer alone."""
    ways = {"typer alone": NOTHING, "--help": COMMAND.format("--help"), "tasks": COMMAND.format("tasks")}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, code in ways.items():
            seconds[name].append(_child_s([sys.executable, "-c", code]))
    return {
        f"`amarathon {name}`": _row(seconds[name], seconds["typer alone"], "importing typer alone")
        for name in ("--help", "tasks")
    }


def analysis(repeats: int) -> Figures:
    """The page of findings of the bundled grid, and its transcripts beside Whisper's normaliser itself."""
    from whisper_normalizer.english import EnglishTextNormalizer

    from amarathon.assets import BUNDLED_RUNS
    from amarathon.metrics import transcripts
    from amarathon.runs import read_run
    from amarathon.runs.findings import findings

    run = read_run(BUNDLED_RUNS / "small-on-mini")
    replies = {record.reply for record in run.predictions() if record.task == "ASR"}
    whisper = EnglishTextNormalizer()

    def afresh() -> None:
        transcripts.whisper_normalise.cache_clear()
        transcripts._normal_piece.cache_clear()
        for reply in replies:
            transcripts.whisper_normalise(reply)

    ways = {"ours": afresh, "Whisper's": lambda: [whisper(reply) for reply in replies]}
    seconds = interleaved(ways, max(1, repeats // 2), time.process_time)
    transcripts.whisper_normalise.cache_clear()
    began = time.process_time()
    findings(run)
    whole = time.process_time() - began
    return {
        f"Normal forms of {len(replies)} transcripts": _row(
            seconds["ours"], seconds["Whisper's"], "Whisper's normaliser on each whole text"
        ),
        "`amarathon findings`, 480 samples x 33 configurations": _row(
            [whole], [6.0], "the limit of 6 processor seconds"
        ),
    }


def audio(repeats: int) -> Figures:
    """Processor seconds of decoding, beside ffmpeg where it is installed and libav in this process."""
    from amarathon.audio import load_audio

    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, codec in (("mp3", "libmp3lame"), ("m4a", "aac")):
            path = Path(folder) / f"noise.{suffix}"
            write_recording(path, codec)
            ways: dict[str, Callable[[], object]] = {
                "ours": lambda path=path: load_audio(path),
                "libav": lambda path=path: decode_with_libav(path),
            }
            seconds = interleaved(ways, repeats, time.process_time)
            name = f"{suffix.upper()}, {RECORDING_S} s, 44.1 kHz stereo"
            figures[name] = _row(seconds["ours"], seconds["libav"], "libav alone, in this process")
            if shutil.which("ffmpeg"):
                command = ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", "16000"]
                ffmpeg = [_child_s([*command, "-f", "f32le", "-y", os.devnull]) for _ in range(repeats)]
                figures[f"{name}, beside ffmpeg"] = _row(seconds["ours"], ffmpeg, "ffmpeg's command")
    return figures


def evaluation(repeats: int) -> Figures:
    """Seconds of an evaluation with recordings decoded ahead, beside one after the other."""
    from amarathon.datasets import load_dataset
    from amarathon.models import load_model
    from amarathon.runs import ahead, evaluate

    model = load_model("small")
    samples = [sample for sample in load_dataset("bundled").samples if sample.task != "ASR"][:6]

    def asked(count: int) -> float:
        before = ahead.AHEAD, ahead.KEPT
        with tempfile.TemporaryDirectory() as folder:
            try:
                ahead.AHEAD, ahead.KEPT = count, 0
                began = time.perf_counter()
                evaluate(model, samples, ["vanilla"], Path(folder) / "run")
                return time.perf_counter() - began
            finally:
                ahead.AHEAD, ahead.KEPT = before

    asked(1)
    seconds: dict[int, list[float]] = {2: [], 1: []}
    for _ in range(max(1, repeats // 2)):
        for count, taken in seconds.items():
            taken.append(asked(count))
    return {
        f"`amarathon evaluate`, {len(samples)} samples, one configuration": _row(
            seconds[2], seconds[1], "each recording decoded when it is asked about (seconds of the clock)"
        )
    }


def write_recording(path: Path, codec: str) -> None:
    """Write noise and a tone of `RECORDING_S` seconds."""
    import av
    import numpy as np

    rng, rate = np.random.default_rng(0), 44_100
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate, layout="stereo")
        for second in range(RECORDING_S):
            times = np.arange(rate) / rate + second
            sound = 0.2 * np.sin(2 * np.pi * 220 * times) + 0.05 * rng.standard_normal((2, rate))
            frame = av.AudioFrame.from_ndarray(sound.astype(np.float32), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, second * rate, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def decode_with_libav(path: Path) -> int:
    """Decode to one channel of 16 kHz as the command of ffmpeg does; how many samples there are."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000, frame_size=1 << 16)
    with av.open(str(path)) as file:
        found = [made.samples for frame in file.decode(audio=0) for made in resampler.resample(frame)]
    return sum(found) + sum(made.samples for made in resampler.resample(None))


def page(document: dict[str, Any]) -> str:
    """The page of the documentation."""
    rows = "\n".join(_line(name, row) for name, row in document["figures"].items())
    low, _, _ = document["load"]
    return f"""# What takes how long

Written by `python -m benchmarks.performance --write`; every figure is of one run, none is typed. Medians of
up to {document["repeats"]} repeats in turn, processor seconds unless said otherwise, on a machine that others
used as well (load {low:.0f} at the end): only the ratios say something.

| | Seconds | Beside | Its seconds | Ratio |
| --- | --: | --- | --: | --: |
{rows}

Threads beside other programs are measured by `python -m benchmarks.threads`, the leaderboard with many rows
in [a page of its own](leaderboard.md), compression beside kvpress by
`python -m benchmarks.kvpress_env.presses`.

On a GPU: not measured.
"""


def _line(name: str, row: dict[str, Any]) -> str:
    figures = f"{row['seconds']:.2f} | {row['beside']} | {row['peer_seconds']:.2f} | {row['ratio']:.2f}"
    return f"| {name} | {figures} |"


def _row(seconds: list[float], peer: list[float], beside: str) -> dict[str, Any]:
    ours, theirs = statistics.median(seconds), statistics.median(peer)
    return {"seconds": ours, "beside": beside, "peer_seconds": theirs, "ratio": ours / theirs}


def _child_s(command: list[str]) -> float:
    """Processor seconds of another program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
