"""The training loop: through the curriculum, or on from the last checkpoint."""

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from amarathon.models.model_api import ModelIdentity
from amarathon.models.qwen2_5_omni import Qwen25Omni
from amarathon.models.small.recipe import feature_extractor, thinker
from amarathon.training.small.batches import batch_of
from amarathon.training.small.clips import FrozenEncoder
from amarathon.training.small.layout import Layout
from amarathon.training.small.losses import Trainee
from amarathon.training.small.material import Material
from amarathon.training.small.recipe import Stage, TrainingRecipe
from amarathon.training.small.sequences import Sequence
from amarathon.training.small.state import Position, load_state, save_state
from amarathon.training.small.vocabulary import task_tokenizer
from amarathon.training.small.whisper import whisper_tower

STATE, BEST, LOG, CLIPS = "state.pt", "best.pt", "log.jsonl", "clips"
_BETAS, _DECAY, _CLIP = (0.9, 0.95), 0.05, 1.0
_LOG_EVERY = 10

Report = Callable[[Stage, Position, dict[str, Any]], None]


class Training:
    """A training in a folder.

    Parameters
    ----------
    recipe : Recipe
    folder : Path
        Clips, checkpoints and the log.
    device : str
    tower : callable
        The frozen audio tower's weights.

    Raises
    ------
    ModelError
        The folder holds a training by another recipe.
    """

    def __init__(
        self,
        recipe: TrainingRecipe,
        folder: Path,
        device: str = "cpu",
        tower: Callable[[], Mapping[str, Tensor]] = whisper_tower,
    ):
        self.recipe, self.folder, self.device = recipe, folder, torch.device(device)
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer = task_tokenizer()
        model = thinker(recipe.seed, len(self.tokenizer))
        model.model.audio_tower.load_state_dict(tower(), strict=False)
        identity = ModelIdentity("small", "training", "qwen2_5_omni", "float32", device, 0)
        # The adapter takes the image tower away, which the checkpoint has to hold.
        self.image_tower = model.model.visual
        self.lm = Qwen25Omni(model, self.tokenizer, feature_extractor(), identity)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            self.trainee = Trainee(model).to(self.device)
        self.trained = [weight for weight in self.trainee.parameters() if weight.requires_grad]
        matrices = [weight for weight in self.trained if weight.ndim > 1]
        others = [weight for weight in self.trained if weight.ndim == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": _DECAY}, {"params": others, "weight_decay": 0.0}],
            betas=_BETAS,
            fused=True,
        )
        self.position = Position()
        if (folder / STATE).is_file():
            self._resume()

    def run(self, report: Report, minutes: float = math.inf) -> bool:
        """Train until the curriculum is done or the time is over.

        Returns
        -------
        bool
            Whether the curriculum is done.
        """
        deadline = time.monotonic() + minutes * 60
        encoder, layout = FrozenEncoder(self.lm), Layout(self.tokenizer)
        while self.position.stage < len(self.recipe.stages):
            stage = self.recipe.stages[self.position.stage]
            material = Material(self.recipe, stage, self.folder / CLIPS, encoder, layout)
            if not self._run_stage(stage, material, report, deadline):
                return False
            self.position = Position(self.position.stage + 1, 0, self.position.total_steps)
            self.checkpoint()
        return True

    def _run_stage(self, stage: Stage, material: Material, report: Report, deadline: float) -> bool:
        saved = time.monotonic()
        position = self.position
        while position.step < stage.steps and position.since_best < self.recipe.patience:
            if time.monotonic() > deadline:
                self.checkpoint()
                return False
            started = time.monotonic()
            facts = self._step(stage, material.batch(position.step))
            facts["seconds"] = round(time.monotonic() - started, 3)
            position.step += 1
            position.total_steps += 1
            if position.step % self.recipe.validate_every == 0 or position.step == stage.steps:
                facts["validation"] = self._validate(material.validation())
            if position.step % _LOG_EVERY == 0 or "validation" in facts:
                self._log(stage, facts)
            report(stage, position, facts)
            if time.monotonic() - saved > self.recipe.checkpoint_s:
                self.checkpoint()
                saved = time.monotonic()
        return True

    def _autocast(self) -> Any:
        # Without instructions of its own a CPU takes four times as long in bf16 as in fp32.
        fast = self.device.type != "cpu" or any(
            torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16", "bf16")
        )
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=fast)

    def _step(self, stage: Stage, rows: list[Sequence]) -> dict[str, Any]:
        rate = self._rate(stage)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.trainee.train()
        batch = batch_of(rows, self.device)
        with torch.random.fork_rng(devices=[]), self._autocast():
            # What is dropped out is the same for the same step, whatever went before.
            torch.manual_seed(self.recipe.seed + self.position.total_steps)
            outputs = self.trainee(batch)
        self.optimizer.zero_grad(set_to_none=True)
        outputs.total.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, _CLIP)
        self.optimizer.step()
        return {
            "rate": rate,
            "losses": {name: round(value.item(), 4) for name, value in outputs.losses.items()},
            "tokens": sum(len(row.ids) for row in rows),
        }

    def _rate(self, stage: Stage) -> float:
        warm = min((self.position.step + 1) / self.recipe.warm_up, 1.0)
        share = 0.5 * (1 + math.cos(math.pi * self.position.step / stage.steps))
        return stage.peak_rate * warm * (0.1 + 0.9 * share)

    @torch.no_grad()
    def _validate(self, rows: list[Sequence]) -> dict[str, float]:
        """Accuracy of the first reply token by task; for transcription, of all its tokens in turn."""
        self.trainee.eval()
        right: dict[str, list[float]] = defaultdict(list)
        size = max(1, self.recipe.batch_tokens // max(len(row.ids) for row in rows))
        ordered = sorted(rows, key=lambda row: (row.task == "ASR", len(row.ids)))
        for start in range(0, len(ordered), size):
            batch = batch_of(ordered[start : start + size], self.device)
            with self._autocast():
                outputs = self.trainee(batch)
            for (row, choice), token in zip(batch.choices, outputs.chosen.tolist(), strict=True):
                right[batch.rows[row].task].append(float(token == choice.letter))
            if outputs.transcript_tokens[1]:
                right["ASR"].append(outputs.transcript_tokens[0] / outputs.transcript_tokens[1])
        scores = {task: round(sum(marks) / len(marks), 4) for task, marks in sorted(right.items())}
        mean = round(sum(scores.values()) / len(scores), 4)
        self.position.scores = {**scores, "mean": mean}
        self.position.since_best += 1
        if mean > self.position.best:
            self.position.best, self.position.since_best = mean, 0
            self._save(self.folder / BEST, with_optimizer=False)
        return self.position.scores

    def checkpoint(self) -> None:
        """Write everything that is needed to go on."""
        self._save(self.folder / STATE, with_optimizer=True)

    def _save(self, path: Path, with_optimizer: bool) -> None:
        frozen = ("thinker.model.audio_tower.", "thinker.model.visual.")
        names = {name for name, weight in self.trainee.named_parameters() if weight.requires_grad}
        weights = {
            name: weight
            for name, weight in self.trainee.state_dict().items()
            if name in names or not name.startswith(frozen)
        }
        parts: dict[str, Any] = {"weights": weights}
        if with_optimizer:
            parts["optimizer"] = self.optimizer.state_dict()
        save_state(path, self.position, self.signature, parts)

    @property
    def signature(self) -> str:
        """The recipe as text: a folder belongs to one."""
        return json.dumps(asdict(self.recipe), sort_keys=True)

    def _resume(self) -> None:
        self.position, parts = load_state(self.folder / STATE, self.signature)
        self.trainee.load_state_dict(parts["weights"], strict=False)
        self.optimizer.load_state_dict(parts["optimizer"])
        self._cut_log()

    def load_best(self) -> Position:
        """Take the weights of the best validation of the latest stage that was validated."""
        position, parts = load_state(self.folder / BEST, self.signature)
        self.trainee.load_state_dict(parts["weights"], strict=False)
        return position

    def last_losses(self, steps: int) -> dict[str, float]:
        """Each loss, averaged over what was logged in the 200 steps up to a step."""
        found: dict[str, list[float]] = defaultdict(list)
        for line in self._logged():
            if steps - 200 < line["total"] <= steps:
                for name, value in line["losses"].items():
                    found[name].append(value)
        return {name: round(sum(values) / len(values), 4) for name, values in found.items()}

    def _log(self, stage: Stage, facts: dict[str, Any]) -> None:
        line = {"total": self.position.total_steps, "stage": stage.name, "step": self.position.step, **facts}
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _cut_log(self) -> None:
        """Drop what was logged after the checkpoint: those steps are done again."""
        kept = [line for line in self._logged() if line["total"] <= self.position.total_steps]
        path = self.folder / LOG
        if path.is_file():
            path.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")

    def _logged(self) -> list[dict[str, Any]]:
        path = self.folder / LOG
        lines = []
        for text in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            with suppress(json.JSONDecodeError):  # the last line of a killed run may be cut off
                lines.append(json.loads(text))
        return lines
