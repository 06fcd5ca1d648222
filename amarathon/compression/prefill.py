"""One prompt on its way through the decoder: which of its tokens stay, layer by layer."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache

from amarathon.compression import caches, hooks
from amarathon.compression.attention import AttentionInputs
from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.configuration import Configuration
from amarathon.compression.eviction import (
    LayerScores,
    held_shares,
    kept_rows,
    surviving,
    surviving_by_head,
)
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.methods.base import EvictionMethod, PruningMethod
from amarathon.compression.methods.budget import budget
from amarathon.compression.methods.contexts import EvictionContext, SelectionContext
from amarathon.compression.methods.released import PaperPruning, released_budget
from amarathon.compression.moments import Rotation
from amarathon.compression.prefix import Prefix, branching_layer, seeded
from amarathon.compression.report import CompressionReport, Survivors
from amarathon.models.family import Family


@dataclass(frozen=True)
class Setting:
    """What does not change from prompt to prompt.

    Attributes
    ----------
    model : PreTrainedModel
    layers : ModuleList
        The decoder's.
    family : Family
    plan : LayerPlan
    configuration : Configuration
    prefix : Prefix or None
        The same prompt's way through the layers that the configuration leaves alone.
    """

    model: PreTrainedModel
    layers: nn.ModuleList
    family: Family
    plan: LayerPlan
    configuration: Configuration
    prefix: Prefix | None

    @property
    def skipped(self) -> int:
        """How many layers are taken from the prefix."""
        return 0 if self.prefix is None else branching_layer(self.configuration, len(self.layers))

    @property
    def pruning_layer(self) -> int:
        """The first layer that sees fewer tokens; behind the last where none does."""
        pruning = self.configuration.pruning
        return len(self.layers) if pruning is None else pruning.layer


@dataclass(eq=False)
class Prefill:
    """A prompt's state, from its first layer to its last.

    Attributes
    ----------
    setting : Setting
    report : CompressionReport
        Of this prompt.
    audio_positions : AudioPositions
    length : int
        Tokens of the prompt.
    seed : int
        Of random methods, in this prompt.
    attention : dict of int to AttentionInputs
        By layer, until a method has decided by them.
    index : Tensor of shape (n,) or None
        Positions in the prompt of the tokens that survived pruning; None while all are there.
    cache : DynamicCache or None
        Once a layer has written to it.
    """

    setting: Setting
    report: CompressionReport
    audio_positions: AudioPositions
    length: int
    seed: int = 0
    attention: dict[int, AttentionInputs] = field(default_factory=dict)
    index: Tensor | None = None
    cache: DynamicCache | None = None

    def __post_init__(self) -> None:
        prefix, pruning = self.setting.prefix, self.setting.configuration.pruning
        if prefix is not None:
            self.attention.update(prefix.attention)
        count, encoder_tokens = len(self.audio_positions.positions), self.audio_positions.encoder_tokens
        everything = torch.arange(count, device=self.audio_positions.positions.device)
        self._survivors = Survivors(self.audio_positions, self.setting.family, everything)
        self._everything = everything
        self._merged: Tensor | None = None
        self._shared: dict[tuple[int, int], tuple[Any, dict[str, Any]]] = {}
        self._index_list: list[int] | None = None
        self._left_audio: Tensor | None = None
        requested = 1.0 if pruning is None else float(1 - pruning.amount)
        self.report.restart(
            prompt_tokens=self.length,
            audio_tokens=encoder_tokens,
            requested_retention=requested * count / encoder_tokens,
            survivors=self._survivors,
        )

    @property
    def _positions(self) -> Tensor:
        return self.audio_positions.positions

    # Before a layer

    def shorten(self, number: int, states: Tensor, kwargs: dict[str, Any]) -> Any:
        """What a layer reads instead of `states` and `kwargs`; None leaves it as it is."""
        if number < self.setting.pruning_layer:
            return None
        if number == self.setting.pruning_layer:
            self._choose(states)
            if self.index is not None:
                states = self._shortened_states(states, self.index)
        return None if self.index is None else ((states,), self._gathered(kwargs, self.index))

    def _choose(self, states: Tensor) -> None:
        pruning = self.setting.configuration.pruning
        if pruning is None:
            return
        # The layer before has been evicted from by now; nothing else reads its attention.
        attention = self.attention.pop(pruning.layer - 1, None)
        among, keep = self._competing(pruning)
        if keep == len(among):
            return  # bit-equal to vanilla: nothing is gathered at all
        stream_states = hooks.streams(states)
        positions = self._positions.to(states.device)
        among = positions if among is self._positions else among.to(states.device)
        context = SelectionContext(
            hidden_states=stream_states[0],
            audio_positions=among,
            budget=keep,
            generator=seeded(self.seed),
            attention=attention,
            final_norm=hooks.final_norm(self.setting.model, self.setting.layers),
        )
        chosen = pruning.select(context)
        merged = (pruning.merge(replace(context, hidden_states=stream), chosen) for stream in stream_states)
        means = [stream for stream in merged if stream is not None]
        self._merged = torch.stack(means) if means else None
        stays = torch.ones(self.length, dtype=torch.bool, device=chosen.device)
        stays[among] = False
        stays[among[chosen]] = True
        self.index = stays.nonzero()[:, 0]
        # The released span holds a marker on either side, which is no audio token.
        kept = chosen if among is positions else stays[positions].nonzero()[:, 0]
        self._survivors.chosen = kept.to(self._positions.device)
        if among is positions:
            self._survivors.weights = context.weights
        self.report.kept_tokens = len(kept)

    def _competing(self, pruning: PruningMethod) -> tuple[Tensor, int]:
        """Positions in the prompt among which a method chooses, and how many of them stay."""
        markers = self.setting.family.released_markers
        if isinstance(pruning, PaperPruning) and pruning.is_released and markers is not None:
            among = pruning.released_span(self._positions, self.length, markers)
            return among, released_budget(len(among), pruning.amount)
        return self._positions, budget(len(self._positions), pruning.amount)

    def _shortened_states(self, states: Tensor, index: Tensor) -> Tensor:
        shortened = hooks.gathered(states, index, -2)
        if self._merged is not None:
            audio = torch.isin(index, self._positions.to(index.device))
            hooks.streams(shortened)[:, audio] = self._merged
        return shortened

    def _gathered(self, kwargs: dict[str, Any], index: Tensor) -> dict[str, Any]:
        # Layers of a kind are passed the same tensors, so they are gathered once a prefill.
        source = kwargs.get("position_embeddings"), kwargs.get("attention_mask")
        key = (id(source[0]), id(source[1]))
        if key not in self._shared:
            # The source is kept as well, so that its id stays its own.
            self._shared[key] = source, hooks.shorten_shared(kwargs, index)
        return {**kwargs, **self._shared[key][1], **hooks.shorten_own(kwargs, index)}

    # Behind a layer

    def settle(self, number: int, kwargs: dict[str, Any]) -> None:
        """Evict from a layer's cache, or fill it from the prefix, and count what it holds."""
        setting = self.setting
        if not setting.plan.owns_cache(number):
            return
        self.cache = cache = caches.check_cache(kwargs.get("past_key_values"))
        skipped = number < setting.skipped
        layer = (setting.prefix.cache if setting.prefix is not None and skipped else cache).layers[number]
        keys, values = layer.keys, layer.values
        window = setting.plan.windows[number]
        self.report.full_cache_bytes += self._full_bytes(keys, values, window)
        if setting.configuration.eviction is not None and setting.plan.evicts(number):
            ragged = self._evicted_by_head(setting.configuration.eviction, number, keys, values)
            if ragged is not None:
                cache.layers[number] = ragged
                self.report.cache_bytes += caches.nbytes(ragged.keys, ragged.values)
                return
            keys, values = self._evict(setting.configuration.eviction, number, keys, values)
        pruned = not skipped and self.index is not None and number >= setting.pruning_layer
        if skipped or pruned or keys.shape[-2] < layer.keys.shape[-2]:
            positions = self._positions_of(keys.shape[-2], pruned) if window is not None else ()
            caches.replace_cache(cache, number, keys, values, self.length, window=window, positions=positions)
            keys, values = cache.layers[number].keys, cache.layers[number].values
        self.report.cache_bytes += caches.nbytes(keys, values)

    def _full_bytes(self, keys: Tensor, values: Tensor, window: int | None) -> int:
        """What a layer's cache would hold of the whole prompt."""
        length = self.length if window is None else min(self.length, window - 1)
        return caches.nbytes(keys, values) * length // keys.shape[-2]

    def _positions_of(self, count: int, pruned: bool) -> list[int]:
        """Positions in the prompt of the last `count` tokens that a layer read."""
        if not pruned or self.index is None:
            return list(range(self.length - count, self.length))
        if self._index_list is None:
            self._index_list = self.index.tolist()
        return self._index_list[-count:]

    def _evicted_by_head(
        self, eviction: EvictionMethod, number: int, keys: Tensor, values: Tensor
    ) -> caches.RaggedLayer | None:
        """What each KV head keeps where heads share a budget; None where all keep as many."""
        if eviction.safeguard is None or not eviction.amount:
            return None
        scored, share, audio = self._scored(eviction, number, keys)
        stays = surviving_by_head(scored.scores, share, audio, eviction.safeguard)
        self._note_held(keys, stays.float().mean(dim=0))
        return caches.RaggedLayer(keys, values, stays, self.length)

    def _evict(
        self, eviction: EvictionMethod, number: int, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor]:
        scored, share, audio = self._scored(eviction, number, keys)
        kept = scored.surviving(share) if audio is None else surviving(scored.scores, share, audio)
        self._note_held(keys, held_shares(kept, int(keys.shape[-2])))
        if kept.shape[-1] == keys.shape[-2]:
            return keys, values
        return kept_rows(keys, kept), kept_rows(values, kept)

    def _scored(
        self, eviction: EvictionMethod, number: int, keys: Tensor
    ) -> tuple[LayerScores, Fraction, Tensor | None]:
        """A layer's scores, the share of it that goes, and the cached tokens that compete if not all do."""
        pruning, evicted = self.setting.configuration.pruning, self.setting.plan.evicted
        attention = self.attention[number]
        if pruning is None or number != pruning.layer - 1:
            del self.attention[number]  # a layer's queries are as large as its cache
        scored = self._scores(eviction, number, attention)
        audio = self._physical_audio(keys.shape[-2]).to(keys.device) if eviction.scope == "audio" else None
        competing = int(keys.shape[-2]) if audio is None else len(audio)
        return scored, eviction.share_removed(competing, evicted.index(number), len(evicted)), audio

    def _scores(self, eviction: EvictionMethod, number: int, attention: AttentionInputs) -> LayerScores:
        """A layer's scores, which branches of one prompt share where only their amounts differ."""
        prefix = self.setting.prefix
        # Behind a pruning, attention is the branch's own.
        shared = (
            eviction.scores_any_amount and prefix is not None and attention is prefix.attention.get(number)
        )
        key = replace(eviction, amount=Fraction(0)), number, self.seed
        if prefix is not None and shared and key in prefix.scores:
            return prefix.scores[key]
        context = EvictionContext(attention, seeded(self.seed, number), self._rotation(eviction))
        scored = LayerScores(eviction.score(context))
        if prefix is not None and shared:
            prefix.scores[key] = scored
        return scored

    def _note_held(self, keys: Tensor, shares: Tensor) -> None:
        """Note which share of the KV heads holds each cached token of a layer, (T,)."""
        physical = self._physical_audio(keys.shape[-2]).to(shares.device)
        whole = len(physical) == len(self._positions)
        seen = self._everything if whole else self._survivors.chosen
        self._survivors.held.append((seen, shares[physical]))

    def _rotation(self, eviction: EvictionMethod) -> Rotation | None:
        if eviction.moments is None:
            return None
        frequencies = hooks.rotary_frequencies(self.setting.model, self.setting.layers)
        return Rotation(*frequencies, start=self.length)

    def _physical_audio(self, length: int) -> Tensor:
        """Where the audio tokens are in a layer's cache, which pruning may have shortened to `length`."""
        if self.index is None or length == self.length:
            return self._positions
        if self._left_audio is None:
            self._left_audio = torch.isin(self.index, self._positions.to(self.index.device)).nonzero()[:, 0]
        return self._left_audio
