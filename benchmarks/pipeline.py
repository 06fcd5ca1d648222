"""Evaluations with recordings decoded while the model works, beside one step after the other.

The bundled samples under one configuration, and some of them under the paper's grid; the other way decodes a
recording when it is asked about, each time anew. Both must write the same answers. What decoding takes by
itself bounds what can be gained, and stands beside it.

    python -m benchmarks.pipeline [--samples 30] [--grid-samples 5] [--repeats 1]
"""

import argparse
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from amarathon.audio import AudioLimits, load_audio
from amarathon.compression.grids import grid_names
from amarathon.datasets import load_dataset
from amarathon.models import load_model
from amarathon.models.open_model import OpenModel
from amarathon.runs import evaluate, read_run
from amarathon.runs.ahead import load_sample
from amarathon.runs.planning import Job
from amarathon.tasks.sample import Sample
from benchmarks._common import report
from benchmarks._rows import row

# What the issue of speed wants of one configuration and of the grid.
WANTED = {"one configuration": 1.5, "33 configurations": 1.3}
# Of a record that may differ: when it was written and what it took.
OF_THE_DAY = {"at", "timings", "peak_bytes"}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", type=int, default=30)
    parser.add_argument("--grid-samples", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=1)
    arguments = parser.parse_args()
    model, samples = load_model("small"), load_dataset("bundled").samples
    evaluate_in(model, samples[:1], ["vanilla"], piped=True)  # the warm-up
    cases: dict[str, tuple[Sequence[Sample], list[str]]] = {
        "one configuration": (spread(samples, arguments.samples), ["vanilla"]),
        "33 configurations": (spread(samples, arguments.grid_samples), list(grid_names("paper"))),
    }
    rows = []
    for name, (chosen, configurations) in cases.items():
        if chosen:
            rows += compare(model, name, chosen, configurations, arguments.repeats)
    report("pipeline", {"repeats": arguments.repeats, "rows": rows})


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Some of the samples, of as many tasks as may be."""
    return [samples[index * len(samples) // count] for index in range(min(count, len(samples)))]


def compare(
    model: OpenModel, name: str, samples: Sequence[Sample], configurations: list[str], repeats: int
) -> list[dict[str, Any]]:
    """Both ways in turn."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for repeat in range(repeats):
        found = {}
        # Neither is always the first.
        for piped in (True, False) if repeat % 2 else (False, True):
            taken, found[piped] = evaluate_in(model, samples, configurations, piped=piped)
            seconds[piped].append(taken)
        if found[True] != found[False]:
            raise SystemExit(f"{name}: the answers differ.")
    began = time.perf_counter()
    for sample in samples:
        load_audio(sample.audio.path)
    decoding = time.perf_counter() - began
    what = f"{len(samples)} samples, {name}, one after the other"
    behind = [max(taken - decoding, 1e-9) for taken in seconds[False]]
    return [
        row(what, seconds[False], seconds[True], "decoded ahead", at_least=WANTED[name]),
        row(f"{what} (bound)", seconds[False], behind, "the same without any decoding"),
    ]


def evaluate_in(
    model: OpenModel, samples: Sequence[Sample], configurations: list[str], *, piped: bool
) -> tuple[float, list[dict[str, Any]]]:
    """Seconds of the clock, and the records without what differs from day to day."""
    way = nullcontext() if piped else patch("amarathon.runs.answering.decoded_ahead", one_by_one)
    with tempfile.TemporaryDirectory() as folder, way:
        began = time.perf_counter()
        evaluate(model, samples, configurations, Path(folder) / "run")
        taken = time.perf_counter() - began
        records = list(read_run(Path(folder) / "run").predictions())
    return taken, [record.model_dump(exclude=OF_THE_DAY) for record in records]


def one_by_one(jobs: Iterable[Job], limits: AudioLimits) -> Generator[tuple[Job, Any], None, None]:
    """Each recording when it is asked about."""
    for job in jobs:
        yield job, partial(load_sample, job.sample, limits)


if __name__ == "__main__":
    main()
