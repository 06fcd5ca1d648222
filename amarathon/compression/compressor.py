"""A configuration at work on one model: decides during each prefill, and keeps the report."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from amarathon.compression import caches, hooks
from amarathon.compression.configuration import Configuration
from amarathon.compression.eviction import held_shares, surviving, surviving_by_head
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.methods.base import EvictionContext, SelectionContext, budget
from amarathon.compression.methods.released import PaperPruning, released_budget
from amarathon.compression.moments import Rotation
from amarathon.compression.places import AudioPlaces
from amarathon.compression.prefix import (
    Prefix,
    Wanted,
    attention_keeper,
    branching_layer,
    listened_queries,
    seeded,
)
from amarathon.compression.report import CompressionReport
from amarathon.compression.seeding import digest_of, recording_seed
from amarathon.errors import ConfigurationError, ModelError
from amarathon.models.families import Family, family_of


class Compressor:
    """Hooks of one configuration on one model.

    Parameters
    ----------
    model : PreTrainedModel
    configuration : Configuration
    places : AudioPlaces, optional
        Of the audio tokens in the prompt. Needed where the model is given embeddings; otherwise
        they are read from the prompt's ids.
    seed : int
        Of random methods; every prefill starts from it.
    mix_audio : bool
        Whether a digest of what each prefill hears is mixed into the seed.
    prefix : Prefix, optional
        The same prompt's way through the layers that this configuration leaves alone: the
        prefill continues from it.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        configuration: Configuration,
        places: AudioPlaces | None = None,
        seed: int = 0,
        prefix: Prefix | None = None,
        mix_audio: bool = False,
    ):
        self.model, self.configuration, self.seed = model, configuration, seed
        self._mix_audio = mix_audio and configuration.randomised
        self.family: Family = family_of(getattr(model.config, "model_type", None))
        self.layers = hooks.decoder_layers(model)
        self.report = CompressionReport(configuration.name)
        self._given_places = places
        self.plan = LayerPlan.of(model.config)
        self._check()
        self._prefix = prefix
        self._skipped = 0 if prefix is None else branching_layer(configuration, len(self.layers))

    def _check(self) -> None:
        self.plan.check(self.configuration)
        pruning = self.configuration.pruning
        if pruning is not None and pruning.is_released and self.family.released_markers is None:
            raise ConfigurationError(
                f"{self.configuration.name}: the paper's released code does not prune {self.family.title}; "
                "leave out span=released."
            )
        attention = self.model.config._attn_implementation
        if self.configuration.pruning and any(self.plan.windows) and attention not in ("sdpa", "eager"):
            raise ConfigurationError(
                f"{self.configuration.name}: the model's sliding windows need attention with masks, "
                f"sdpa or eager, not {attention}."
            )

    @contextmanager
    def attached(self) -> Iterator[CompressionReport]:
        """Keep the hooks on the model for the time of a ``with`` block."""
        with ExitStack() as stack:
            hook = self.model.register_forward_pre_hook(self._before_model, with_kwargs=True)
            stack.callback(hook.remove)
            for number, layer in enumerate(self.layers):
                for handle in self._layer_hooks(number, layer):
                    stack.callback(handle.remove)
            for number, wanted in listened_queries(self.configuration, self.plan).items():
                attention = hooks.attention_of(self.layers[number])
                stack.enter_context(hooks.listen_to_attention(attention, self._listener(number, wanted)))
            if self._prefix is not None:
                outputs = [self._prefix.outputs[self._skipped]] * self._skipped
                stack.enter_context(hooks.skip_layers(self.layers, outputs, lambda: self._prefill))
            yield self.report

    def _layer_hooks(self, number: int, layer: nn.Module) -> Iterator[Any]:
        def before(_module: nn.Module, args: Any, kwargs: dict[str, Any]) -> Any:
            return self._before_layer(number, args, kwargs)

        def after(_module: nn.Module, _args: Any, kwargs: dict[str, Any], _output: Any) -> None:
            self._after_layer(number, kwargs)

        yield layer.register_forward_pre_hook(before, with_kwargs=True)
        yield layer.register_forward_hook(after, with_kwargs=True)

    def _listener(self, number: int, wanted: Wanted) -> hooks.AttentionListener:
        def listen(call: hooks.AttentionCall) -> None:
            attention_keeper(self._attention, number, wanted)(call)

        return listen

    # The model's forward: is this a prompt, and where is its audio?

    def _before_model(self, _module: nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
        ids = kwargs.get("input_ids", args[0] if args else None)
        source = ids if ids is not None else kwargs.get("inputs_embeds")
        if source is None:
            raise ModelError("Call the model with input_ids or inputs_embeds.")
        cache = kwargs.get("past_key_values")
        self._prefill = cache is None or cache.get_seq_length() == 0
        if not self._prefill:
            return
        if source.shape[0] != 1:
            raise ModelError("Compression handles one recording at a time, not a batch or beams.")
        mask = kwargs.get("attention_mask")
        if isinstance(mask, Tensor) and mask.dim() == 2 and not bool(mask.all()):
            raise ModelError("Compression does not handle padded prompts.")
        self._start(source, ids)
        self._seed = self.seed
        if self._mix_audio:
            heard = hooks.audio_features(kwargs)
            heard = source[0][self._positions] if heard is None else heard
            self._seed = recording_seed(self.seed, digest_of(heard))

    def _start(self, source: Tensor, ids: Tensor | None) -> None:
        places = self._given_places
        if places is None:
            if ids is None:
                raise ModelError("With inputs_embeds, say where the audio is by audio_positions.")
            token = self.family.audio_token_id(self.model.config)
            places = AudioPlaces.plain((ids[0] == token).nonzero()[:, 0])
        self._places, self._positions = places, places.positions
        self._length = int(source.shape[1])
        if len(self._positions) == 0:
            raise ModelError("The prompt has no audio tokens to compress.")
        self._attention = {} if self._prefix is None else dict(self._prefix.attention)
        self._index: Tensor | None = None
        self._index_list: list[int] | None = None
        self._columns_read: dict[int, int] = {}
        self._merged: Tensor | None = None
        self._shortened: dict[tuple[int, int], tuple[Any, dict[str, Any]]] = {}
        pruning = self.configuration.pruning
        asked = 1.0 if pruning is None else float(1 - pruning.amount)
        self.report.restart(
            prompt_tokens=self._length,
            audio_tokens=self._places.encoder_tokens,
            requested_retention=asked * len(self._positions) / self._places.encoder_tokens,
        )
        self._set_kept(torch.arange(len(self._positions), device=source.device))

    def _set_kept(self, chosen: Tensor) -> None:
        self._kept = chosen
        self.report.kept_tokens = len(chosen)
        self.report.kept_indices = chosen.tolist()
        self.report.kept_spans = self._places.spans(chosen, self.family)

    # One decoder layer

    def _before_layer(self, number: int, args: Any, kwargs: dict[str, Any]) -> Any:
        states, kwargs = hooks.by_name(self.layers[number], args, kwargs)
        if not self._prefill:
            return (states,), hooks.shorten_decode(kwargs, self._columns(number, states.shape[-2], kwargs))
        pruning = self.configuration.pruning
        if pruning is None or number < pruning.layer:
            return None
        if number == pruning.layer:
            self._choose(states)
            if self._index is not None:
                states = self._shortened_states(states)
        return None if self._index is None else ((states,), self._gathered(kwargs))

    def _columns(self, number: int, queries: int, kwargs: dict[str, Any]) -> int:
        if self.plan.owns_cache(number):
            self._columns_read[number] = caches.columns_read(kwargs["past_key_values"], number, queries)
        return self._columns_read[self.plan.sources[number]]

    def _choose(self, states: Tensor) -> None:
        pruning = self.configuration.pruning
        assert pruning is not None
        # The layer before has been evicted from by now; nobody else reads its attention.
        attention = self._attention.pop(pruning.layer - 1, None)
        among = self._positions
        keep = budget(len(among), pruning.amount)
        if isinstance(pruning, PaperPruning) and pruning.is_released:
            assert self.family.released_markers is not None
            among = pruning.released_span(among, self._length, self.family.released_markers)
            keep = released_budget(len(among), pruning.amount)
        if keep == len(among):
            return  # bit-equal to vanilla: nothing is gathered at all
        each = hooks.streams(states)
        context = SelectionContext(
            hidden_states=each[0],
            audio_positions=among,
            budget=keep,
            generator=seeded(self._seed),
            attention=attention,
            final_norm=hooks.final_norm(self.model, self.layers),
        )
        chosen = pruning.select(context)
        merged = (pruning.merge(replace(context, hidden_states=stream), chosen) for stream in each)
        means = [stream for stream in merged if stream is not None]
        self._merged = torch.stack(means) if means else None
        stays = torch.ones(self._length, dtype=torch.bool, device=chosen.device)
        stays[among] = False
        stays[among[chosen]] = True
        self._index = stays.nonzero()[:, 0]
        self._set_kept(stays[self._positions].nonzero()[:, 0])

    def _shortened_states(self, states: Tensor) -> Tensor:
        assert self._index is not None
        shortened = states.index_select(-2, self._index)
        if self._merged is not None:
            hooks.streams(shortened)[:, torch.isin(self._index, self._positions)] = self._merged
        return shortened

    def _gathered(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        # Layers of a kind are passed the same tensors, so they are gathered once a prefill.
        assert self._index is not None
        source = kwargs.get("position_embeddings"), kwargs.get("attention_mask")
        key = (id(source[0]), id(source[1]))
        if key not in self._shortened:
            # The source is kept as well, so that its id stays its own.
            self._shortened[key] = source, hooks.shorten_shared(kwargs, self._index)
        return {**kwargs, **self._shortened[key][1], **hooks.shorten_own(kwargs, self._index)}

    def _after_layer(self, number: int, kwargs: dict[str, Any]) -> None:
        if not self._prefill or (not self.configuration.steps and self._prefix is None):
            return
        if not self.plan.owns_cache(number):
            return
        cache = caches.check_cache(kwargs.get("past_key_values"))
        skipped = self._prefix is not None and number < self._skipped
        layer = (self._prefix.cache if self._prefix is not None and skipped else cache).layers[number]
        keys, values = layer.keys, layer.values
        window = self.plan.windows[number]
        self.report.full_cache_bytes += self._full_bytes(keys, values, window)
        if self.configuration.eviction is not None and self.plan.evicts(number):
            stays = self._stays_by_head(number, keys)
            if stays is not None:
                cache.layers[number] = caches.RaggedLayer(keys, values, stays, self._length)
                self.report.cache_bytes += caches.nbytes(
                    cache.layers[number].keys, cache.layers[number].values
                )
                return
            keys, values = self._evict(number, keys, values)
        pruned = not skipped and self._index is not None and number >= self._pruning_layer
        if skipped or pruned or keys.shape[-2] < layer.keys.shape[-2]:
            places = self._places_of(keys.shape[-2], pruned) if window is not None else ()
            caches.replace_cache(cache, number, keys, values, self._length, window=window, places=places)
            keys, values = cache.layers[number].keys, cache.layers[number].values
        self.report.cache_bytes += caches.nbytes(keys, values)

    @property
    def _pruning_layer(self) -> int:
        pruning = self.configuration.pruning
        return len(self.layers) if pruning is None else pruning.layer

    def _full_bytes(self, keys: Tensor, values: Tensor, window: int | None) -> int:
        """What a layer's cache would hold of the whole prompt."""
        length = self._length if window is None else min(self._length, window - 1)
        return caches.nbytes(keys, values) * length // keys.shape[-2]

    def _places_of(self, count: int, pruned: bool) -> list[int]:
        """Positions in the prompt of the last `count` tokens that a layer read."""
        if not pruned:
            return list(range(self._length - count, self._length))
        assert self._index is not None
        if self._index_list is None:
            self._index_list = self._index.tolist()
        return self._index_list[-count:]

    def _stays_by_head(self, number: int, keys: Tensor) -> Tensor | None:
        """What each KV head keeps where heads share a budget, (kv_heads, T); None where all keep as many."""
        eviction = self.configuration.eviction
        if eviction is None or eviction.safeguard is None or not eviction.amount:
            return None
        scores, share, audio = self._scored(number, keys)
        stays = surviving_by_head(scores, share, audio, eviction.safeguard)
        self._report_map(number, stays.float().mean(dim=0))
        return stays

    def _scored(self, number: int, keys: Tensor) -> tuple[Tensor, Fraction, Tensor | None]:
        """A layer's scores, the share of it that goes, and the places that compete if not all do."""
        eviction = self.configuration.eviction
        assert eviction is not None
        attention = self._attention[number]
        pruning = self.configuration.pruning
        if pruning is None or number != pruning.layer - 1:
            del self._attention[number]  # a layer's queries are as large as its cache
        scores = eviction.score(EvictionContext(attention, seeded(self._seed, number), self._rotation()))
        audio = self._physical_audio(number, keys.shape[-2]) if eviction.scope == "audio" else None
        competing = int(keys.shape[-2]) if audio is None else len(audio)
        evicted = self.plan.evicted
        return scores, eviction.share_removed(competing, evicted.index(number), len(evicted)), audio

    def _report_map(self, number: int, shares: Tensor) -> None:
        """Note which share of the KV heads holds each cached token of a layer, (T,)."""
        physical = self._physical_audio(number, len(shares))
        whole = len(physical) == len(self._positions)
        seen = torch.arange(len(physical), device=physical.device) if whole else self._kept
        self.report.kept_map.append(self._places.slice_means(seen, shares[physical]))

    def _evict(self, number: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        places = surviving(*self._scored(number, keys))
        self._report_map(number, held_shares(places, int(keys.shape[-2])))
        if places.shape[-1] == keys.shape[-2]:
            return keys, values
        index = places[None, :, :, None].expand(-1, -1, -1, keys.shape[-1])
        return keys.gather(2, index), values.gather(2, index)

    def _rotation(self) -> Rotation | None:
        eviction = self.configuration.eviction
        if eviction is None or eviction.moments is None:
            return None
        return Rotation(*hooks.rotary_frequencies(self.model, self.layers), start=self._length)

    def _physical_audio(self, number: int, length: int) -> Tensor:
        """Places of the audio tokens in this layer's cache, which pruning may have shortened."""
        if self._index is None or length == self._length:
            return self._positions
        return torch.isin(self._index, self._positions).nonzero()[:, 0]
