"""One window of a recording on its way through an encoder and a decoder that attends to its rows.

A window has a budget of its own. The rows behind its sound are no audio tokens: they stay, and never count.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.caches import nbytes
from amarathon.compression.configuration import Configuration
from amarathon.compression.eviction import held_shares, surviving
from amarathon.compression.methods.base import PruningMethod
from amarathon.compression.methods.budget import budget
from amarathon.compression.methods.contexts import EvictionContext, SelectionContext
from amarathon.compression.prefix import seeded
from amarathon.compression.windows import CrossAttentionInputs, Window

# Feature frames that one encoder row is made of: its second convolution takes every other one.
FRAMES_PER_ROW = 2


@dataclass(frozen=True)
class WindowSpan:
    """A window's span of its recording.

    Attributes
    ----------
    start : int
        The feature frame that it begins at.
    frames : int or None
        How many of its frames the recording has, where that is known.
    """

    start: int = 0
    frames: int | None = None


class WindowWork:
    """What a configuration does to one window.

    Parameters
    ----------
    configuration : Configuration
    seed : int
        Of random methods.
    span : WindowSpan
    sound, rows : int
        Encoder rows that stand for sound, and all of them.
    layers : int
        Of the decoder.
    device : torch.device
    """

    def __init__(
        self,
        configuration: Configuration,
        seed: int,
        span: WindowSpan,
        sound: int,
        rows: int,
        layers: int,
        device: torch.device,
    ):
        self._configuration, self._seed, self._layers = configuration, seed, layers
        everything = torch.arange(sound, device=device)
        self.window = Window(
            span.start // FRAMES_PER_ROW, AudioPositions.plain(everything), rows - sound, everything
        )
        # What the layers behind a pruning read instead of the sound's rows; None where they read those.
        self._left: Tensor | None = None

    def encoded(self, rows: Tensor) -> Tensor:
        """What the decoder reads instead of the encoder's output, both of shape (1, T, hidden)."""
        sound = self._sound(rows)
        audio, padding = rows[0, :sound], rows[:, sound:]
        pooling, pruning = self._configuration.pooling, self._configuration.pruning
        if pooling is not None:
            starts = pooling.starts(audio)
            ends = torch.cat([starts[1:], starts.new_tensor([sound])]) if pooling.averages else starts + 1
            self.window.chosen = torch.arange(len(starts), device=rows.device)
            self.window.audio_positions = AudioPositions(self.window.chosen, starts, ends, sound)
            audio = pooling.pool(audio, starts)
        if pruning is not None and acts_on_rows(pruning):
            audio = self._pruned(pruning, audio, None)
        return torch.cat([audio[None], padding], dim=1)

    def begin_prompt(self) -> None:
        """The decoder begins to read a prompt: its first layers see every row again."""
        self._left = None

    def read_by(self, number: int, rows: Tensor) -> Tensor:
        """The rows that a decoder's layer attends to."""
        if self._left is None or self._reads_all(number):
            return rows
        return torch.cat([self._left[None], rows[:, self._sound(rows) :]], dim=1)

    def chooses_behind(self, number: int) -> bool:
        """Whether pruning looks at what a layer's attention worked with."""
        pruning = self._configuration.pruning
        return pruning is not None and not acts_on_rows(pruning) and number == pruning.layer - 1

    def choose(self, rows: Tensor, inputs: CrossAttentionInputs) -> None:
        """Prune behind the layer whose attention to `rows` worked with `inputs`."""
        pruning = self._configuration.pruning
        audio = rows[0, : self._sound(rows)]
        if pruning is not None and budget(len(audio), pruning.amount) < len(audio):
            self._left = self._pruned(pruning, audio, inputs)

    def settle(self, number: int, layer: Any, inputs: CrossAttentionInputs) -> None:
        """Evict from a layer's cross-attention cache, which holds all that the layer has read.

        Parameters
        ----------
        number : int
        layer : transformers' DynamicLayer
        inputs : CrossAttentionInputs
            Of the prompt.
        """
        window, eviction = self.window, self._configuration.eviction
        rows = window.audio_positions.encoder_tokens + window.padding
        window.full_cache_bytes += nbytes(layer.keys, layer.values) * rows // layer.keys.shape[2]
        if eviction is not None:
            scores = eviction.score(EvictionContext(inputs, seeded(self._seed, number)))
            share = eviction.share_removed(scores.shape[1], number, self._layers)
            stays = surviving(scores, share, None)
            read = window.audio_positions.positions if self._reads_all(number) else window.chosen
            window.held[number] = read, held_shares(stays, len(read))
            layer.keys, layer.values = (
                _gathered(states, stays, self._sound(states[0])) for states in (layer.keys, layer.values)
            )
        window.cache_bytes += nbytes(layer.keys, layer.values)

    def inputs(self, query: Tensor, keys: Tensor, values: Tensor, scaling: float) -> CrossAttentionInputs:
        """What an attention worked with; tensors of shape (1, heads, T, head_dim)."""
        sound = self._sound(keys[0])
        return CrossAttentionInputs(
            query[0], keys[0, :, :sound], values[0, :, :sound], scaling, padding_key=keys[0, :, sound:]
        )

    def _reads_all(self, number: int) -> bool:
        pruning = self._configuration.pruning
        return pruning is None or (not acts_on_rows(pruning) and number < pruning.layer)

    def _sound(self, states: Tensor) -> int:
        return states.shape[1] - self.window.padding

    def _pruned(self, pruning: PruningMethod, audio: Tensor, inputs: CrossAttentionInputs | None) -> Tensor:
        keep = budget(len(audio), pruning.amount)
        if keep == len(audio):
            return audio
        context = SelectionContext(
            hidden_states=audio,
            audio_positions=torch.arange(len(audio), device=audio.device),
            budget=keep,
            generator=seeded(self._seed),
            attention=inputs,
            # The encoder's last layer norm has been applied already.
            final_norm=lambda states: states,
        )
        self.window.chosen = pruning.select(context)
        self.window.weights = context.weights
        merged = pruning.merge(context, self.window.chosen)
        return audio[self.window.chosen] if merged is None else merged


def acts_on_rows(pruning: PruningMethod) -> bool:
    """Whether a method looks at nothing but the encoder's rows."""
    return pruning.queries is None


def _gathered(states: Tensor, stays: Tensor, sound: int) -> Tensor:
    index = stays[None, :, :, None].expand(-1, -1, -1, states.shape[-1])
    return torch.cat([states[:, :, :sound].gather(2, index), states[:, :, sound:]], dim=2)


def rows_of_sound(features: Tensor, frames: int | None) -> int:
    """How many of a window's encoder rows stand for sound.

    Parameters
    ----------
    features : Tensor of shape (1, mels, frames)
        Log-mel features of a window, padded to its length.
    frames : int or None
        How many of them the recording has, where that is known; a short recording is padded with silence
        before that is counted.

    Returns
    -------
    int
        At least 1.
    """
    content = features[0]
    # Digital silence is the same in every mel bin: padding, or a recording's own end of zeros.
    varies = (content != content[:1]).any(dim=0).nonzero()
    sounding = int(varies[-1]) + 1 if len(varies) else 1
    known = content.shape[1] if frames is None else min(frames, content.shape[1])
    return max(1, -(-min(known, sounding) // FRAMES_PER_ROW))
