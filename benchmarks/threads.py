"""Threads that fit the machine, beside those of torch's default and one thread.

Four states of the machine: as it is, one core taken by a busy program, every core taken, and the app serving
pages to somebody who asks for one after the other. In each, a fresh process for every way, in turn: the
bundled model on some seconds of sound. Seconds of one question, and the ratio to the better of the two fixed
numbers in that state; 1 would be perfect. A process that takes too long is ended, and counts as so long at
least: torch's own number is then worse than what stands there.

    python -m benchmarks.threads [--quick] [--repeats 3] [--limit 25] [--within 600]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from benchmarks._common import report
from benchmarks._programs import served_app
from benchmarks._rows import row

WAYS = ("given", "one", "fitted")
SECONDS, TOKENS = 45, 24
WANTED = 1.25
PORT = 7894


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="Two states.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=25.0, help="Seconds of one process at most.")
    parser.add_argument("--within", type=float, default=600.0, help="Seconds in which repeats are begun.")
    arguments = parser.parse_args()
    if arguments.way:
        json.dump(answer(arguments.way), sys.stdout)
        return
    cores = os.cpu_count() or 1
    states: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "as it is": partial(taken_cores, 0),
        "one core taken": partial(taken_cores, 1),
        "every core taken": partial(taken_cores, cores),
        "the app serving pages": served_pages,
    }
    rows, found = [], {}
    chosen, began = list(states)[: 2 if arguments.quick else None], time.monotonic()
    for number, name in enumerate(chosen, start=1):
        until = began + arguments.within * number / len(chosen)
        with states[name]():
            found[name] = compare(arguments.repeats, arguments.limit, until)
        rows.append(judged(name, found[name]))
    document = {"repeats": arguments.repeats, "load": os.getloadavg()[0], "states": found, "rows": rows}
    report("threads", document)


def compare(repeats: int, limit_s: float, until: float) -> dict[str, list[float]]:
    """Seconds of each way in one state, taken in turn; the limit where a process came to it.

    After `until` no further repeat is begun, but the first is made.
    """
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    replies = set()
    for repeat in range(repeats):
        if repeat and time.monotonic() > until:
            break
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.threads", "--way", way]
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit_s)
            except subprocess.TimeoutExpired:
                seconds[way].append(limit_s)
                continue
            answered = json.loads(done.stdout)
            seconds[way].append(answered["seconds"])
            replies.add(answered["reply"])
    if len(replies) > 1:
        raise SystemExit(f"The replies differ: {replies}")
    return seconds


def judged(state: str, seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Fitted threads beside the better of the two fixed numbers in that state."""
    best = min(("given", "one"), key=lambda way: statistics.median(seconds[way]))
    named = {"given": "torch's default", "one": "one thread"}[best]
    what = f"A question with fitted threads, {state}"
    return row(what, seconds["fitted"], seconds[best], named, at_most=WANTED)


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
def served_pages() -> Iterator[None]:
    """Within the block the app runs, and somebody asks for one page after the other."""
    over = threading.Event()
    with tempfile.TemporaryDirectory() as folder, served_app(Path(folder), PORT):
        reader = threading.Thread(target=read_pages, args=(over,), daemon=True)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()


def read_pages(over: threading.Event) -> None:
    """Ask for pages, a few a second."""
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as client:
        while not over.wait(0.2):
            client.get("/v1/tasks")
            client.get("/v1/leaderboard")


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
