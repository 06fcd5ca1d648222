"""Training clips with their encoded audio: made once, in blocks, and kept on disk.

The audio tower is frozen and its attention stays within 4 s, so its output for a recording is computed
once, up to the projection that is still to be trained.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo
from amarathon.construction.mini import render
from amarathon.construction.rendering import Rendering
from amarathon.construction.seeds import generator
from amarathon.errors import DatasetError
from amarathon.files import write_atomically
from amarathon.models.qwen2_5_omni import Qwen25Omni
from amarathon.training.small.questions import (
    SPEECH_TASKS,
    ClipQuestion,
    Span,
    as_fields,
    derived_questions,
    from_fields,
    own_question,
)


@dataclass(frozen=True, eq=False)
class Clip:
    """An encoded recording and what is known of it.

    Attributes
    ----------
    id, task : str
        Of the sample that it was rendered as.
    encoded : Tensor of shape (N, 384), float16
        The tower's output before its last projection, one row for each audio token.
    words : list of (text, start, end)
        Seconds.
    pieces : list of (what, start, end)
    all_questions : list of ClipQuestion
        The first is the benchmark's own question where the clip holds its answer.
    """

    id: str
    task: str
    encoded: Tensor
    words: list[tuple[str, float, float]]
    pieces: list[tuple[str, float, float]]
    all_questions: list[ClipQuestion]

    def questions(self, task: str) -> list[ClipQuestion]:
        """Its questions of one task."""
        return [question for question in self.all_questions if question.task == task]


class FrozenEncoder:
    """The audio tower up to its projection.

    Parameters
    ----------
    lm : Qwen25Omni
        Its features are computed exactly as for an answer.
    """

    def __init__(self, lm: Qwen25Omni):
        self._lm = lm
        self._tower = lm._tower

    def encode(self, samples: NDArray[np.float32]) -> Tensor:
        """Encode a recording: (N, 384), float16, on the CPU."""
        features = self._lm._features(_as_audio(samples))
        window = 2 * int(self._tower.n_window) * 8
        projection = self._tower.proj
        self._tower.proj = nn.Identity()
        try:
            parts = [self._lm._encode_windows(part) for part in torch.split(features, window, dim=1)]
        finally:
            self._tower.proj = projection
        return torch.cat(parts).to(torch.float16).cpu()


def _as_audio(samples: NDArray[np.float32]) -> Audio:
    return Audio(samples, "", "", AudioInfo("made", "float", SAMPLE_RATE, 1, None, 0))


def make_clip(
    task: str, split: str, index: int, seconds: tuple[float, float], seed: int, encoder: FrozenEncoder
) -> Clip | None:
    """Render and encode one clip; None where its length leaves nothing to ask or to render."""
    rng = generator("training", seed, task, split, index, *seconds)
    # Whole tokens, and never a remainder of a 4 s window that is too short for one.
    length = round(float(rng.uniform(*seconds)) * 25) / 25
    try:
        made = render(task, split, index, length, seed)
    except DatasetError:
        if length >= 8:
            raise
        return None  # some material is longer than so short a clip
    return _described(made, task, rng, encoder)


def _described(made: Rendering, task: str, rng: np.random.Generator, encoder: FrozenEncoder) -> Clip | None:
    own = own_question(made)
    questions = [own] if own else []
    if task in SPEECH_TASKS and made.words:
        have = {task} if task in ("ASR", "SGR") else set()
        questions += [question for question in derived_questions(made, rng) if question.task not in have]
    if not questions:
        return None
    return Clip(
        made.id,
        task,
        encoder.encode(made.samples),
        [(word.text.strip(".,?"), word.start_s, word.end_s) for word in made.words],
        [(piece.what, piece.onset_s, piece.onset_s + piece.duration_s) for piece in made.pieces],
        questions,
    )


def save_block(clips: list[Clip], path: Path) -> None:
    """Write clips as safetensors, their descriptions in its header."""
    fields = [
        {
            "id": clip.id,
            "task": clip.task,
            "words": clip.words,
            "pieces": clip.pieces,
            "asked": [as_fields(question) for question in clip.all_questions],
        }
        for clip in clips
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    save_file({f"{number:05d}": clip.encoded.contiguous() for number, clip in enumerate(clips)}, unfinished)
    unfinished.replace(path)
    write_atomically(path.with_suffix(".json"), json.dumps(fields))


def load_block(path: Path) -> list[Clip]:
    """Read what `save_block` wrote."""
    fields = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    encoded = load_file(path)
    return [
        Clip(
            entry["id"],
            entry["task"],
            encoded[f"{number:05d}"],
            [_timed(word) for word in entry["words"]],
            [_timed(piece) for piece in entry["pieces"]],
            [from_fields(question) for question in entry["asked"]],
        )
        for number, entry in enumerate(fields)
    ]


def is_block(path: Path) -> bool:
    """Whether a block was written whole: its description is written last."""
    return path.with_suffix(".json").is_file() and path.is_file()


def _timed(item: list[object]) -> tuple[str, float, float]:
    text, start, end = item
    return str(text), float(start), float(end)  # type: ignore[arg-type]


def within(spans: list[Span], count: int) -> list[int]:
    """Audio tokens (25 a second) that lie in any of the spans."""
    tokens: set[int] = set()
    for start, end in spans:
        tokens.update(range(max(int(start * 25), 0), min(int(end * 25) + 1, count)))
    return sorted(tokens)
