"""A stand-in for the package `spaces` that lends its GPU in another process, as ZeroGPU does.

As `spaces` 0.51: the worker is forked at the call, arguments and events are pickled, an error that is not
Gradio's arrives as its name alone, and a worker that is gone is "GPU task aborted". It ends a worker whose
time is over, as the Hub does.
"""

import multiprocessing
import pickle
import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import torch

FORK = multiprocessing.get_context("fork")
END, ERROR, EVENT = "end", "error", "event"


class Spaces:
    """What ``import spaces`` gives, and the process ids of the workers.

    Attributes
    ----------
    short_s : float or None
        Takes the GPU back after so many seconds, whatever was asked for.
    """

    def __init__(self) -> None:
        self.workers: list[Any] = []
        self.seconds: list[int] = []
        self.short_s: float | None = None

    def GPU(self, duration: Callable[..., int]) -> Callable[..., Any]:  # noqa: N802
        def decorate(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
            def borrowed(*arguments: Any) -> Iterator[Any]:
                self.seconds.append(duration(*arguments))
                results: Any = FORK.Queue()
                sent = pickle.dumps(arguments)
                worker = FORK.Process(target=_work, args=(task, sent, results), daemon=True)
                worker.start()
                self.workers.append(worker)
                try:
                    yield from self._events(worker, results)
                finally:
                    worker.kill()
                    worker.join()

            return borrowed

        return decorate

    def _events(self, worker: Any, results: Any) -> Iterator[Any]:
        began, longest_s = time.monotonic(), self.short_s or self.seconds[-1]
        while True:
            if time.monotonic() - began > longest_s:
                worker.kill()
            try:
                kind, value = results.get(timeout=0.1)
            except queue.Empty:
                if worker.is_alive():
                    continue
                raise gr.Error("GPU task aborted") from None
            if kind == END:
                return
            if kind == ERROR:
                raise pickle.loads(value)  # noqa: S301
            yield pickle.loads(value)  # noqa: S301


def _work(task: Callable[..., Iterator[Any]], sent: bytes, results: Any) -> None:
    torch.set_num_threads(1)  # a pool of threads does not come over a fork
    try:
        for event in task(*pickle.loads(sent)):  # noqa: S301
            results.put((EVENT, pickle.dumps(event)))
    except gr.Error as error:
        results.put((ERROR, pickle.dumps(error)))
    except BaseException as error:  # noqa: BLE001  (as `spaces` does)
        results.put((ERROR, pickle.dumps(gr.Error(type(error).__name__))))
    else:
        results.put((END, None))
    results.close()
    results.join_thread()
