"""Training a LoRA adapter for a pooled prompt, from labelled samples.

The audio encoder and the model's own weights stay as they are. A step is one sample: cross-entropy
of the right letter (or the transcript) and the end of the turn, after the pooled prompt. Training
can stop at any time and continues from its last checkpoint exactly as if it had not stopped.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save, save_file
from torch import Tensor

from amarathon.audio import load_audio
from amarathon.compression import Configuration, lora_cards
from amarathon.compression import lora as adapters
from amarathon.compression.hooks import last_position_logits
from amarathon.compression.lora_cards import AdapterCard
from amarathon.compression.methods import PoolingMethod
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.errors import ConfigurationError, DatasetError, ModelError
from amarathon.files import now, write_atomically
from amarathon.generation.embedded_prompt import EmbeddedPrompt, embed
from amarathon.models.open_model import OpenModel
from amarathon.runs.environment import describe_environment
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample, SampleSet

CHECKPOINT_FILE = "training.safetensors"
MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class LoraRecipe:
    """How an adapter is trained.

    Attributes
    ----------
    steps : int
        Samples seen, one at a time; all of them in a new order before any comes again.
    rank, alpha : int
        Of LoRA: the update is alpha / rank times B A.
    learning_rate : float
        Of AdamW, constant, without weight decay.
    seed : int
        Of the adapter's first weights and of the order of samples.
    save_every : int
        Steps between checkpoints.
    """

    steps: int = 200
    rank: int = 8
    alpha: int = 16
    learning_rate: float = 1e-4
    seed: int = 0
    save_every: int = 50


def finetune(
    model: OpenModel,
    samples: SampleSet,
    pooling: str,
    name: str,
    recipe: LoraRecipe,
    progress: Callable[[int, float], None] | None = None,
) -> AdapterCard:
    """Train an adapter and save it in the data folder.

    Parameters
    ----------
    model : OpenModel
        As it was before, when this returns.
    samples : SampleSet
        Those with a right option or a transcript are trained on.
    pooling : str
        E.g. ``"pool@3"``.
    name : str
        The adapter's, as in ``pool@3:lora=NAME``. One that is finished is never trained again.
    recipe : LoraRecipe
    progress : callable, optional
        Called with the number of steps done and the last one's loss.

    Raises
    ------
    ConfigurationError
        If the name is taken or wrong, the pooling is none, or a checkpoint is of another training.
    DatasetError
        If no sample is labelled, or a recording cannot be used.
    ModelError
        If the model takes no adapter.
    """
    model.family.check_takes("a LoRA adapter for fewer tokens")
    method = _pooling_method(pooling)
    folder = lora_cards.adapter_folder(name)
    if (folder / lora_cards.CARD_FILE).exists():
        raise ConfigurationError(f"There is a LoRA adapter {name!r} already; choose another name.")
    labelled = [
        sample for sample in samples.samples if sample.answer is not None or sample.reference is not None
    ]
    if not labelled:
        raise DatasetError(f"{samples.name} has no sample with a right option or a transcript.")
    settings = {
        "model": f"{model.identity.name} {model.identity.revision}",
        "shortening": method.plain_name,
        "dataset": dataset_sha256(labelled),
        "recipe": json.dumps(asdict(replace(recipe, steps=0, save_every=0))),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        adapters.add_lora(model, recipe.rank, recipe.alpha)
    try:
        training = _Training(model, method, labelled, recipe, folder / CHECKPOINT_FILE, settings)
        training.run(progress)
        adapters.write_configuration(model, folder)
        weights = save(adapters.adapter_weights(model))
    finally:
        adapters.remove_lora(model)
    (folder / lora_cards.WEIGHTS_FILE).write_bytes(weights)
    card = AdapterCard(
        name=name,
        model=model.identity.name,
        revision=model.identity.revision,
        shortening=method.plain_name,
        dataset=samples.name,
        dataset_sha256=settings["dataset"],
        recordings=tuple(sorted({load_audio(sample.audio.path).pcm_sha256 for sample in labelled})),
        rank=recipe.rank,
        alpha=recipe.alpha,
        learning_rate=recipe.learning_rate,
        seed=recipe.seed,
        steps=recipe.steps,
        losses=tuple(training.losses),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        **asdict(describe_environment()),
        at=now(),
    )
    # The card comes last: an adapter with one is whole.
    write_atomically(folder / lora_cards.CARD_FILE, card.model_dump_json(indent=2) + "\n")
    (folder / CHECKPOINT_FILE).unlink(missing_ok=True)
    return card


def _pooling_method(name: str) -> PoolingMethod:
    method = Configuration.parse(name).pooling
    if method is None or Configuration((method,)).name != Configuration.parse(name).name:
        raise ConfigurationError(f"{name!r} is no pooling alone, like pool@3.")
    if method.lora != lora_cards.NO_ADAPTER:
        raise ConfigurationError(f"{name!r} has an adapter already; train for {method.plain_name}.")
    return method


class _Training:
    """Steps, and checkpoints between them."""

    def __init__(
        self,
        model: OpenModel,
        method: PoolingMethod,
        samples: Sequence[Sample],
        recipe: LoraRecipe,
        checkpoint: Path,
        settings: dict[str, str],
    ):
        self._model, self._method, self._samples, self._recipe = model, method, samples, recipe
        self._checkpoint, self._settings = checkpoint, settings
        self._weights = {
            name: weight for name, weight in model.model.named_parameters() if weight.requires_grad
        }
        self._optimizer = torch.optim.AdamW(self._weights.values(), lr=recipe.learning_rate, weight_decay=0.0)
        self.losses: list[float] = []
        if checkpoint.exists():
            self._restore()

    def run(self, progress: Callable[[int, float], None] | None) -> None:
        while len(self.losses) < self._recipe.steps:
            self.losses.append(self._step(self._samples[self._sample_index(len(self.losses))]))
            if progress is not None:
                progress(len(self.losses), self.losses[-1])
            if len(self.losses) % self._recipe.save_every == 0:
                self._save()

    def _sample_index(self, step: int) -> int:
        """Which sample a step is about; a function of seed and step alone."""
        epoch, index = divmod(step, len(self._samples))
        generator = torch.Generator().manual_seed(self._recipe.seed + 1_000_003 * epoch)
        return int(torch.randperm(len(self._samples), generator=generator)[index])

    def _step(self, sample: Sample) -> float:
        embedded, target = _example(self._model, self._method, sample)
        loss = answer_loss(self._model, embedded, target)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _save(self) -> None:
        tensors = {f"weight/{name}": weight.detach() for name, weight in self._weights.items()}
        for name, weight in self._weights.items():
            state = self._optimizer.state[weight]
            tensors |= {f"{moment}/{name}": state[moment] for moment in MOMENTS}
        metadata = self._settings | {"losses": json.dumps(self.losses)}
        temporary = self._checkpoint.with_suffix(".part")
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, temporary, metadata)
        temporary.replace(self._checkpoint)

    def _restore(self) -> None:
        with safe_open(self._checkpoint, framework="pt") as file:
            metadata = file.metadata()
            different = [key for key, value in self._settings.items() if metadata.get(key) != value]
            if different:
                raise ConfigurationError(
                    f"The training that stopped under this name had another {different[0]}; "
                    "choose another name."
                )
            losses = json.loads(metadata["losses"])
            if len(losses) > self._recipe.steps:
                raise ConfigurationError(f"This training has done {len(losses)} steps already; ask for more.")
            self.losses = losses
            for name, weight in self._weights.items():
                weight.data.copy_(file.get_tensor(f"weight/{name}"))
                moments = {m: file.get_tensor(f"{m}/{name}").to(weight.device) for m in MOMENTS}
                self._optimizer.state[weight] = {"step": torch.tensor(float(len(losses))), **moments}


def _example(model: OpenModel, method: PoolingMethod, sample: Sample) -> tuple[EmbeddedPrompt, Tensor]:
    """A pooled prompt, and the ids of the reply that should follow it."""
    audio = load_audio(sample.audio.path)
    model.check_audio(audio)
    prompt = model.prompt(audio, EVERY_TASK[sample.task].messages(sample))
    encoded = torch.cat([part for _, part in model.encode_parts(prompt)])
    text = sample.reference if sample.answer is None else EVERY_TASK[sample.task].letters[sample.answer]
    ids = model.tokenizer(text, add_special_tokens=False)["input_ids"]
    target = torch.tensor([*ids, model.tokenizer.eos_token_id], device=model.device)
    return embed(model, prompt, encoded, method), target


def answer_loss(model: OpenModel, embedded: EmbeddedPrompt, target: Tensor) -> Tensor:
    """Mean cross-entropy of the reply `target`, shape (n,), after an embedded prompt."""
    if embedded.extra_inputs:
        raise ModelError(
            f"{model.identity.name} cannot be fine-tuned: its layers read token ids of their own."
        )
    # Copies: what was computed for inference cannot be differentiated through.
    with torch.no_grad():
        reply = model.embed_ids(target[None, :-1])
    inputs = torch.cat([embedded.embeddings.clone(), reply], dim=1)
    length = inputs.shape[1]
    with model.prepared_for(length), last_position_logits(model.model, len(target)):
        output: Any = model.model(
            inputs_embeds=inputs, position_ids=model.position_ids(0, length), use_cache=False
        )
    return torch.nn.functional.cross_entropy(output.logits[0].float(), target)


def write_merged(model: OpenModel, name: str, out: Path) -> None:
    """Merge a finished adapter into a model, and write that as a checkpoint folder.

    Parameters
    ----------
    model : OpenModel
        Changed for good.
    name : str
        The adapter's; its card goes into the folder, too.
    out : Path
        Made, or empty.

    Raises
    ------
    ConfigurationError
        If there is no such adapter, or it was trained upon other weights.
    ModelError
        If the folder is not empty.
    """
    card = lora_cards.load_card(name)
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise ModelError(f"{out} is not empty; choose another folder.")
    adapters.load_lora(model, card)
    adapters.merge(model)
    model.model.save_pretrained(out)
    model.tokenizer.save_pretrained(out)
    model.feature_extractor.save_pretrained(out)
    (out / lora_cards.CARD_FILE).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
