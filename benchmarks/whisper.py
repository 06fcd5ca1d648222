"""Real speech under several configurations, against transformers' own ways to write it down.

The bundled recordings joined, `--seconds` of them: plain ``generate`` with the rules of long recordings; the
pipeline with chunks of 30 s; here vanilla; and here vanilla with prunings beside it, of which one further
configuration is what they add. Vanilla must say what ``generate`` says, and each configuration together what
it says alone. CPU time, so that others on the machine count less; with `--wall` the clock's on an idle one.
The encoder is shared where windows begin at the same frame: where they begin follows from the time stamps
that each configuration writes, so most have windows of their own.

    python -m benchmarks.whisper [--seconds 300] [--repeats 1] [--threads 1] [--wall]
"""

import argparse
import dataclasses
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from transformers import pipeline

from amarathon import load_model
from amarathon.audio import SAMPLE_RATE, Audio, load_audio
from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import EXAMPLES
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.open_model import OpenModel
from amarathon.tasks import TASKS
from benchmarks._common import report, timed
from benchmarks._rows import row

# All of them write what is said. One that loops costs more, alone or not: up to six attempts at each window.
PRUNINGS = ["frame@0.3", "frame@0.6", "fastv@0.3", "random@0.3"]
QUESTION = TASKS["ASR"].free_messages("", [])


def recording(seconds: float) -> Audio:
    """Real speech of a length, from the bundled recordings one after the other."""
    each = [load_audio(sample.audio.path) for sample in load_dataset(EXAMPLES, ["ASR"]).samples]
    joined = np.concatenate([audio.samples for audio in each])
    while len(joined) < seconds * SAMPLE_RATE:
        joined = np.concatenate([joined, joined])
    return dataclasses.replace(each[0], samples=joined[: int(seconds * SAMPLE_RATE)])


def by_generate(model: Any, audio: Audio) -> str:
    """The model's own ``generate``; second attempts begin as they do here."""
    prompt = model.prompt(audio, QUESTION)
    with torch.inference_mode():
        written = model.model.generate(**model.forward_inputs(prompt))
    return str(model.text(written[0].tolist()))


def by_pipeline(transcriber: Any, audio: Audio) -> str:
    """transformers' pipeline, chunk by chunk."""
    heard = {"raw": audio.samples, "sampling_rate": SAMPLE_RATE}
    # Five beams by default, as OpenAI's own program; here one, as everywhere in this run.
    return str(transcriber(heard, generate_kwargs={"num_beams": 1})["text"])


def here(model: OpenModel, names: Sequence[str], audio: Audio, *, shared: bool) -> dict[str, Outcome]:
    """The product's own path."""
    events = sweep(model, audio, QUESTION, names, max_new_tokens=4000, shared=shared)
    return {event.configuration: event for event in events if isinstance(event, Outcome)}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--wall", action="store_true", help="the clock's time, on a machine that idles else")
    parser.add_argument(
        "--alone", action="store_true", help="also each pruning alone, and compare transcripts"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    try:
        model = load_model("whisper", device="cpu")
    except ModelError as error:
        raise SystemExit(str(error)) from error
    transcriber = pipeline(
        "automatic-speech-recognition",
        model=model.model,
        tokenizer=model.tokenizer,
        feature_extractor=model.feature_extractor,
        chunk_length_s=30,
    )
    audio = recording(arguments.seconds)
    ways: dict[str, Any] = {
        "generate": partial(by_generate, model, audio),
        "pipeline": partial(by_pipeline, transcriber, audio),
        "vanilla": partial(here, model, ["vanilla"], audio, shared=False),
        "together": partial(here, model, ["vanilla", *PRUNINGS], audio, shared=True),
    }
    if arguments.alone:
        ways |= {name: partial(here, model, [name], audio, shared=False) for name in PRUNINGS}
    by_generate(model, recording(3.0))  # the warm-up
    clock = time.perf_counter if arguments.wall else time.process_time
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    found: dict[str, Any] = {}
    for _ in range(arguments.repeats):
        for name, way in ways.items():
            spent, found[name] = timed(way, clock)
            seconds[name].append(spent)
    check(found)
    best = {name: min(each) for name, each in seconds.items()}
    further = (best["together"] - best["vanilla"]) / len(PRUNINGS)
    figures = {
        "audio_s": arguments.seconds,
        "clock": "wall" if arguments.wall else "cpu",
        "threads": arguments.threads,
        "seconds": seconds,
        "further_configuration_s": further,
        "generate_over_vanilla": best["generate"] / best["vanilla"],
        "pipeline_over_vanilla": best["pipeline"] / best["vanilla"],
        "generate_over_a_further_configuration": best["generate"] / further,
        "tokens": {name: outcome.new_tokens for name, outcome in found["together"].items()},
    }
    if arguments.alone:
        figures["alone_over_together"] = sum(best[n] for n in ("vanilla", *PRUNINGS)) / best["together"]
    what = f"{arguments.seconds:.0f} s of speech by Whisper, vanilla"
    figures["rows"] = [
        row(what, seconds["vanilla"], seconds[name], f"transformers' {name}")
        for name in ("generate", "pipeline")
    ]
    report("whisper", figures)


def check(found: dict[str, Any]) -> None:
    """Refuse figures of transcripts that differ."""
    alone = {
        name: one
        for key, ones in found.items()
        if key not in ("generate", "pipeline", "together")
        for name, one in ones.items()
    }
    for name, outcome in alone.items():
        if outcome.reply != found["together"][name].reply:
            raise SystemExit(f"{name}: together it says other words than alone")
    if found["generate"] != alone["vanilla"].reply:
        raise SystemExit("vanilla says other words than the model's own generate")


if __name__ == "__main__":
    main()
