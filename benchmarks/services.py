"""How near many questions at once come to what a service allows: the ideal time over the time it took.

A stand-in in a process of its own answers every question after a second, any number at once. Ideal is
the number of questions over those on their way at once, times that second: nothing for decoding, encoding,
sending and writing. Beside the ratio stands the processor time of one question, which is what bounds
it: so many of them fit into a second of a core.

    python -m benchmarks.services [--at-once 32] [--rounds 5] [--seconds 5 30 300]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from amarathon.audio import SAMPLE_RATE, write_flac
from amarathon.models import ModelAPI, load_model
from amarathon.models.remote import ServiceOptions
from amarathon.runs import evaluate, read_run
from amarathon.runs.engines import ThreadEngine
from amarathon.tasks.sample import Option, Sample, SampleAudio
from benchmarks._common import report
from benchmarks._rows import row

ANSWER_S = 1.0
NAME = "stand-in"
FILES = 16


async def _serve(tell: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = next(
                (line.split(b":")[1] for line in head if line.lower().startswith(b"content-length")), b"0"
            )
            await reader.readexactly(int(length))
            if head[0].startswith(b"POST"):
                await asyncio.sleep(ANSWER_S)
            writer.write(_response(is_question=head[0].startswith(b"POST")))
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 24, backlog=256)
    tell.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> list[bytes]:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    except asyncio.IncompleteReadError:
        return []


def _response(*, is_question: bool) -> bytes:
    message = {"message": {"role": "assistant", "content": "A"}, "finish_reason": "stop", "index": 0}
    body = {"model": NAME, "choices": [message]} if is_question else {"data": [{"id": NAME}]}
    content = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(content),
        content,
    )


def _run_server(tell: Connection) -> None:
    asyncio.run(_serve(tell))


def _samples(folder: Path, count: int, seconds: float) -> list[Sample]:
    """Questions about a few recordings of noise, each decoded anew."""
    options = tuple(Option(word, word) for word in ("one", "two", "three", "four"))
    paths = [folder / f"{number}.flac" for number in range(FILES)]
    for number, path in enumerate(paths):
        drawn = np.random.default_rng(number).standard_normal(int(seconds * SAMPLE_RATE))
        write_flac(path, (0.1 * drawn).astype(np.float32))
    return [
        Sample(f"q{number}", "SCR", SampleAudio(path, path.name, ()), "How many?", options, answer=0)
        for number in range(count)
        for path in [paths[number % FILES]]
    ]


def _measure(model: ModelAPI, at_once: int, rounds: int, seconds: float) -> dict[str, Any]:
    count = at_once * rounds
    with tempfile.TemporaryDirectory() as name:
        samples = _samples(Path(name), count, seconds)
        evaluate(model, samples[:2], ["vanilla"], Path(name) / "warm-up", engine=ThreadEngine(2))
        began, computed = time.perf_counter(), time.process_time()
        evaluate(model, samples, ["vanilla"], Path(name) / "run", engine=ThreadEngine(at_once))
        took, computed = time.perf_counter() - began, time.process_time() - computed
        answered = [record for record in read_run(Path(name) / "run").predictions() if not record.error]
    if len(answered) != count:
        raise SystemExit("Questions are left without an answer.")
    ideal, each = rounds * ANSWER_S, computed / count
    cores = len(os.sched_getaffinity(0))
    return {
        "recording_s": seconds,
        "questions": count,
        "ideal_s": ideal,
        "took_s": took,
        "share_of_ideal": ideal / took,
        "processor_s_per_question": each,
        # With nothing else on these cores, the stand-in neither.
        "most_that_the_processor_allows": min(1.0, cores * ANSWER_S / (at_once * each)),
        "rows": [
            row(
                f"{count} questions of {seconds:g} s to a service, {at_once} at once",
                [took],
                [ideal],
                "ideal",
            )
        ],
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5, help="questions, in times of those at once")
    lengths: dict[str, Any] = {"type": float, "nargs": "+", "default": [5.0, 30.0, 300.0]}
    parser.add_argument("--seconds", help="lengths of recordings", **lengths)
    arguments = parser.parse_args()
    told, tell = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=_run_server, args=(tell,), daemon=True)
    server.start()
    try:
        model = load_model(f"http://127.0.0.1:{told.recv()}/v1#{NAME}", service=ServiceOptions())
        for seconds in arguments.seconds:
            measured = _measure(model, arguments.at_once, arguments.rounds, seconds)
            report("services", {"at_once": arguments.at_once, **measured})
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
