"""Folders of runs for the leaderboard's benchmark: the bundled run, with other scores each time."""

import lzma
import os
from pathlib import Path

import numpy as np

from amarathon.assets import BUNDLED_RUNS
from amarathon.metrics.cells import Breakdown, Evidence
from amarathon.runs import read_run
from amarathon.runs.reading import HEADER_FILE, PACKED_FILE, PREDICTIONS_FILE, SUMMARY_FILE
from amarathon.runs.summary import Summary, read_summary

PATTERN = BUNDLED_RUNS / "small-on-mini"


def write_runs(folder: Path, numbers: range, configurations: int | None = None) -> None:
    """Write a run for each number, with scores of its own.

    All have the bundled run's answers, linked rather than copied, so that they are read and hashed as
    any others are.

    Parameters
    ----------
    folder : Path
    numbers : range
    configurations : int, optional
        Of each run; all of the bundled run's otherwise.
    """
    run, summary = read_run(PATTERN), read_summary(PATTERN)
    assert summary is not None
    names = run.header.configurations[:configurations]
    answers = folder.parent / PREDICTIONS_FILE
    if not answers.exists():
        folder.mkdir(parents=True, exist_ok=True)
        answers.write_bytes(lzma.decompress((PATTERN / PACKED_FILE).read_bytes()))
    for number in numbers:
        target = folder / f"run-{number:04}"
        target.mkdir()
        header = run.header.model_copy(update={"run_id": target.name, "configurations": names})
        (target / HEADER_FILE).write_text(header.model_dump_json())
        os.link(answers, target / PREDICTIONS_FILE)
        own = _changed(summary, names, number).model_copy(update={"run_id": target.name})
        sealed = own.model_copy(update={"seal": own.content_sha256()})
        (target / SUMMARY_FILE).write_text(sealed.model_dump_json())


def _changed(summary: Summary, names: list[str], number: int) -> Summary:
    rng = np.random.default_rng(number)
    skill = rng.normal(0, 8)
    breakdowns = {name: _shifted(summary.breakdowns[name], rng, skill) for name in names}
    return summary.model_copy(update={"breakdowns": breakdowns})


def _shifted(breakdown: Breakdown, rng: np.random.Generator, skill: float) -> Breakdown:
    """Every score moved by what the run's model can do, and a little of its own."""
    own = skill + rng.normal(0, 2)
    cells = [
        cell.model_copy(
            update={"score": None if cell.score is None else float(np.clip(cell.score + own, 0, 100))}
        )
        for cell in breakdown.cells
    ]
    evidence = breakdown.evidence
    assert evidence is not None
    moved = {
        protocol: (np.array(values) + own / len(values) + rng.normal(0, 0.05, len(values))).tolist()
        for protocol, values in evidence.values.items()
    }
    found = Evidence(clusters_sha256=evidence.clusters_sha256, values=moved)
    return breakdown.model_copy(update={"cells": cells, "evidence": found})
