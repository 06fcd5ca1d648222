"""A configuration at work on a model that reads audio by cross-attention (Whisper), window by window.

The audio tokens are the encoder's rows. Methods that look at nothing but them act on the encoder's output,
before the decoder; those that read attention or keys act where they do elsewhere: the decoder's first `layer`
layers read every row. Evictions act on a layer's cross-attention cache once a window's prompt has been read.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from inspect import signature
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

from amarathon.compression import hooks
from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.configuration import Configuration
from amarathon.compression.cross_attention_rules import check_cross_attention
from amarathon.compression.forwards import OTHER_THREAD
from amarathon.compression.report import CompressionReport, Survivors
from amarathon.compression.seeding import digest_of, recording_seed
from amarathon.compression.strategies import GenerateCall, check_strategy
from amarathon.compression.target import claimed, compressible, replaced, uncompiled
from amarathon.compression.window_work import WindowSpan, WindowWork, rows_of_sound
from amarathon.compression.windows import Window, WindowSurvivors
from amarathon.errors import ModelError
from amarathon.models.families import family_of
from amarathon.models.family import Family

_ONE_RECORDING = "Compression handles one recording and one reply at a time, not a batch or beams."
_CLASS_CALL = "Compression does not see a call through the model's class: call generate of the model itself."
_NO_FEATURES = "Compression acts on what the encoder makes: give input_features."


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
    mix_audio : bool
        Whether a digest of each call's features is mixed into the seed.

    Raises
    ------
    ConfigurationError
        If the configuration does not fit the model.
    ModelError
        If there is no model of a supported family.
    """

    def __init__(
        self,
        model: Any,
        configuration: Configuration,
        seed: int = 0,
        duration_s: float = float("inf"),
        mix_audio: bool = False,
    ):
        self.model = cast(Any, compressible(model))
        self.family: Family = family_of(self.model.config.model_type)
        self.configuration, self.seed, self._seed = configuration, seed, seed
        self._mix_audio = mix_audio and configuration.randomised
        self.report = CompressionReport(configuration.name)
        self.windows: dict[int, Window] = {}
        # Whether the decoder's forward at work is a window's first.
        self.reads_prompt = False
        self._layers: nn.ModuleList = self.model.get_decoder().layers
        no_tokens = AudioPositions.plain(torch.arange(0), duration_s)
        self._nothing = Survivors(no_tokens, self.family, torch.arange(0))
        self._thread = threading.get_ident()
        self._span, self._work = WindowSpan(), cast(WindowWork | None, None)
        self._detects_language = False
        self._calls = 0  # of the model's own `generate`, at work
        check_cross_attention(configuration, self.family, len(self._layers))

    @property
    def window_start(self) -> int:
        """The feature frame that the window at work begins at; -1 while the language is detected."""
        return -1 if self._detects_language else self._span.start

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
            for name, around in (
                ("generate", self._around_generate),
                ("detect_language", self._around_detection),
                ("_get_input_segment", self._around_segment),
            ):
                stack.enter_context(replaced(self.model, name, around(getattr(self.model, name))))
            for handle in self._hooks():
                stack.callback(handle.remove)
            yield self.report

    def _hooks(self) -> Iterator[Any]:
        encoder, decoder = self.model.get_encoder(), self.model.get_decoder()
        yield encoder.register_forward_hook(self._after_encoder, with_kwargs=True)
        yield decoder.register_forward_pre_hook(self._before_decoder, with_kwargs=True)
        for number, layer in enumerate(self._layers):
            yield from self._layer_hooks(number, layer)

    def _layer_hooks(self, number: int, layer: Any) -> Iterator[Any]:
        def before(_module: nn.Module, args: Any, kwargs: dict[str, Any]) -> Any:
            return self._before_layer(number, args, kwargs)

        def after(attention: nn.Module, args: Any, kwargs: dict[str, Any], _output: Any) -> None:
            self._after_attention(number, attention, args, kwargs)

        yield layer.register_forward_pre_hook(before, with_kwargs=True)
        yield layer.encoder_attn.register_forward_hook(after, with_kwargs=True)

    def _check_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise ModelError(OTHER_THREAD)

    # What surrounds a window

    def _around_generate(self, generate: Any) -> Any:
        own = signature(generate)

        def around(*args: Any, **kwargs: Any) -> Any:
            self._check_thread()
            arguments = dict(own.bind_partial(*args, **kwargs).arguments)
            rest = arguments.pop("kwargs", {})
            self._check_call(arguments, rest)
            features = arguments.get("input_features")
            if self._mix_audio and features is not None:
                self._seed = recording_seed(self.seed, digest_of(features))
            self.windows.clear()
            self._span, self._work = WindowSpan(), None
            self.report.restart(0, 0, self._requested_retention, self._nothing)
            self._calls += 1
            try:
                return generate(*args, **kwargs)
            finally:
                self._calls -= 1
                self._span = WindowSpan()

        return around

    def _check_call(self, arguments: dict[str, Any], rest: dict[str, Any]) -> None:
        config, _ = self.model._prepare_generation_config(arguments.get("generation_config"), **rest)
        mode = config.get_generation_mode(rest.get("assistant_model")).value
        check_strategy(GenerateCall(config, mode, {**arguments, **rest}))
        if rest.get("encoder_outputs") is not None:
            raise ModelError(_NO_FEATURES)
        words = arguments.get("return_token_timestamps") or getattr(config, "return_token_timestamps", False)
        if words and any(method.amount for method in self.configuration.steps):
            raise ModelError(
                "Times of single words are read from the attention to every row, some of which are gone: "
                "leave out return_token_timestamps; return_timestamps=True gives those of sentences."
            )

    @property
    def _requested_retention(self) -> float:
        pruning = self.configuration.pruning
        return 1.0 if pruning is None else float(1 - pruning.amount)

    def _around_detection(self, detect: Any) -> Any:
        def around(*args: Any, **kwargs: Any) -> Any:
            # One token behind the first window names the language; it is no reply.
            self._detects_language = True
            try:
                return detect(*args, **kwargs)
            finally:
                self._detects_language = False

        return around

    def _around_segment(self, segment: Any) -> Any:
        def around(**arguments: Any) -> Any:
            if not self._calls:
                raise ModelError(_CLASS_CALL)
            if arguments["cur_bsz"] != 1:
                raise ModelError(_ONE_RECORDING)
            number = arguments["batch_idx_map"][0]
            self._span = WindowSpan(int(arguments["seek"][number]), int(arguments["seek_num_frames"][number]))
            return segment(**arguments)

        return around

    # A window's rows, and the decoder's prompt

    def _after_encoder(self, _module: nn.Module, args: Any, kwargs: dict[str, Any], output: Any) -> Any:
        if self._detects_language:
            return None
        self._check_thread()
        rows: Tensor = output.last_hidden_state
        if rows.shape[0] != 1:
            raise ModelError(_ONE_RECORDING)
        sound = rows_of_sound(args[0] if args else kwargs["input_features"], self._span.frames)
        work = WindowWork(
            *(self.configuration, self._seed, self._span, sound, rows.shape[1], len(self._layers)),
            rows.device,
        )
        output.last_hidden_state = work.encoded(rows)
        self._work = work
        self.windows[work.window.start] = work.window
        self._recount()
        return output

    def _before_decoder(self, _module: nn.Module, _args: Any, kwargs: dict[str, Any]) -> None:
        self.reads_prompt = False
        if self._detects_language:
            return
        self._check_thread()
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
        if self._work is None or rows is None:
            raise ModelError(_NO_FEATURES)
        if rows.shape[0] != 1:
            raise ModelError(_ONE_RECORDING)
        self.reads_prompt = True
        self._work.begin_prompt()

    def _before_layer(self, number: int, args: Any, kwargs: dict[str, Any]) -> Any:
        if not self.reads_prompt or self._work is None:
            return None
        states, kwargs = hooks.by_name(self._layers[number], args, kwargs)
        rows = self._work.read_by(number, kwargs["encoder_hidden_states"])
        return (states,), {**kwargs, "encoder_hidden_states": rows}

    def _after_attention(self, number: int, attention: Any, args: Any, kwargs: dict[str, Any]) -> None:
        work, cache = self._work, kwargs.get("past_key_values")
        if not self.reads_prompt or work is None:
            return
        chooses = work.chooses_behind(number)
        if not chooses and cache is None:
            return  # no eviction changes a prompt's own logits
        states, kwargs = hooks.by_name(attention, args, kwargs)
        rows = kwargs["key_value_states"]
        if cache is None:
            keys, values = (_heads(attention, part(rows)) for part in (attention.k_proj, attention.v_proj))
        else:
            layer = cache.cross_attention_cache.layers[number]
            keys, values = layer.keys, layer.values
        query = _heads(attention, attention.q_proj(states))
        inputs = work.inputs(query, keys, values, attention.scaling)
        if chooses:
            work.choose(rows, inputs)
        if cache is not None:
            work.settle(number, layer, inputs)
            self._recount()

    def _recount(self) -> None:
        windows, report = list(self.windows.values()), self.report
        kept = sum(len(window.chosen) for window in windows)
        report.restart(
            prompt_tokens=kept,
            audio_tokens=sum(window.audio_positions.encoder_tokens for window in windows),
            requested_retention=self._requested_retention,
            survivors=WindowSurvivors(windows, self._nothing),
        )
        report.kept_tokens = kept
        # One window's cache lives at a time.
        report.cache_bytes = max(window.cache_bytes for window in windows)
        report.full_cache_bytes = max(window.full_cache_bytes for window in windows)


def _heads(attention: Any, states: Tensor) -> Tensor:
    """Split an attention's (1, T, hidden) into (1, heads, T, head_dim)."""
    return states.view(1, -1, attention.num_heads, attention.head_dim).transpose(1, 2)
