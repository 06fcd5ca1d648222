"""Does the demo's memory stay flat? Resident memory of the process before and after 50 comparisons.

``python benchmarks/demo_memory.py 50``: the service itself with the small model, without the page. Each
comparison has a recording of its own, and every tenth shares the machine with another visitor's.
"""

import gc
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import psutil

from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo
from amarathon.settings import Settings
from live_demo.question import Ask
from live_demo.service import DemoService
from live_demo.visitors import Visitor

SECONDS = 20
CONFIGURATIONS = ["frame@0.6", "fastv@0.6", "snapkv@0.5"]
# Allocators settle over the first comparisons.
SETTLED = 5


def main(count: int) -> None:
    """Print resident memory every fifth comparison, and what the last ones added."""
    with tempfile.TemporaryDirectory() as folder:
        service = DemoService(Settings(data=Path(folder)))
        service.queue.models["small"].get()
        sizes = [resident()]
        for number in range(count):
            workers = [comparing(service, number, "one")]
            if number % 10 == 9:
                workers.append(comparing(service, number, "another"))
            for worker in workers:
                worker.join()
            gc.collect()
            sizes.append(resident())
            if number % 5 == 4:
                print(f"{number + 1:3} comparisons: {sizes[-1] / 1e6:7.1f} MB", flush=True)
        grown = sizes[-1] - sizes[min(SETTLED, count)]
        print(f"before {sizes[0] / 1e6:.1f} MB, settled {sizes[min(SETTLED, count)] / 1e6:.1f} MB, ", end="")
        print(f"after {sizes[-1] / 1e6:.1f} MB: {grown / 1e6:+.1f} MB in {count - SETTLED} comparisons")


def comparing(service: DemoService, number: int, name: str) -> threading.Thread:
    """A comparison at work in a thread of its own."""
    visitor = Visitor(name, key=f"{number:032x}")
    generator = np.random.default_rng(number % 2)
    samples = generator.normal(0, 0.05, SECONDS * SAMPLE_RATE).astype(np.float32)
    info = AudioInfo("wav", "pcm", SAMPLE_RATE, 1, float(SECONDS), samples.nbytes)
    recording = service.recordings.keep(Audio(samples, "0" * 64, f"{number:064x}", info), "noise.wav")
    ask = Ask(
        recording=recording.record.id,
        task="ASR",
        configurations=CONFIGURATIONS,
        max_new_tokens=24,
        model="small",
    )
    comparison = service.submit(ask, visitor)
    # Its page asks again and again.
    comparison.polled_at += 1e9
    worker = threading.Thread(target=service.queue.run, args=(comparison.id,))
    worker.start()
    return worker


def resident() -> int:
    """Bytes that the process holds in memory."""
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
