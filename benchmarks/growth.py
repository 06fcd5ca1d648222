"""How time and memory grow: with minutes of audio, with samples, with annotators.

Each curve has its exponent (the slope where both axes are logarithmic, with a 95% interval) beside the one
that arithmetic says: once for each second, sample or answer; for a prefill the operations of its layers. A
curve that is steeper is named, and ends it with an error. Processor seconds, so that others on the machine
count less.

    python -m benchmarks.growth [--quick]
"""

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from amarathon.audio import AudioLimits, load_audio
from amarathon.compression import Configuration
from amarathon.generation.decoding import GreedyDecoder
from amarathon.metrics import transcripts
from amarathon.models import load_model
from amarathon.runs import read_run
from amarathon.runs.findings import findings
from amarathon.runs.summary import write_summary
from benchmarks._common import prefill_flops, report
from benchmarks._curves import cost, curve
from benchmarks._growing_runs import write_run
from benchmarks._growing_studies import EACH, GrowingStudy
from benchmarks._models import PROMPT_TOKENS, random_features, random_prompt
from benchmarks._sounds import write_recording
from leaderboard.store import build_board
from live_demo.pictures import outline, spectrogram

Curves = list[dict[str, Any]]
TOKENS_A_MINUTE, FRAMES_A_MINUTE = 1500, 6000
# A prefill of an hour would take minutes, and none of the models here takes more than a quarter of one.
LONGEST_PREFILL = 15
COLUMNS = 2048


def main() -> None:
    """Print the curves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="Smaller sizes, of which a fit says less.")
    parser.add_argument("--only", choices=PARTS, help="One part.")
    arguments = parser.parse_args()
    chosen = [arguments.only] if arguments.only else list(PARTS)
    curves: Curves = []
    for name in chosen:
        part, whole, quick = PARTS[name]
        curves += part(quick if arguments.quick else whole)
        gc.collect()
    report("growth", {"curves": curves})
    if steeper := [each["what"] for each in curves if each["steeper"]]:
        sys.exit(f"Steeper than arithmetic says: {', '.join(steeper)}")


def audio(minutes: tuple[int, ...]) -> Curves:
    """Decoding, pictures, encoder and prefill of recordings of some minutes."""
    limits = AudioLimits(max_seconds=2 * 60 * max(minutes))
    seconds: dict[str, list[float]] = {}
    held: list[float] = []
    model = load_model("small")
    with tempfile.TemporaryDirectory() as folder:
        for length in minutes:
            path = Path(folder) / f"{length}.mp3"
            write_recording(path, "libmp3lame", 60 * length)
            taken, peak = cost(partial(load_audio, path, limits))
            seconds.setdefault("Decoding MP3", []).append(taken)
            held.append(peak)
            samples = load_audio(path, limits).samples
            pictures: dict[str, Callable[[], object]] = {
                "Outline": partial(outline, samples, COLUMNS),
                "Spectrogram": partial(spectrogram, samples, COLUMNS),
            }
            for name, way in pictures.items():
                seconds.setdefault(name, []).append(cost(way, 3)[0])
            features = random_features(model, FRAMES_A_MINUTE * length)
            way = partial(list, model.encode_parts(features))
            seconds.setdefault("Encoder", []).append(cost(way)[0])
            if length <= LONGEST_PREFILL:
                decoder = GreedyDecoder(model, random_prompt(model, TOKENS_A_MINUTE * length))
                way = partial(decoder.first_logits, Configuration())
                seconds.setdefault("Prefill", []).append(cost(way)[0])
    flat = dict.fromkeys(("Spectrogram",), ([1.0] * len(minutes), "as many columns for any length"))
    each = ([float(length) for length in minutes], "each second once")
    curves = [
        curve(name, "minutes of audio", minutes, seconds[name], *flat.get(name, each))
        for name in ("Decoding MP3", "Outline", "Spectrogram", "Encoder")
    ]
    text, short = model.model.config.text_config, [each for each in minutes if each <= LONGEST_PREFILL]
    lengths = [TOKENS_A_MINUTE * length + PROMPT_TOKENS for length in short]
    operations = [prefill_flops(text, [length] * text.num_hidden_layers) for length in lengths]
    words = "operations of its layers, attention's among them"
    curves.append(curve("Prefill", "minutes of audio", short, seconds["Prefill"], operations, words))
    words = "each sample of 16 kHz held once"
    curves.append(
        curve("Decoding MP3, peak of memory", "minutes of audio", minutes, held, *each[:1], words, "MiB")
    )
    return curves


def records(samples: tuple[int, ...]) -> Curves:
    """Reading, summing up, findings and the leaderboard of runs with some samples."""
    seconds: dict[str, list[float]] = {}
    for count in samples:
        with tempfile.TemporaryDirectory() as name:
            folder = write_run(Path(name) / "runs" / "run", count)
            transcripts.whisper_normalise.cache_clear()
            run = read_run(folder)
            ways: dict[str, Callable[[], object]] = {
                "Reading records": lambda run=run: list(run.predictions()),
                "Summing up": partial(write_summary, folder),
                "Findings": partial(findings, run),
                "Leaderboard": partial(build_board, folder.parent),
            }
            for what, way in ways.items():
                seconds.setdefault(what, []).append(cost(way)[0])
    sizes = [float(count) for count in samples]
    return [
        curve(what, "samples", samples, taken, sizes, "each record once") for what, taken in seconds.items()
    ]


def annotators(people: tuple[int, ...]) -> Curves:
    """Serving annotators, and working out the results of what they answered."""
    serving, results, served = [], [], 0
    total = 0.0
    with tempfile.TemporaryDirectory() as name:
        study = GrowingStudy(Path(name), people[-1])
        for count in people:
            total += cost(partial(study.annotate, served, count))[0]
            served = count
            serving.append(total)
            results.append(cost(study.results)[0])
        study.close()
    sizes = [float(count) for count in people]
    axis = f"annotators, {EACH} answers each"
    return [
        curve("Serving annotators", axis, people, serving, sizes, "each request once"),
        curve("Results of a study", axis, people, results, sizes, "each answer once"),
    ]


# Each part with its sizes, and with those of --quick.
PARTS: dict[str, tuple[Callable[[tuple[int, ...]], Curves], tuple[int, ...], tuple[int, ...]]] = {
    "audio": (audio, (1, 5, 15, 60), (1, 2, 4)),
    "records": (records, (10, 100, 1000, 10_000), (10, 100, 1000)),
    "annotators": (annotators, (1, 5, 20, 50, 200), (1, 5, 20)),
}


if __name__ == "__main__":
    main()
