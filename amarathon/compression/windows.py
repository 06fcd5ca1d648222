"""Recordings that are read in windows by cross-attention: what is left of each, and of all of them.

Windows may overlap: the next one begins where the last whole sentence ended. What a decoder read is counted
window by window; where on the recording's time it lies is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amarathon.compression.attention import AttentionInputs
from amarathon.compression.audio_positions import AudioPositions, means_by_slice
from amarathon.compression.report import CURVE_SLICES, Survivors, shares_of

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class CrossAttentionInputs(AttentionInputs):
    """Queries of a decoder's prompt and the keys of the encoder's rows, which are no tokens of that prompt.

    Attributes
    ----------
    padding_key : Tensor of shape (kv_heads, p, head_dim), optional
        Keys of the rows behind the sound: they take their share of the attention, and are no audio tokens.
    """

    padding_key: "Tensor | None" = None

    @property
    def cross(self) -> bool:
        """See `AttentionInputs.cross`."""
        return True

    def without_rotary(self) -> "CrossAttentionInputs":
        """See `AttentionInputs.without_rotary`: these were never rotated."""
        return self

    def window(self, size: int) -> "Tensor":
        """The attention of the last `size` queries, or of all where the prompt has fewer, to the sound.

        Returns
        -------
        Tensor of shape (heads, size, N)
            In fp32. What a row lacks to 1 is the padding's.
        """
        import torch

        kv_heads, length, head_dim = self.key.shape
        query = self.query[:, max(0, self.query.shape[1] - size) :].float() * self.scaling
        key = self.key if self.padding_key is None else torch.cat([self.key, self.padding_key], dim=1)
        grouped = query.reshape(kv_heads, -1, head_dim)
        logits = grouped @ key.float().transpose(1, 2)
        weights: Tensor = logits.softmax(dim=-1)[..., :length].reshape(-1, query.shape[1], length)
        return weights


@dataclass(eq=False)
class Window:
    """One window of a recording on its way through the decoder.

    Attributes
    ----------
    start : int
        The recording's encoder row that it begins at.
    audio_positions : AudioPositions
        Of its rows of sound, or of the groups that they were made into.
    padding : int
        Rows behind them.
    chosen : Tensor of shape (n,), int64
        Indices into `audio_positions` of what survived pruning.
    held : dict of int to (Tensor, Tensor)
        Of each evicted layer: the audio tokens that its cache began with, as indices into
        `audio_positions`, and how much is left of each.
    weights : Tensor of shape (M,), optional
        The attention that pruning ranked its audio tokens by.
    cache_bytes, full_cache_bytes : int
        Of the cross-attention's keys and values, and uncompressed.
    """

    start: int
    audio_positions: AudioPositions
    padding: int
    chosen: "Tensor"
    held: "dict[int, tuple[Tensor, Tensor]]" = field(default_factory=dict)
    weights: "Tensor | None" = None
    cache_bytes: int = 0
    full_cache_bytes: int = 0

    @property
    def stop(self) -> int:
        """The recording's encoder row behind its last row of sound."""
        return self.start + self.audio_positions.encoder_tokens


class WindowSurvivors(Survivors):
    """What is left of a recording's audio, over all of its windows."""

    def __init__(self, windows: Sequence[Window], template: Survivors):
        import torch

        self.windows = sorted(windows, key=lambda window: window.start)
        rows = self.windows[-1].stop
        kept = torch.zeros(rows, dtype=torch.bool)
        for window in self.windows:
            rows_kept = _rows(window.audio_positions, window.chosen)
            kept[window.start + rows_kept] = True
        audio_positions = AudioPositions.plain(torch.arange(rows), template.audio_positions.duration_s)
        super().__init__(audio_positions, template.family, kept.nonzero()[:, 0])

    def kept_map(self) -> list[list[float]]:
        """See `CompressionReport.kept_map`; where windows overlap, the later one counts."""
        import torch

        layers = sorted({layer for window in self.windows for layer in window.held})
        left = torch.zeros(len(layers), self.windows[-1].stop, dtype=torch.double)
        for row, layer in zip(left, layers, strict=True):
            for window in self.windows:
                row[window.start : window.stop] = _left(window, layer)
        table: list[list[float]] = means_by_slice(left)
        return table

    def weights_by_slice(self) -> list[float]:
        """See `CompressionReport.attention_curve`; each window's attention counts as much as its length."""
        import torch

        if any(window.weights is None for window in self.windows):
            return []
        row = torch.zeros(self.windows[-1].stop, dtype=torch.double)
        for window in self.windows:
            assert window.weights is not None
            weights = window.weights.cpu().double()
            lengths = (window.audio_positions.ends - window.audio_positions.starts).cpu()
            row[window.start : window.stop] = (weights / weights.mean()).repeat_interleave(lengths)
        return shares_of(means_by_slice(row, CURVE_SLICES))


def _rows(audio_positions: AudioPositions, chosen: "Tensor") -> "Tensor":
    """The encoder's rows that chosen tokens stand for, on the CPU."""
    return audio_positions.encoder_indices(chosen).cpu()


def _left(window: Window, layer: int) -> "Tensor":
    """How much a layer's cache holds of each row of a window's sound, shape (rows,)."""
    import torch

    audio = window.audio_positions
    read, shares = window.held[layer]
    lengths = audio.ends[read] - audio.starts[read]
    left = torch.zeros(audio.encoder_tokens, dtype=torch.double)
    left[_rows(audio, read)] = shares.cpu().double().repeat_interleave(lengths.cpu())
    return left
