"""Blocks of clips of a stage, made when first needed, and the batches drawn from them."""

from pathlib import Path

import numpy as np

from amarathon.construction.seeds import generator
from amarathon.training.small.clips import Clip, FrozenEncoder, is_block, load_block, make_clip, save_block
from amarathon.training.small.layout import Layout
from amarathon.training.small.questions import SPEECH_TASKS, enough
from amarathon.training.small.recipe import Stage, TrainingRecipe
from amarathon.training.small.sequences import Sequence


class Material:
    """A stage's clips.

    Parameters
    ----------
    recipe : Recipe
    stage : Stage
    folder : Path
        Where blocks are kept.
    encoder : FrozenEncoder
    layout : Layout
    """

    def __init__(
        self, recipe: TrainingRecipe, stage: Stage, folder: Path, encoder: FrozenEncoder, layout: Layout
    ):
        self.recipe, self.stage, self.folder = recipe, stage, folder
        self.encoder, self.layout = encoder, layout
        self._blocks: dict[int, list[Clip]] = {}

    def batch(self, step: int) -> list[Sequence]:
        """The sequences of one step of the stage: the same for the same step, whatever went before."""
        rng = generator(self.recipe.seed, "batch", self.stage.name, step)
        self._make_until(self._available(step))
        pool = self._by_task(self._available(step))
        tasks = [task for task in self.recipe.weights if pool.get(task)]
        shares = np.array([self.recipe.weights[task] * self.stage.emphasis.get(task, 1.0) for task in tasks])
        rows: list[Sequence] = []
        room = self.recipe.batch_tokens
        while not rows or room > 0:
            task = tasks[int(rng.choice(len(tasks), p=shares / shares.sum()))]
            clip = pool[task][int(rng.integers(len(pool[task])))]
            questions = clip.questions(task)
            picked = [questions[int(index)] for index in rng.permutation(len(questions))]
            as_text = bool(rng.random() < self.recipe.text_share)
            chosen = enough(picked, self.stage.clips.questions, rng)
            row = self.layout.sequence(clip, task, chosen, as_text, slips=rng)
            room -= len(row.ids)
            rows.append(row)
        return rows

    def validation(self) -> list[Sequence]:
        """The benchmark's own questions about the validation clips of this stage's lengths."""
        path = self.folder / f"validation-{self._slug}.safetensors"
        if not is_block(path):
            self._make(path, "validation", range(self.stage.clips.validated))
        clips = load_block(path)
        return [
            self.layout.sequence(clip, clip.task, clip.questions(clip.task)[:1])
            for clip in clips
            if clip.questions(clip.task)
        ]

    @property
    def _slug(self) -> str:
        return "-".join(f"{length:g}" for length in self.stage.clips.seconds)

    def _available(self, step: int) -> int:
        """Blocks in use at a step: all of them after two thirds of the stage."""
        every = max(self.stage.steps * 2 // 3 // self.stage.clips.shards, 1)
        return min(1 + step // every, self.stage.clips.shards)

    def _make_until(self, count: int) -> None:
        for number in range(count):
            if number in self._blocks:
                continue
            path = self.folder / f"train-{self._slug}-{number:03d}.safetensors"
            if not is_block(path):
                first = number * self.stage.clips.indices
                self._make(path, "train", range(first, first + self.stage.clips.indices))
            self._blocks[number] = load_block(path)

    def _make(self, path: Path, split: str, indices: range) -> None:
        made = [
            make_clip(task, split, index, self.stage.clips.seconds, self.recipe.seed, self.encoder)
            for index in indices
            for task in self.recipe.weights
        ]
        save_block([clip for clip in made if clip is not None], path)

    def _by_task(self, count: int) -> dict[str, list[Clip]]:
        pool: dict[str, list[Clip]] = {}
        for number in range(count):
            for clip in self._blocks[number]:
                for task in {question.task for question in clip.all_questions}:
                    if task == clip.task or task in SPEECH_TASKS:
                        pool.setdefault(task, []).append(clip)
        return pool
