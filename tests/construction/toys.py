"""Tiny samples for tests of the builder, made without anything fetched; importable by its workers."""

from pathlib import Path

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.questions import balanced_index, fixed_options, make_options
from amarathon.construction.rendering import Origin, Piece, Question, Rendering
from amarathon.construction.seeds import generator
from amarathon.construction.tools import Job
from amarathon.datasets.licences import OWN
from amarathon.errors import DatasetError

GENRES = ("rock", "blues", "metal", "jazz")


def render(name: str, index: int, seconds: float, log: str = "") -> Rendering:
    """A sample of noise; its name is written to a file, so that a test sees who was made."""
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    rng = generator(name, "sound")
    samples = 0.1 * rng.standard_normal(round(seconds * SAMPLE_RATE), dtype=np.float32)
    options, answer = make_options("MC", GENRES[index % 4], _others(index), balanced_index(index, 4, "toys"))
    question = Question("MC", "Which genre?", options, answer)
    piece = Piece(Origin(f"toy {index}", OWN, "nobody"), 0.0, seconds)
    return Rendering(name, "test", question, samples, (piece,), OWN)


def render_broken(name: str) -> Rendering:
    """A sample whose source is broken."""
    raise DatasetError(f"The source of {name} is broken.")


def render_silent(name: str) -> Rendering:
    """A sample in which nothing is heard."""
    question = Question("SGR", options=fixed_options("SGR"), answer=0)
    return Rendering(name, "test", question, np.zeros(SAMPLE_RATE * 3, np.float32), (), OWN)


def _others(index: int) -> list[str]:
    return [genre for genre in GENRES if genre != GENRES[index % 4]]


def toy_jobs(count: int, seconds: float = 0.5, log: str = "") -> list[Job]:
    """Jobs for toys."""
    return [
        Job(f"toy-{index:03d}", render, (f"toy-{index:03d}", index, seconds, log)) for index in range(count)
    ]
