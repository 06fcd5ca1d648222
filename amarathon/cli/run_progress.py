"""How far an evaluation is: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from amarathon.runs import RunProgress

# Seconds between two lines where there is no terminal to draw a bar on.
LINE_EVERY_S = 10.0

Show = Callable[[RunProgress], None]


@contextmanager
def show_progress(console: Console) -> Iterator[Show]:
    """Show an evaluation's progress until the block ends."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[time_left]}"),
        TextColumn("{task.description}", style="dim", markup=False),
    )
    with Progress(*columns, console=console) as bar:
        yield _bar(bar)


class TimeLeft:
    """Seconds per answer and time left, from the answers since the first report.

    Parameters
    ----------
    clock : callable
        Seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._start: tuple[float, int] | None = None

    def describe(self, event: RunProgress) -> str:
        """E.g. ``"1 failed, 3.2 s each, 12 min left"``; what is not known yet is left out."""
        if self._start is None:
            self._start = (self._clock(), event.done)
        began, done_then = self._start
        parts = [f"{event.failed} failed"] if event.failed else []
        fresh = event.done - done_then
        if fresh:
            per_answer_s = (self._clock() - began) / fresh
            left = describe_duration(per_answer_s * (event.total - event.done))
            parts += [
                f"{per_answer_s:.1f} s each"
                if per_answer_s < 10
                else f"{describe_duration(per_answer_s)} each",
                f"{left} left",
            ]
        return ", ".join(parts)


def describe_duration(seconds: float) -> str:
    """Seconds in words: ``"3.2 s"``, ``"42 s"``, ``"12 min"``, ``"3 h 05 min"``."""
    if 0 < seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def _bar(bar: Progress) -> Show:
    time_left, task = TimeLeft(), bar.add_task("", total=None, time_left="")

    def show(event: RunProgress) -> None:
        what = f"{event.task} {event.sample_id} {event.configuration}"
        description = what if event.stage == "done" else f"{what}: {event.stage}"
        bar.update(
            task,
            total=event.total,
            completed=event.done,
            time_left=time_left.describe(event),
            description=description,
        )

    return show


def _lines(console: Console) -> Show:
    time_left, last = TimeLeft(), -float("inf")

    def show(event: RunProgress) -> None:
        nonlocal last
        note = time_left.describe(event)
        now = time.monotonic()
        if event.done == event.total or (event.stage == "done" and now - last >= LINE_EVERY_S):
            last = now
            console.print(
                f"{event.done} of {event.total} answers{note and ', '}{note}", highlight=False, markup=False
            )

    return show
