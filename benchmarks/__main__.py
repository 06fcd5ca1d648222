"""Run every benchmark, each in a process and with a time of its own, and write one JSON and one page of them.

    python -m benchmarks [--quick] [--only NAME ...] [--out build/bench.json] [--no-page]

A benchmark that fails, or takes longer than it may, is named; what the others found is kept. The whole takes
less than half an hour of an idle machine, ``--quick`` less than five minutes: times add up to no more.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from amarathon.files import now, write_atomically
from amarathon.runs.environment import describe_environment
from benchmarks._performance_page import PAGE, write_page
from benchmarks._registry import BENCHMARKS, Asked, Benchmark

OUT = Path("build/bench.json")
LAST_LINES = 3


def main() -> None:
    """Run them, and end with an error where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="Smaller sizes, fewer repeats.")
    parser.add_argument("--only", nargs="*", choices=[each.name for each in BENCHMARKS], help="Some of them.")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--no-page", action="store_true", help=f"Leave {PAGE.name} as it is.")
    arguments = parser.parse_args()
    document = measure(
        [each for each in BENCHMARKS if each.name in (arguments.only or (each.name,))], arguments
    )
    if not arguments.no_page:
        write_page(document)
    failed = [name for name, found in document["benchmarks"].items() if found["state"] == "failed"]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def measure(chosen: list[Benchmark], arguments: argparse.Namespace) -> dict[str, Any]:
    """Run some benchmarks; the file is written behind each, so that nothing is lost."""
    document: dict[str, Any] = {
        "quick": arguments.quick,
        "started_at": now(),
        "hardware": describe_environment().hardware,
        "commit": describe_environment().commit,
        "load_before": os.getloadavg()[0],
        "benchmarks": {},
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    for benchmark in chosen:
        sys.stderr.write(f"{benchmark.name}\n")
        document["benchmarks"][benchmark.name] = run(benchmark, quick=arguments.quick)
        document |= {"took_s": time.monotonic() - began, "load_after": os.getloadavg()[0]}
        write_atomically(arguments.out, json.dumps(document, indent=1) + "\n")
    return document


def run(benchmark: Benchmark, *, quick: bool) -> dict[str, Any]:
    """Run one benchmark; what it found, or why there is nothing."""
    asked = benchmark.quick if quick else benchmark.whole
    if asked is None:
        return {"state": "left out", "why": "not in --quick"}
    for needed in (benchmark.program, benchmark.needs):
        if needed is not None and not needed.exists():
            return {"state": "left out", "why": f"{needed.name} is missing: `make bench` installs it"}
    began = time.monotonic()
    found = _run(benchmark, asked)
    return found | {"arguments": asked.arguments, "took_s": time.monotonic() - began}


def _run(benchmark: Benchmark, asked: Asked) -> dict[str, Any]:
    command = [str(benchmark.program or sys.executable), "-m", f"benchmarks.{benchmark.name}", *asked.words]
    # A group of its own, so that servers that it started end with it.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        output, errors = process.communicate(timeout=asked.limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return {"state": "failed", "why": f"took longer than {asked.limit_s:.0f} s"}
    documents = documents_in(output)
    if process.returncode or not documents:
        why = " ".join(errors.strip().splitlines()[-LAST_LINES:]) or f"exit code {process.returncode}"
        # It may have measured everything before it found that something is wrong.
        return {"state": "failed", "why": why, "documents": documents}
    return {"state": "measured", "documents": documents}


def documents_in(output: str) -> list[dict[str, Any]]:
    """The JSON objects that begin a line of some text."""
    found, decoder, at = [], json.JSONDecoder(), 0
    while (start := output.find("{", at)) >= 0:
        if start and output[start - 1] != "\n":
            at = start + 1
            continue
        try:
            document, at = decoder.raw_decode(output, start)
        except json.JSONDecodeError:
            at = start + 1
            continue
        found.append(document)
    return found


if __name__ == "__main__":
    main()
