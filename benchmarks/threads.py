"""Threads that fit the machine, beside those of torch's default and one thread.

Three states of the machine: as it is, one core taken by a busy program, every core taken. In each, a fresh
process for every way, in turn: the bundled model on 90 seconds of sound. Seconds of one question, and the
ratio to the better of the two fixed numbers in that state; 1 would be perfect.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from benchmarks._common import report

WAYS = ("given", "one", "fitted")
SECONDS, TOKENS = 90, 24


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.way:
        json.dump(answer(arguments.way), sys.stdout)
        return
    cores = os.cpu_count() or 1
    states = {}
    for name, taken in {"as it is": 0, "one core taken": 1, "every core taken": cores}.items():
        with taken_cores(taken):
            states[name] = compare(arguments.repeats)
    report("threads", {"repeats": arguments.repeats, "load": os.getloadavg()[0], "states": states})


def compare(repeats: int) -> dict[str, object]:
    """Seconds of each way in one state, taken in turn."""
    found: dict[str, list[dict[str, object]]] = {way: [] for way in WAYS}
    for _ in range(repeats):
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.threads", "--way", way]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[way].append(json.loads(output))
    seconds = {
        way: statistics.median(float(str(one["seconds"])) for one in ones) for way, ones in found.items()
    }
    replies = {str(one["reply"]) for ones in found.values() for one in ones}
    best = min(seconds["given"], seconds["one"])
    return {"seconds": seconds, "fitted / best": seconds["fitted"] / best, "replies": len(replies)}


def answer(way: str) -> dict[str, object]:
    """One question's seconds and its reply, after one that is not measured."""
    import numpy as np
    import torch

    from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo
    from amarathon.generation import threads
    from amarathon.generation.outcome import Outcome
    from amarathon.generation.sweep import sweep
    from amarathon.models import load_model
    from amarathon.tasks import TASKS

    if way == "one":
        torch.set_num_threads(1)
    sound = (np.random.default_rng(0).standard_normal(SECONDS * SAMPLE_RATE) / 20).astype(np.float32)
    audio = Audio(sound, "", "", AudioInfo("none", "none", SAMPLE_RATE, 1, float(SECONDS), 0))
    messages = TASKS["ASR"].free_messages("", [])
    model = load_model("small")
    fixed = patch.object(threads, "fitted_threads", lambda _device: nullcontext(lambda: None))
    with nullcontext() if way == "fitted" else fixed:
        for tokens in (2, TOKENS):
            start = time.perf_counter()
            events = list(sweep(model, audio, messages, ["vanilla"], max_new_tokens=tokens))
            seconds = time.perf_counter() - start
    reply = next(event.reply for event in events if isinstance(event, Outcome))
    return {"seconds": seconds, "reply": reply}


@contextmanager
def taken_cores(count: int) -> Iterator[None]:
    """Within the block so many cores are taken by programs that only count."""
    command = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


if __name__ == "__main__":
    main()
