"""AudioMarathon-mini as a folder: which samples, at which lengths, with which checks."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from amarathon.construction.completion import complete
from amarathon.construction.leaks import shallow_check
from amarathon.construction.mini import MODULES, draw_seconds, prepare, render
from amarathon.construction.mini.about import SUMMARY
from amarathon.construction.mini.about import TASKS as ABOUT
from amarathon.construction.mini.plan import SPLITS, sample_id
from amarathon.construction.tools import Built, Job, Progress, build
from amarathon.errors import DatasetError, TaskError
from amarathon.tasks import TASKS

PER_TASK = {"test": 48, "validation": 20, "train": 200}
SHORT_S = 25.0
PROBE_ITEMS, PROBE_S = 200, 8.0
# The pieces of these are sentences, and their pace is part of what is asked about.
_PIECES_REVEAL = ("ER", "SAR")


def jobs(
    tasks: Sequence[str], split: str, per_task: int, seed: int, seconds: float | None = None
) -> list[Job]:
    """The samples of a build.

    Parameters
    ----------
    tasks : sequence of str
    split : str
    per_task : int
    seed : int
    seconds : float, optional
        One length for all; by default each has its own, 90 to 300 s.

    Returns
    -------
    list of Job

    Raises
    ------
    TaskError, DatasetError
        There is no such task or split.
    """
    for task in tasks:
        if task not in MODULES:
            raise TaskError(f"There is no task {task}; there are {', '.join(MODULES)}.")
    if split not in SPLITS:
        raise DatasetError(f"There is no split {split}; there are {', '.join(SPLITS)}.")
    return [
        Job(
            sample_id(task, split, index),
            render,
            (task, split, index, seconds or draw_seconds(task, split, index, seed), seed),
        )
        for index in range(per_task)
        for task in tasks
    ]


def build_mini(
    out: Path,
    *,
    tasks: Sequence[str] = (),
    split: str = "test",
    per_task: int | None = None,
    short: bool = False,
    seed: int = 0,
    workers: int = 2,
    audio_format: str = "flac",
    probe_items: int = PROBE_ITEMS,
    command: str = "amarathon build mini",
    progress: Progress = lambda done, total, name: None,
) -> dict[str, Any]:
    """Build AudioMarathon-mini, or go on with a build that stopped.

    Parameters
    ----------
    out : Path
        One folder holds one split at one kind of length.
    tasks : sequence of str
        All by default.
    split : str
    per_task : int, optional
        `PER_TASK` by default.
    short : bool
        The same questions about 25 s of audio, for the comparison of durations.
    seed : int
    workers : int
    audio_format : {"flac", "opus"}
    probe_items : int
        Short samples a task with a fixed order of options for the leak check; 0 for no check.
    command : str
        For the card.
    progress : callable

    Returns
    -------
    dict
        The report.
    """
    chosen = (
        [code for code in TASKS if code in tasks] if tasks else [code for code in TASKS if code in MODULES]
    )
    unknown = [code for code in tasks if code not in MODULES]
    if unknown:
        raise TaskError(f"There is no task {unknown[0]}; there are {', '.join(MODULES)}.")
    count = per_task or PER_TASK.get(split, 0)
    wanted = jobs(chosen, split, count, seed, SHORT_S if short else None)
    for task in chosen:
        prepare(task)
    samples, dropped = build(wanted, out, workers=workers, audio_format=audio_format, progress=progress)
    facts: dict[str, Any] = {
        "command": command,
        "seed": seed,
        "split": split,
        "short": short,
        "summary": SUMMARY,
        "about": {code: ABOUT[code] for code in chosen},
        "leak_checks": leak_checks(samples, split, seed, workers, probe_items) if probe_items else {},
    }
    name = "AudioMarathon-mini" + (" (short)" if short else "")
    checked = split == "test" and not short
    return complete(out, name, samples, dropped, facts, draw_seed=seed if checked else None)


def leak_checks(
    samples: Sequence[Built], split: str, seed: int, workers: int, items: int
) -> dict[str, dict[str, Any]]:
    """Check all samples together, and `items` short ones of each task whose options are in a fixed order.

    (Where options are shuffled the answer is a position, and no sound can tell it.)
    """
    found = {}
    with_answer = [sample for sample in samples if sample.question["answer"] is not None]
    if len(with_answer) >= PROBE_ITEMS:
        found["all tasks"] = shallow_check(with_answer, with_pieces=False)
    for task in sorted({sample.task for sample in with_answer}):
        if not TASKS[task].fixed_order:
            continue
        with TemporaryDirectory() as work:
            probes, _ = build(jobs([task], split, items, seed, PROBE_S), Path(work), workers=workers)
        found[f"{task}, {PROBE_S:g} s"] = shallow_check(probes, with_pieces=task not in _PIECES_REVEAL)
    return {name: {**asdict(check), "passed": check.passed} for name, check in found.items()}
