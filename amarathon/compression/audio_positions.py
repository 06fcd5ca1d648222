"""Where a prompt's audio tokens are, and which stretch of the recording each stands for."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amarathon.models.families import Family

MAP_SLICES = 64


@dataclass(frozen=True)
class AudioPositions:
    """The audio tokens of one prompt.

    Attributes
    ----------
    positions : Tensor of shape (M,), int64
        Sorted places in the prompt; not always one span.
    starts, ends : Tensor of shape (M,), int64
        The encoder's tokens that each stands for, from and to, sorted. A token of its own is one
        step; after pooling a token stands for several.
    encoder_tokens : int
        How many the encoder made.
    duration_s : float
        Of the recording; some encoders' last tokens stand for padding behind it.
    pcm_sha256 : str
        Of the recording; empty where nobody knows.
    """

    positions: Tensor
    starts: Tensor
    ends: Tensor
    encoder_tokens: int
    duration_s: float = math.inf
    pcm_sha256: str = ""

    @classmethod
    def plain(cls, positions: Tensor, duration_s: float = math.inf, pcm_sha256: str = "") -> "AudioPositions":
        """Each token stands for itself."""
        steps = torch.arange(len(positions), device=positions.device)
        return cls(positions, steps, steps + 1, len(positions), duration_s, pcm_sha256)

    def spans(self, chosen: Tensor, family: Family) -> list[tuple[float, float]]:
        """Merge the stretches of time that chosen tokens stand for.

        Parameters
        ----------
        chosen : Tensor of shape (n,), int64
            Sorted indices into `positions`.
        family : Family
            Whose encoder's tokens they are: it knows when each begins and ends.

        Returns
        -------
        list of (float, float)
            Seconds; stretches that touch are one, and none reaches beyond the recording.
        """
        if not len(chosen):
            return []
        starts, ends = self.starts[chosen], self.ends[chosen]
        apart = starts[1:] != ends[:-1]
        first = torch.cat([apart.new_ones(1), apart])
        last = torch.cat([apart, apart.new_ones(1)])
        merged = zip(starts[first].tolist(), ends[last].tolist(), strict=True)
        seconds = [(family.start_s(start), family.end_s(end - 1)) for start, end in merged]
        return [(start, min(end, self.duration_s)) for start, end in seconds if start < self.duration_s]

    def slice_means(self, chosen: Tensor, shares: Tensor) -> Any:
        """Average what is left of the audio over equal slices of its time.

        Parameters
        ----------
        chosen : Tensor of shape (n,), int64
            Indices into `positions`; all other tokens are gone.
        shares : Tensor of shape (n,) or (layers, n)
            How much is left of each.

        Returns
        -------
        list of float, or list of list of float
            `MAP_SLICES` means, or as many as there are tokens; for each layer, where there are layers.
        """
        lengths = self.ends[chosen] - self.starts[chosen]
        first = lengths.cumsum(0) - lengths
        within = torch.arange(int(lengths.sum()), device=lengths.device) - first.repeat_interleave(lengths)
        tokens = self.starts[chosen].repeat_interleave(lengths) + within
        left = torch.zeros(*shares.shape[:-1], self.encoder_tokens, dtype=torch.double, device=shares.device)
        left[..., tokens] = shares.double().repeat_interleave(lengths, dim=-1)
        slices = min(MAP_SLICES, self.encoder_tokens)
        where = torch.arange(self.encoder_tokens, device=left.device) * slices // self.encoder_tokens
        sums = left.new_zeros(*shares.shape[:-1], slices).index_add_(-1, where, left)
        return (sums / torch.bincount(where, minlength=slices)).tolist()
