"""The leaderboard with many rows: what a run that is added costs, how large the answer is, how fast it comes.

Runs are the bundled one with other scores each time. Processor seconds of the first reading and of one run
more are of one process; times of answers are of the app as it is served, beside those of ``/v1/tasks``,
which is ready at start and the same for any number of rows.

    python -m benchmarks.leaderboard                # 1, 500, 2,000 and 10,000 rows; an hour, 3 GB of disk
    python -m benchmarks.leaderboard --quick        # 1 and 500
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np

from amarathon.assets import BUNDLED_RUNS
from benchmarks._board_runs import write_runs
from benchmarks._common import report
from benchmarks._rows import row
from leaderboard.store import Store

# Runs and configurations of each: rows beside the published and the bundled ones.
SIZES = {1: (1, 1), 500: (15, 33), 2000: (61, 33), 10_000: (303, 33)}
CLIENTS, REQUESTS, PACED_S = 50, 40, 10.0
ROUTES = {"trivial": "/v1/tasks", "scores": "/v1/leaderboard"}
STARTS_WITHIN_S = 900.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the two smallest sizes")
    parser.add_argument("--rows", type=int, nargs="*", choices=list(SIZES), help="only these sizes")
    parser.add_argument("--port", type=int, default=7899)
    chosen = parser.parse_args()
    for rows in chosen.rows or list(SIZES)[: 2 if chosen.quick else None]:
        with tempfile.TemporaryDirectory() as folder:
            report(f"leaderboard, {rows} rows", measure(Path(folder), *SIZES[rows], chosen.port))


def measure(data: Path, runs: int, configurations: int, port: int) -> dict[str, Any]:
    """All figures of one size."""
    write_runs(data / "runs", range(runs), configurations)
    store = Store(BUNDLED_RUNS, data / "runs")
    first, _ = processor_s(store)
    write_runs(data / "runs", range(runs, runs + 1), configurations)
    added, document = processor_s(store)
    figures = {
        "rows of the board": sum(map(len, (section.rows for section in store.board().measured))),
        "first reading, processor s": first,
        "one run more, processor s": added,
        "one run more / first reading": added / first,
        "nothing new, processor ms": 1000 * processor_s(store)[0],
        "rows": [
            row(
                f"Leaderboard of {runs} runs, one run more",
                [added],
                [first],
                "reading all of them",
                unit="CPU s",
            )
        ],
        "bytes": len(document.body),
        "bytes, gzip": len(document.compressed("gzip")),
        "bytes, br": len(document.compressed("br")),
    }
    with served(data, port):
        seconds = {name: asyncio.run(ask(port, path, paced=False)) for name, path in ROUTES.items()}
        paced = {name: asyncio.run(ask(port, path, paced=True)) for name, path in ROUTES.items()}
        alone = {name: asyncio.run(ask(port, path, paced=False, clients=1)) for name, path in ROUTES.items()}
    for title, found in (("one client", alone), ("50, one a second each", paced), ("50, no pause", seconds)):
        for quantile in (50, 99):
            ms = {name: 1000 * float(np.percentile(times, quantile)) for name, times in found.items()}
            figures[f"{title}, p{quantile}"] = ms | {"ratio": ms["scores"] / ms["trivial"]}
    return figures


def processor_s(store: Store) -> tuple[float, Any]:
    """Processor seconds until the answer is there."""
    start = time.process_time()
    document = store.json()
    return time.process_time() - start, document


@contextmanager
def served(data: Path, port: int) -> Iterator[None]:
    """The app with this data, which has read it once."""
    own = {"AMARATHON_PORT": str(port), "AMARATHON_DATA": str(data)}
    with (data / "log.txt").open("wb") as log:
        process = subprocess.Popen([sys.executable, "app.py"], env=os.environ | own, stdout=log, stderr=log)
    try:
        end = time.monotonic() + STARTS_WITHIN_S
        while process.poll() is None and time.monotonic() < end:
            try:
                with urlopen(f"http://127.0.0.1:{port}/v1/leaderboard", timeout=STARTS_WITHIN_S) as answer:
                    json.load(answer)
                    break
            except OSError:
                time.sleep(0.5)  # not listening yet, or still reading
        else:
            raise RuntimeError((data / "log.txt").read_text())
        yield
    finally:
        process.kill()
        process.wait()


async def ask(port: int, path: str, *, paced: bool, clients: int = CLIENTS) -> list[float]:
    """Seconds of each answer; each client keeps its connection."""
    times: list[float] = []
    end = time.monotonic() + PACED_S

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        if paced:
            await asyncio.sleep(number / clients)
        for _ in range(REQUESTS):
            if paced and time.monotonic() > end:
                break
            start = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
            took = time.perf_counter() - start
            times.append(took)
            if paced:
                await asyncio.sleep(max(0.0, 1.0 - took))
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return times


if __name__ == "__main__":
    main()
