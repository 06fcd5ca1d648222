"""A model whose weights are on this machine: what the adapter of a family provides."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from amarathon.answers.structure import is_structure
from amarathon.audio import Audio, longer_than_taken
from amarathon.errors import ModelError
from amarathon.models.checkpoint import DeviceMap, check_complete, input_device
from amarathon.models.family import Family
from amarathon.models.model_api import ModelIdentity
from amarathon.tasks import Message


@dataclass(frozen=True)
class Prompt:
    """A question about a recording, ready for the model.

    Attributes
    ----------
    input_ids : Tensor of shape (1, T), int64
        With one placeholder for each audio token.
    audio_positions : Tensor of shape (N,), int64
        Of the placeholders: sorted, not always one span.
    features : Tensor
        What the audio encoder takes; its shape is the family's.
    frames : tuple of int
        How many feature frames of each piece are sound and not padding; empty in families
        that do not cut a recording.
    duration_s : float
        Of the recording.
    pcm_sha256 : str
        Of the recording.
    """

    input_ids: Tensor
    audio_positions: Tensor
    features: Tensor
    frames: tuple[int, ...] = ()
    duration_s: float = math.inf
    pcm_sha256: str = ""


def require(module: str, package: str, need: str) -> None:
    """Refuse to go on without an optional library.

    Raises
    ------
    ModelError
        If `module` is not installed.
    """
    if find_spec(module) is None:
        raise ModelError(f"{need} needs {package}: pip install {package}.")


class OpenModel(ABC):
    """A model on this machine, open to compression; one subclass for each family. See also `ModelAPI`.

    Parameters
    ----------
    model : PreTrainedModel
        In evaluation mode.
    tokenizer : PreTrainedTokenizerBase
    feature_extractor : Any
        The checkpoint's own.
    identity : ModelIdentity
    """

    family: ClassVar[Family]
    compresses: ClassVar[bool] = True
    model_class: ClassVar[Any]
    extractor_class: ClassVar[Any]
    # Checkpoint weights that this adapter loads, by the beginning of their names.
    weight_prefixes: ClassVar[tuple[str, ...]]
    # The model's own weights that nothing here uses: no image is ever shown to it.
    unused_prefixes: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def load(
        cls,
        folder: Path,
        identity: ModelIdentity,
        dtype: torch.dtype,
        *,
        device_map: DeviceMap | None = None,
        attn_implementation: str | None = None,
    ) -> "OpenModel":
        """Load a checkpoint folder on `identity.device`, or where `device_map` says.

        Raises
        ------
        ModelError
            If weights are missing, or of other shapes.
        OSError, ValueError
            If the folder's files are not those of such a checkpoint.
        """
        how: dict[str, Any] = {
            "dtype": dtype,
            # Straight to their device, not through the host's memory.
            "device_map": {"": identity.device} if device_map is None else device_map,
            "local_files_only": True,
        }
        if attn_implementation is not None:
            how["attn_implementation"] = attn_implementation
        model, found = cls.read_weights(folder, how)
        check_complete(identity.name, found, cls.unused_prefixes)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        extractor = cls.extractor_class.from_pretrained(folder, local_files_only=True)
        return cls(model, tokenizer, extractor, identity)

    @classmethod
    def read_weights(cls, folder: Path, how: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        """Read what of a checkpoint folder is the model that answers, and what was found of it.

        Parameters
        ----------
        folder : Path
        how : mapping of str to Any
            Arguments for transformers' ``from_pretrained``.

        Returns
        -------
        PreTrainedModel, mapping of str to Any
            The second as transformers gives it for ``output_loading_info``.
        """
        # A shape that differs is reported by `check_complete`, by name.
        loaded: tuple[Any, Mapping[str, Any]] = cls.model_class.from_pretrained(
            folder, output_loading_info=True, ignore_mismatched_sizes=True, **how
        )
        return loaded

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        feature_extractor: Any,
        identity: ModelIdentity,
    ):
        # One that is spread stays where it is.
        self.model = (model if hasattr(model, "hf_device_map") else model.to(identity.device)).eval()
        self.tokenizer, self.feature_extractor = tokenizer, feature_extractor
        self._identity = replace(identity, parameters=sum(weight.numel() for weight in model.parameters()))

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is, and what its decoder attends by now."""
        decoder = self.model.config.get_text_config(decoder=True)
        return replace(self._identity, attention=decoder._attn_implementation)

    @property
    def max_audio_s(self) -> float:
        """Longest recording it takes, in seconds."""
        return self.family.max_audio_s

    @property
    def tokens_per_second(self) -> float:
        """Audio tokens that a second of sound becomes."""
        return self.family.tokens_per_second

    @property
    def piece_s(self) -> float | None:
        """Length of the pieces that a recording is cut into, in seconds; None where it stays whole."""
        return None

    @property
    def device(self) -> torch.device:
        """Where prompts are read: where the weights are, or the first of them."""
        return input_device(self.model)

    def check_audio(self, audio: Audio) -> None:
        """Refuse a recording that the model cannot take, before any work.

        Raises
        ------
        ModelError
        """
        too_long = longer_than_taken(audio, self.max_audio_s, self.identity.name)
        if too_long is not None:
            raise ModelError(too_long)
        if len(audio.samples) < self.shortest:
            raise ModelError(f"The recording is too short for {self.identity.name}.")

    @property
    def shortest(self) -> int:
        """Fewest samples that make a frame of features."""
        return 1

    @abstractmethod
    def prompt(self, audio: Audio, messages: Sequence[Message]) -> Prompt:
        """Compute features and token ids for one question."""

    @abstractmethod
    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """Run the audio encoder piece by piece.

        Yields
        ------
        float, Tensor of shape (n, hidden)
            The share of the audio that is encoded by now, and the next rows. All pieces
            together have one row for each of the prompt's audio tokens.
        """

    @abstractmethod
    def forward_inputs(self, prompt: Prompt) -> dict[str, Tensor]:
        """What the class's own forward takes for a prompt, as its processor would name it."""

    def position_ids(self, start: int, count: int) -> Tensor:
        """Rotary positions of `count` tokens that follow `start` others, as forward takes them."""
        return torch.arange(start, start + count, device=self.device)[None]

    def prepared_for(self, tokens: int) -> AbstractContextManager[None]:
        """Keep the model ready for prompts that make `tokens` tokens with their longest reply."""
        return nullcontext()

    def build_prompt(
        self, audio: Audio, text: str, features: Tensor, tokens: int, frames: tuple[int, ...] = ()
    ) -> Prompt:
        """Turn a chat's text, which has one placeholder for each audio token, into a prompt.

        Raises
        ------
        ModelError
            If the question spells the placeholder out, which would shift every audio token.
        """
        ids = torch.tensor([self.tokenize(text)], device=self.device)
        token = self.family.audio_token_id(self.model.config)
        positions = (ids[0] == token).nonzero()[:, 0]
        if len(positions) != tokens:
            written = self.tokenizer.convert_ids_to_tokens(token)
            raise ModelError(f"The text of the question must not contain {written}.")
        return Prompt(ids, positions, features, frames, audio.duration_s, audio.pcm_sha256)

    def tokenize(self, text: str) -> list[int]:
        """Ids of a chat's text, control tokens among them."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end a reply."""
        ids = self.model.generation_config.eos_token_id
        if ids is None:
            ids = self.tokenizer.eos_token_id
        return frozenset(ids if isinstance(ids, list) else [ids])

    def text(self, tokens: Sequence[int]) -> str:
        """What a reply's tokens say.

        Control tokens are left out, but not those that a reply is structured by: a thought whose marks are
        control tokens, ``[THINK]`` or ``<|channel|>``, would pass for a part of the answer.
        """
        decode = self.tokenizer.decode
        end = len(tokens)
        while end and tokens[end - 1] in self.stop_token_ids:
            end -= 1
        said = list(tokens[:end])
        written = {token: str(decode([token])) for token in set(said)}
        control = {token for token in written if written[token] != decode([token], skip_special_tokens=True)}
        structure = {token for token in control if is_structure(written[token])}
        if not structure:
            return str(decode(said, skip_special_tokens=True)).strip()
        return str(decode([token for token in said if token not in control - structure])).strip()

    def letter_tokens(self, letters: str) -> tuple[int, ...]:
        """The token of each letter that begins a reply; none at all where one is not a single token."""
        ids = [self.tokenizer(letter, add_special_tokens=False)["input_ids"] for letter in letters]
        return tuple(found[0] for found in ids) if all(len(found) == 1 for found in ids) else ()

    def embed_ids(self, ids: Tensor) -> Tensor:
        """Embeddings of token ids of shape (1, T), (1, T, hidden)."""
        embeddings: Tensor = self.model.get_input_embeddings()(ids)
        return embeddings

    def extra_forward_inputs(self, ids: Tensor) -> dict[str, Tensor]:
        """What forward derives from ids of shape (1, T), and needs as arguments where it gets embeddings."""
        return {}

    def embed(self, prompt: Prompt, encoded: Tensor) -> Tensor:
        """Put the encoded audio at its positions among the text's embeddings.

        Parameters
        ----------
        prompt : Prompt
        encoded : Tensor of shape (N, hidden)
            One row for each of the prompt's audio tokens.

        Returns
        -------
        Tensor of shape (1, T, hidden)
        """
        with torch.inference_mode():
            embeddings = self.embed_ids(prompt.input_ids).clone()
            embeddings[0, prompt.audio_positions] = encoded.to(embeddings)
        return embeddings
