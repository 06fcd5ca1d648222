"""Human evaluation beside Label Studio: the same acts on the same machine, in one run.

Both have the questions of the bundled recordings in SQLite, and accounts for as many people. Each round
starts one server, lets one person answer, then all others at once with no time to think, and stops it; the
servers take turns. What is timed: the start until it is ready (its database is there already), and once it
has loaded what it loads in the background the next question, an answer saved, and a whole question: these two
and every request between them. Ratios are Label Studio's time over ours: above 1 we are faster.

Neither's recordings are fetched. Ours is told what was played before the answer, which Label Studio does not
ask for; nobody has to hear a share of it here, because 20 people would wait for it in real time.

    python -m benchmarks.label_studio [--people 20] [--rounds 3]
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks._common import ratio, report
from benchmarks._rows import row
from benchmarks.annotation_servers.audiomarathon import AudioMarathon
from benchmarks.annotation_servers.label_studio import PROGRAM, LabelStudio
from benchmarks.annotation_servers.program import Person, Program

# Questions that the one person and each of the many answer in a round; 30 recordings are there.
ALONE, TOGETHER = 5, 3
ACTS = ("next", "save", "question")
PEER = "Label Studio"


@dataclass
class Round:
    """One start of a server and what was done on it; seconds, by act and number of people."""

    start: float
    times: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    rate: float = 0.0


async def answer(person: Person, number: int, seen: Round, people: int) -> None:
    """Answer questions one after the other."""
    for _ in range(number):
        began = time.perf_counter()
        question = await person.next()
        shown = time.perf_counter()
        await person.work(question)
        ready = time.perf_counter()
        await person.save(question)
        end = time.perf_counter()
        for act, seconds in zip(ACTS, (shown - began, end - ready, end - began), strict=True):
            seen.times[act, people].append(seconds)


async def work(server: Program, staff: Sequence[Person]) -> Round:
    """Start the server, let one person work and then all others at once, and stop it."""
    seen = Round(await server.start())
    try:
        await server.settle()
        alone, *together = staff
        await answer(alone, ALONE, seen, 1)
        began = time.perf_counter()
        await asyncio.gather(*(answer(each, TOGETHER, seen, len(together)) for each in together))
        seen.rate = len(together) * TOGETHER / (time.perf_counter() - began)
    finally:
        server.stop()
    return seen


async def measure(ours: Program, theirs: Program, people: int, rounds: int) -> dict[str, Any]:
    """Prepare both, let them take turns, and compare."""
    staff: list[list[Person]] = []
    for server in (ours, theirs):
        await server.start()
        staff.append(await server.prepare(people + 1))
        server.stop()
    found: list[list[Round]] = [[], []]
    for _ in range(rounds):
        for server, those, seen in zip((ours, theirs), staff, found, strict=True):
            seen.append(await work(server, those))
    for person in itertools.chain(*staff):
        await person.client.aclose()
    starts = [[each.start for each in seen] for seen in found]
    figures: dict[str, Any] = {"start_s": compared(*starts)}
    rows = [row("Start until ready", *starts, PEER, at_most=1.0)]
    for number, act in itertools.product((1, people), ACTS):
        both = [[second for each in seen for second in each.times[act, number]] for seen in found]
        figures[f"{act}_{number}_s"] = compared(*both)
        rows.append(row(f"{act.capitalize()}, {number} people at once", *both, PEER, at_most=1.0))
    figures["rows"] = rows
    rates = [[each.rate for each in seen] for seen in found]
    figures["answers_a_second"] = {
        "ours": median(rates[0]),
        "theirs": median(rates[1]),
        "ratio": ratio(*rates),
    }
    return figures


def compared(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Medians and 95th percentiles, and Label Studio's over ours."""
    figures = {}
    for name, share in (("median", 50), ("p95", 95)):
        own, other = (float(np.percentile(each, share)) for each in (ours, theirs))
        figures |= {f"ours_{name}": own, f"theirs_{name}": other, f"ratio_{name}": other / own}
    return figures


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=7896)
    asked = parser.parse_args()
    if not PROGRAM.exists():
        raise SystemExit(f"{PROGRAM} is missing: `make bench` installs it.")
    with tempfile.TemporaryDirectory() as name:
        ours = AudioMarathon(Path(name) / "audiomarathon", asked.port)
        theirs = LabelStudio(Path(name) / "label_studio", asked.port + 1)
        try:
            figures = asyncio.run(measure(ours, theirs, asked.people, asked.rounds))
        finally:
            ours.stop()
            theirs.stop()
    report("label_studio", {"people": asked.people, "rounds": asked.rounds, **figures})


if __name__ == "__main__":
    main()
