"""A configuration at work on a model that reads audio by cross-attention (Whisper), window by window.

The audio tokens are the encoder's rows. Methods that look at nothing but them act on the encoder's output,
before the decoder; those that read attention or keys act where they do elsewhere: the decoder's first `layer`
layers read every row. Evictions act on a layer's cross-attention cache once a window's prompt has been read.
Each window has a budget of its own, and the rows behind the sound are no audio tokens: they stay, and never
count.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

from amarathon.compression import hooks
from amarathon.compression.caches import nbytes
from amarathon.compression.configuration import Configuration
from amarathon.compression.eviction import held_shares, surviving
from amarathon.compression.forwards import OTHER_THREAD
from amarathon.compression.methods.base import EvictionContext, PruningMethod, SelectionContext, budget
from amarathon.compression.places import AudioPlaces
from amarathon.compression.prefix import seeded
from amarathon.compression.report import CompressionReport, Survivors
from amarathon.compression.strategies import Asked, check_strategy
from amarathon.compression.target import claimed, compressible, replaced, uncompiled
from amarathon.compression.windows import CrossAttentionInputs, Window, WindowSurvivors
from amarathon.errors import ConfigurationError, ModelError
from amarathon.models.families import Family, family_of

# Feature frames that one encoder row is made of: its second convolution takes every other one.
FRAMES_PER_ROW = 2


class CrossCompressor:
    """Hooks of one configuration on one encoder-decoder model; as `Compressor` is for the others.

    Parameters
    ----------
    model : PreTrainedModel
        Or what holds one.
    configuration : Configuration
    seed : int
        Of random methods; every window starts from it.
    duration_s : float, optional
        Of the recording, which the last window's last row may overrun.

    Raises
    ------
    ConfigurationError
        If the configuration does not fit the model.
    ModelError
        If there is no model of a supported family.
    """

    def __init__(
        self, model: Any, configuration: Configuration, seed: int = 0, duration_s: float = float("inf")
    ):
        self.model = cast(Any, compressible(model))
        self.family: Family = family_of(self.model.config.model_type)
        self.configuration, self.seed = configuration, seed
        self.report = CompressionReport(configuration.name)
        self.windows: dict[int, Window] = {}
        self._layers: nn.ModuleList = self.model.get_decoder().layers
        nowhere = AudioPlaces.plain(torch.arange(0), duration_s)
        self._template = Survivors(nowhere, self.family, torch.arange(0))
        self._thread = threading.get_ident()
        # Of the window at work: the frame it begins at, and how many frames are sound, where known.
        self._cut: tuple[int, int | None] = (0, None)
        self._window: Window | None = None
        self._passing = False
        self._reads_prompt = False
        self._index: Tensor | None = None
        self._merged: Tensor | None = None
        self._check()

    @property
    def window_start(self) -> int:
        """The feature frame that the window at work begins at; -1 where the language is being told."""
        return -1 if self._passing else self._cut[0]

    @property
    def reads_prompt(self) -> bool:
        """Whether the decoder's forward at work is a window's first."""
        return self._reads_prompt

    def _check(self) -> None:
        pruning = self.configuration.pruning
        if pruning is None:
            return
        if _acts_on_rows(pruning):
            if pruning.layer != type(pruning).layer:
                raise ConfigurationError(
                    f"{self.configuration.name}: {self.family.title} reads audio by cross-attention, so "
                    f"{pruning.name} acts before the decoder; leave out layer=."
                )
        elif pruning.layer >= len(self._layers):
            raise ConfigurationError(
                f"{self.configuration.name}: the decoder has {len(self._layers)} layers, "
                f"so pruning acts at layer {len(self._layers) - 1} at the latest."
            )

    @contextmanager
    def attached(self) -> Iterator[CompressionReport]:
        """Keep the hooks on the model for the time of a ``with`` block.

        Raises
        ------
        ModelError
            If another block is at work on the model, or transformers cuts windows in a way that is not known.
        """
        self._thread = threading.get_ident()
        if not hasattr(self.model, "_get_input_segment"):
            raise ModelError("This version of transformers cuts recordings in a way that is not known here.")
        with ExitStack() as stack:
            stack.enter_context(claimed(self.model, self.configuration.name))
            stack.enter_context(uncompiled())
            for name, watch in (
                ("generate", self._watched_generate(self.model.generate)),
                ("detect_language", self._watched_detection(self.model.detect_language)),
                ("_get_input_segment", self._watched_cut(self.model._get_input_segment)),
            ):
                stack.enter_context(replaced(self.model, name, watch))
            encoder, decoder = self.model.get_encoder(), self.model.get_decoder()
            for handle in (
                encoder.register_forward_hook(self._after_encoder, with_kwargs=True),
                decoder.register_forward_pre_hook(self._before_decoder, with_kwargs=True),
                *(
                    handle
                    for number, layer in enumerate(self._layers)
                    for handle in self._layer_hooks(number, layer)
                ),
            ):
                stack.callback(handle.remove)
            yield self.report

    def _layer_hooks(self, number: int, layer: Any) -> Iterator[Any]:
        def before(_module: nn.Module, args: Any, kwargs: dict[str, Any]) -> Any:
            return self._before_layer(number, args, kwargs)

        def after(attention: nn.Module, args: Any, kwargs: dict[str, Any], _output: Any) -> None:
            self._after_attention(number, attention, args, kwargs)

        yield layer.register_forward_pre_hook(before, with_kwargs=True)
        yield layer.encoder_attn.register_forward_hook(after, with_kwargs=True)

    # What surrounds a window

    def _watched_generate(self, generate: Any) -> Any:
        def watched(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._thread:
                raise ModelError(OTHER_THREAD)
            given = {name: kwargs[name] for name in kwargs if name not in _WHISPERS_OWN}
            config, _ = self.model._prepare_generation_config(given.pop("generation_config", None), **given)
            mode = config.get_generation_mode(kwargs.get("assistant_model")).value
            check_strategy(Asked(config, mode, kwargs))
            if kwargs.get("encoder_outputs") is not None:
                raise ModelError("Compression acts on what the encoder makes: give input_features instead.")
            self.windows.clear()
            self.report.restart(0, 0, self._asked, self._template)
            return generate(*args, **kwargs)

        return watched

    @property
    def _asked(self) -> float:
        pruning = self.configuration.pruning
        return 1.0 if pruning is None else float(1 - pruning.amount)

    def _watched_detection(self, detect: Any) -> Any:
        def watched(*args: Any, **kwargs: Any) -> Any:
            # One token behind the first window tells the language; it is no reply.
            self._passing = True
            try:
                return detect(*args, **kwargs)
            finally:
                self._passing = False

        return watched

    def _watched_cut(self, cut: Any) -> Any:
        def watched(**given: Any) -> Any:
            if given["cur_bsz"] != 1:
                raise ModelError("Compression handles one recording at a time, not a batch.")
            number = given["batch_idx_map"][0]
            self._cut = int(given["seek"][number]), int(given["seek_num_frames"][number])
            return cut(**given)

        return watched

    # A window's rows

    def _after_encoder(self, _module: nn.Module, args: Any, kwargs: dict[str, Any], output: Any) -> Any:
        if self._passing:
            return None
        if threading.get_ident() != self._thread:
            raise ModelError(OTHER_THREAD)
        rows: Tensor = output.last_hidden_state
        if rows.shape[0] != 1:
            raise ModelError("Compression handles one recording at a time, not a batch.")
        features = args[0] if args else kwargs["input_features"]
        start, frames = self._cut
        sound = rows_of_sound(features, frames)
        places = AudioPlaces.plain(torch.arange(sound, device=rows.device))
        everything = torch.arange(sound, device=rows.device)
        window = Window(start // FRAMES_PER_ROW, places, rows.shape[1] - sound, everything)
        self._index = self._merged = None
        audio, padding = rows[0, :sound], rows[:, sound:]
        audio = self._shortened(window, audio)
        pruning = self.configuration.pruning
        if pruning is not None and _acts_on_rows(pruning):
            audio = self._pruned(window, pruning, audio)
        self._window = self.windows[window.start] = window
        self._recount()
        output.last_hidden_state = torch.cat([audio[None], padding], dim=1)
        return output

    def _shortened(self, window: Window, audio: Tensor) -> Tensor:
        shortening = self.configuration.shortening
        if shortening is None:
            return audio
        starts = shortening.starts(audio)
        last = starts.new_tensor([len(audio)])
        ends = torch.cat([starts[1:], last]) if shortening.averages else starts + 1
        window.places = AudioPlaces(torch.arange(len(starts), device=audio.device), starts, ends, len(audio))
        window.chosen = torch.arange(len(starts), device=audio.device)
        return shortening.shorten(audio, starts)

    def _pruned(self, window: Window, pruning: PruningMethod, audio: Tensor) -> Tensor:
        keep = budget(len(audio), pruning.amount)
        if keep == len(audio):
            return audio
        context = self._context(audio, keep, None)
        window.chosen = pruning.select(context)
        merged = pruning.merge(context, window.chosen)
        return audio[window.chosen] if merged is None else merged

    def _context(self, audio: Tensor, keep: int, attention: CrossAttentionInputs | None) -> SelectionContext:
        return SelectionContext(
            hidden_states=audio,
            audio_positions=torch.arange(len(audio), device=audio.device),
            budget=keep,
            generator=seeded(self.seed),
            attention=attention,
            # The encoder's last layer norm has been applied already.
            final_norm=lambda states: states,
        )

    # The decoder

    def _before_decoder(self, _module: nn.Module, _args: Any, kwargs: dict[str, Any]) -> None:
        self._reads_prompt = False
        if self._passing:
            return
        if threading.get_ident() != self._thread:
            raise ModelError(OTHER_THREAD)
        cache = kwargs.get("past_key_values")
        if isinstance(cache, EncoderDecoderCache):
            if any(cache.is_updated.values()):
                return
            if not isinstance(cache.cross_attention_cache, DynamicCache):
                kind = type(cache.cross_attention_cache).__name__
                raise ModelError(
                    f"Compression needs a dynamic cache, not {kind}; leave out cache_implementation."
                )
        rows = kwargs.get("encoder_hidden_states")
        if self._window is None or rows is None:
            raise ModelError("Compression acts on what the encoder makes: give input_features.")
        if rows.shape[0] != 1:
            raise ModelError(
                "Compression handles one recording and one reply at a time, not a batch or beams."
            )
        self._reads_prompt = True
        self._index = self._merged = None

    def _before_layer(self, number: int, args: Any, kwargs: dict[str, Any]) -> Any:
        pruning = self.configuration.pruning
        if not self._reads_prompt or self._index is None or pruning is None or number < pruning.layer:
            return None
        states, kwargs = hooks.by_name(self._layers[number], args, kwargs)
        return (states,), {
            **kwargs,
            "encoder_hidden_states": self._left_rows(kwargs["encoder_hidden_states"]),
        }

    def _left_rows(self, rows: Tensor) -> Tensor:
        assert self._window is not None
        assert self._index is not None
        sound = rows.shape[1] - self._window.padding
        audio = rows[0, self._index] if self._merged is None else self._merged
        return torch.cat([audio[None], rows[:, sound:]], dim=1)

    def _after_attention(self, number: int, attention: nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
        window, pruning, eviction = self._window, self.configuration.pruning, self.configuration.eviction
        if not self._reads_prompt or window is None:
            return
        chooses = pruning is not None and not _acts_on_rows(pruning) and number == pruning.layer - 1
        cache = kwargs.get("past_key_values")
        if not chooses and cache is None:
            return  # a side look at the first logits, which no eviction changes
        states, kwargs = hooks.by_name(attention, args, kwargs)
        rows = kwargs["key_value_states"]
        keys, values = self._keys_and_values(number, attention, rows, cache)
        inputs = self._inputs(attention, states, keys, values, window.padding)
        if chooses:
            assert pruning is not None
            self._choose(window, pruning, rows[0, : rows.shape[1] - window.padding], inputs)
        if cache is None:
            return
        whole = self._index is None or pruning is None or number < pruning.layer
        tokens = len(window.places.positions) if whole and not self._prunes_rows else len(window.chosen)
        window.full_cache_bytes += nbytes(keys, values) * _full_rows(window) // keys.shape[2]
        if eviction is not None:
            scores = eviction.score(EvictionContext(inputs, seeded(self.seed, number)))
            stays = surviving(scores, eviction.amount, None)
            everything = torch.arange(len(window.places.positions), device=keys.device)
            seen = everything if tokens == len(everything) else window.chosen
            window.held[number] = seen, held_shares(stays, tokens)
            layer = cache.cross_attention_cache.layers[number]
            layer.keys, layer.values = (
                _gathered(states, stays, window.padding) for states in (layer.keys, layer.values)
            )
            keys, values = layer.keys, layer.values
        window.cache_bytes += nbytes(keys, values)
        self._recount()

    @property
    def _prunes_rows(self) -> bool:
        pruning = self.configuration.pruning
        return pruning is not None and _acts_on_rows(pruning)

    def _keys_and_values(
        self, number: int, attention: Any, rows: Tensor, cache: Any
    ) -> tuple[Tensor, Tensor]:
        if cache is not None:
            layer = cache.cross_attention_cache.layers[number]
            return layer.keys, layer.values
        shape = (1, -1, attention.num_heads, attention.head_dim)
        return (
            attention.k_proj(rows).view(shape).transpose(1, 2),
            attention.v_proj(rows).view(shape).transpose(1, 2),
        )

    def _inputs(
        self, attention: Any, states: Tensor, keys: Tensor, values: Tensor, padding: int
    ) -> CrossAttentionInputs:
        shape = (1, -1, attention.num_heads, attention.head_dim)
        query = attention.q_proj(states).view(shape).transpose(1, 2)[0]
        sound = keys.shape[2] - padding
        return CrossAttentionInputs(
            query=query,
            key=keys[0, :, :sound],
            value=values[0, :, :sound],
            scaling=attention.scaling,
            padding_key=keys[0, :, sound:] if padding else None,
        )

    def _choose(
        self, window: Window, pruning: PruningMethod, audio: Tensor, inputs: CrossAttentionInputs
    ) -> None:
        keep = budget(len(audio), pruning.amount)
        if keep == len(audio):
            return
        context = self._context(audio, keep, inputs)
        window.chosen = pruning.select(context)
        self._index, self._merged = window.chosen, pruning.merge(context, window.chosen)

    def _recount(self) -> None:
        windows = list(self.windows.values())
        report = self.report
        survivors = WindowSurvivors(windows, self._template)
        report.restart(
            prompt_tokens=sum(len(window.chosen) for window in windows),
            audio_tokens=sum(window.places.encoder_tokens for window in windows),
            requested_retention=self._asked,
            survivors=survivors,
        )
        report.kept_tokens = sum(len(window.chosen) for window in windows)
        # One window's cache lives at a time.
        report.cache_bytes = max(window.cache_bytes for window in windows)
        report.full_cache_bytes = max(window.full_cache_bytes for window in windows)


# Arguments of Whisper's own generate that are no part of a generation configuration.
_WHISPERS_OWN = (
    "input_features",
    "attention_mask",
    "assistant_model",
    "stopping_criteria",
    "logits_processor",
    "prefix_allowed_tokens_fn",
    "synced_gpus",
    "return_timestamps",
    "task",
    "language",
    "is_multilingual",
    "prompt_ids",
    "prompt_condition_type",
    "condition_on_prev_tokens",
    "temperature",
    "compression_ratio_threshold",
    "logprob_threshold",
    "no_speech_threshold",
    "num_segment_frames",
    "attention_mask",
    "time_precision",
    "time_precision_features",
    "return_token_timestamps",
    "return_segments",
    "return_dict_in_generate",
    "force_unique_generate_call",
    "monitor_progress",
    "encoder_outputs",
)


def _acts_on_rows(pruning: PruningMethod) -> bool:
    """Whether a method looks at nothing but the encoder's rows."""
    return pruning.queries is None


def _full_rows(window: Window) -> int:
    return window.places.encoder_tokens + window.padding


def _gathered(states: Tensor, stays: Tensor, padding: int) -> Tensor:
    sound = states.shape[2] - padding
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
