"""The positions of a prompt's audio tokens, and which stretch of the recording each stands for."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amarathon.models.family import Family

MAP_SLICES = 64


@dataclass(frozen=True)
class AudioPositions:
    """The audio tokens of one prompt.

    Attributes
    ----------
    positions : Tensor of shape (M,), int64
        Sorted, counted in the prompt; not always one span.
    starts, ends : Tensor of shape (M,), int64
        The encoder's tokens that each stands for, from and to, sorted. A token of its own is one
        step; after pooling a token stands for several.
    encoder_tokens : int
        How many the encoder made.
    duration_s : float
        Of the recording; some encoders' last tokens stand for padding behind it.
    pcm_sha256 : str
        Of the recording; empty where it is not known.
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
        is_gap = starts[1:] != ends[:-1]
        first = torch.cat([is_gap.new_ones(1), is_gap])
        last = torch.cat([is_gap, is_gap.new_ones(1)])
        merged = zip(starts[first].tolist(), ends[last].tolist(), strict=True)
        seconds = [(family.start_s(start), family.end_s(end - 1)) for start, end in merged]
        return [(start, min(end, self.duration_s)) for start, end in seconds if start < self.duration_s]

    def slice_means(self, chosen: Tensor, shares: Tensor, slices: int = MAP_SLICES) -> Any:
        """Average what is left of the audio over equal slices of its time.

        Parameters
        ----------
        chosen : Tensor of shape (n,), int64
            Indices into `positions`; all other tokens are gone.
        shares : Tensor of shape (n,) or (layers, n)
            How much is left of each.
        slices : int

        Returns
        -------
        list of float, or list of list of float
            `slices` means, or as many as there are tokens; for each layer, where there are layers.
        """
        lengths = self.ends[chosen] - self.starts[chosen]
        left = torch.zeros(*shares.shape[:-1], self.encoder_tokens, dtype=torch.double, device=shares.device)
        left[..., self.encoder_indices(chosen)] = shares.double().repeat_interleave(lengths, dim=-1)
        return means_by_slice(left, slices)

    def encoder_indices(self, chosen: Tensor) -> Tensor:
        """The encoder's tokens that chosen tokens stand for.

        Parameters
        ----------
        chosen : Tensor of shape (n,), int64
            Indices into `positions`.

        Returns
        -------
        Tensor of shape (m,), int64
            Each in turn, from the first token's first to the last one's last.
        """
        lengths = self.ends[chosen] - self.starts[chosen]
        first = lengths.cumsum(0) - lengths
        within = torch.arange(int(lengths.sum()), device=lengths.device) - first.repeat_interleave(lengths)
        return self.starts[chosen].repeat_interleave(lengths) + within


def means_by_slice(left: Tensor, slices: int = MAP_SLICES) -> Any:
    """Average over equal slices of a recording's time.

    Parameters
    ----------
    left : Tensor of shape (..., encoder tokens), double
        How much is left of each.
    slices : int

    Returns
    -------
    list of float, or nested lists
        `slices` means in the last dimension, or as many as there are tokens.
    """
    count = left.shape[-1]
    slices = min(slices, count)
    slice_of = torch.arange(count, device=left.device) * slices // count
    sums = left.new_zeros(*left.shape[:-1], slices).index_add_(-1, slice_of, left)
    return (sums / torch.bincount(slice_of, minlength=slices)).tolist()
