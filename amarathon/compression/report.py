"""What compression did to one prompt: what was requested, what was kept, what it saves."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from amarathon.compression.audio_positions import AudioPositions
    from amarathon.models.family import Family


# Of five minutes each is a little over a second.
CURVE_SLICES = 256


@dataclass(eq=False)
class Survivors:
    """What is left of a prompt's audio, as it lies on the device.

    Attributes
    ----------
    audio_positions : AudioPositions
    family : Family
    chosen : Tensor of shape (n,), int64
        The audio tokens that survived pruning, as indices into the prompt's audio positions.
    held : list of (Tensor of shape (m,), Tensor of shape (m,))
        Of each evicted layer: the audio tokens that its cache began with, and how much is left of each.
    weights : Tensor of shape (M,), optional
        The attention that a pruning method ranked the prompt's audio tokens by.
    """

    audio_positions: "AudioPositions"
    family: "Family"
    chosen: "Tensor"
    held: "list[tuple[Tensor, Tensor]]" = field(default_factory=list)
    weights: "Tensor | None" = None

    def kept_map(self) -> list[list[float]]:
        """See `CompressionReport.kept_map`."""
        import torch

        rows: list[list[float]] = []
        # Layers that began with the same tokens are read from the device together.
        for seen in dict.fromkeys(id(seen) for seen, _ in self.held):
            same_tokens = [(tokens, shares) for tokens, shares in self.held if id(tokens) == seen]
            shares = torch.stack([shares.to(same_tokens[0][0].device) for _, shares in same_tokens])
            rows += self.audio_positions.slice_means(same_tokens[0][0], shares)
        return rows

    def weights_by_slice(self) -> list[float]:
        """See `CompressionReport.attention_curve`."""
        import torch

        if self.weights is None:
            return []
        every = torch.arange(len(self.weights), device=self.audio_positions.starts.device)
        return shares_of(self.audio_positions.slice_means(every, self.weights.to(every.device), CURVE_SLICES))


def shares_of(values: list[float]) -> list[float]:
    """Values divided by their sum; zeros stay zeros."""
    total = sum(values)
    return [value / total for value in values] if total else values


@dataclass
class CompressionReport:
    """Filled in by the prefill, and started afresh by the next one.

    What has to be read from the device is read when it is first looked at: a prefill waits for nothing.

    Attributes
    ----------
    configuration : str
        Canonical name.
    prompt_tokens : int
        Of the prompt that the language model read.
    audio_tokens : int
        That the encoder made.
    kept_tokens : int
        Audio tokens left after pooling and pruning.
    requested_retention : float
        The share of audio tokens that the configuration asks to keep.
    cache_bytes, full_cache_bytes : int
        Keys and values after the prefill, and what they would take uncompressed.
    survivors : Survivors, optional
        Where the lists below come from.
    """

    configuration: str
    prompt_tokens: int = 0
    audio_tokens: int = 0
    kept_tokens: int = 0
    requested_retention: float = 1.0
    cache_bytes: int = 0
    full_cache_bytes: int = 0
    survivors: Survivors | None = field(default=None, repr=False, compare=False)

    def restart(
        self, prompt_tokens: int, audio_tokens: int, requested_retention: float, survivors: Survivors
    ) -> None:
        """Forget the last prompt; in place, since the caller holds this object."""
        name = self.configuration
        self.__dict__.clear()
        self.__dict__.update(
            vars(
                CompressionReport(
                    name,
                    prompt_tokens=prompt_tokens,
                    audio_tokens=audio_tokens,
                    kept_tokens=len(survivors.chosen),
                    requested_retention=requested_retention,
                    survivors=survivors,
                )
            )
        )

    @cached_property
    def kept_indices(self) -> list[int]:
        """The prompt's audio tokens that survived pruning, counted from the first one."""
        return [] if self.survivors is None else [int(index) for index in self.survivors.chosen.tolist()]

    @cached_property
    def kept_spans(self) -> list[tuple[float, float]]:
        """The same in seconds: merged, sorted intervals."""
        kept = self.survivors
        return [] if kept is None else kept.audio_positions.spans(kept.chosen, kept.family)

    @cached_property
    def kept_map(self) -> list[list[float]]:
        """After an eviction, what each layer's cache still holds: layers x equal slices of the audio.

        Each is the share of audio tokens, mean over the layer's KV heads. Tokens that pruning removed
        count as gone.
        """
        return [] if self.survivors is None else self.survivors.kept_map()

    @cached_property
    def attention_curve(self) -> list[float]:
        """The attention that pruning ranked the audio by: the share of each of equal slices of its time.

        Empty for methods that do not choose by attention. Read from the device only when looked at.
        """
        return [] if self.survivors is None else self.survivors.weights_by_slice()

    @property
    def achieved_retention(self) -> float:
        """The share of audio tokens that pruning kept."""
        return self.kept_tokens / self.audio_tokens if self.audio_tokens else 1.0
