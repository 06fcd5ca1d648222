"""A configuration at work on one model: decides during each prefill, and keeps the report."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn

from amarathon.compression import attention_hooks, caches, hooks
from amarathon.compression.attention_functions import check_attention
from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.compressed_cache import Block, ReadPrompt, keep_windows, note_prompt
from amarathon.compression.configuration import Configuration
from amarathon.compression.forwards import OTHER_THREAD, ForwardReader, PromptForward, watched
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.prefill import Prefill, Setting
from amarathon.compression.prefix import Prefix, QueryNeeds, attention_keeper, needed_queries
from amarathon.compression.report import CompressionReport
from amarathon.compression.seeding import digest_of, recording_seed
from amarathon.compression.target import claimed, compressible, omni_around, uncompiled
from amarathon.errors import ConfigurationError, ModelError
from amarathon.models.families import family_of
from amarathon.models.family import Family


class Compressor:
    """Hooks of one configuration on one model.

    Parameters
    ----------
    model : PreTrainedModel
        Or what holds one; see `target.compressible`.
    configuration : Configuration
    audio_positions : AudioPositions, optional
        Of the audio tokens in the prompt. Needed where the model reads embeddings; otherwise
        they are read from the prompt's ids.
    seed : int
        Of random methods; every prefill starts from it.
    mix_audio : bool
        Whether a digest of each prefill's audio input is mixed into the seed.
    prefix : Prefix, optional
        The same prompt's way through the layers that this configuration leaves alone: the
        prefill continues from it.

    Raises
    ------
    ConfigurationError
        If the configuration does not fit the model, or must not answer about this recording.
    ModelError
        If there is no model of a supported family.
    """

    def __init__(
        self,
        model: Any,
        configuration: Configuration,
        audio_positions: AudioPositions | None = None,
        seed: int = 0,
        prefix: Prefix | None = None,
        mix_audio: bool = False,
    ):
        self.model = compressible(model)
        self.configuration = configuration
        self._seed, self._mix_audio = seed, mix_audio and configuration.randomised
        self.family: Family = family_of(self.model.config.model_type)
        self.layers = hooks.decoder_layers(self.model)
        self.plan = LayerPlan.of(self.model.config)
        self.report = CompressionReport(configuration.name)
        self.block = Block()
        self._around = omni_around(model, self.model)
        self._given_positions = audio_positions
        self._setting = Setting(self.model, self.layers, self.family, self.plan, configuration, prefix)
        token = self.family.audio_token_id(self.model.config)
        removes = any(method.amount for method in configuration.steps)
        self._audio_token, self._reader = token, ForwardReader(self.model, token, self.block, removes)
        self._thread = threading.get_ident()
        # The forward at work: what it reads, and how many keys each layer finds where it reads no prompt.
        self._reading = False
        self._prefill: Prefill | None = None
        self._columns_read: dict[int, int] = {}
        self._check()

    def _check(self) -> None:
        self.plan.check(self.configuration)
        if self._given_positions is not None:
            for method in self.configuration.steps:
                method.check_recording(self._given_positions.pcm_sha256)
        pruning = self.configuration.pruning
        if pruning is not None and pruning.is_released and self.family.released_markers is None:
            raise ConfigurationError(
                f"{self.configuration.name}: the paper's released code does not prune {self.family.title}; "
                "leave out span=released."
            )
        attention = self.model.config.get_text_config(decoder=True)._attn_implementation
        if self.configuration.pruning and any(self.plan.windows) and attention not in ("sdpa", "eager"):
            raise ConfigurationError(
                f"{self.configuration.name}: the model's sliding windows need attention with masks, "
                f"sdpa or eager, not {attention}."
            )
        check_attention(self.model)

    @contextmanager
    def attached(self) -> Iterator[CompressionReport]:
        """Keep the hooks on the model for the time of a ``with`` block.

        Raises
        ------
        ModelError
            If another block is at work on the model.
        """
        self._thread = threading.get_ident()
        with ExitStack() as stack:
            stack.enter_context(claimed(self.model, self.configuration.name))
            stack.enter_context(uncompiled())
            for handle in (
                self.model.register_forward_pre_hook(self._before_model, with_kwargs=True),
                self.model.register_forward_hook(self._after_model, always_call=True),
            ):
                stack.callback(handle.remove)
            for number, layer in enumerate(self.layers):
                for handle in self._layer_hooks(number, layer):
                    stack.callback(handle.remove)
            for number, needed in needed_queries(self.configuration, self.plan).items():
                attention = hooks.attention_of(self.layers[number])
                stack.enter_context(
                    attention_hooks.listen_to_attention(attention, self._listener(number, needed))
                )
            prefix, skipped = self._setting.prefix, self._setting.skipped
            if prefix is not None:
                outputs = [prefix.outputs[skipped]] * skipped
                stack.enter_context(hooks.skip_layers(self.layers, outputs, self._is_prefill))
            stack.enter_context(watched(self.model, self._around, self._reader))
            yield self.report

    def _layer_hooks(self, number: int, layer: nn.Module) -> Iterator[Any]:
        def before(_module: nn.Module, args: Any, kwargs: dict[str, Any]) -> Any:
            return self._before_layer(number, args, kwargs)

        def after(_module: nn.Module, _args: Any, kwargs: dict[str, Any], _output: Any) -> None:
            self._after_layer(number, kwargs)

        yield layer.register_forward_pre_hook(before, with_kwargs=True)
        yield layer.register_forward_hook(after, with_kwargs=True)

    def _listener(self, number: int, needed: QueryNeeds) -> attention_hooks.AttentionListener:
        def listen(call: attention_hooks.AttentionCall) -> None:
            if self._prefill is not None:
                attention_keeper(self._prefill.attention, number, needed)(call)

        return listen

    def _is_elsewhere(self) -> bool:
        return threading.get_ident() != self._thread

    def _is_prefill(self) -> bool:
        return self._prefill is not None and not self._is_elsewhere()

    # The model's forward: is this a prompt, and at which positions is its audio?

    def _before_model(self, _module: nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
        if self._is_elsewhere():
            raise ModelError(OTHER_THREAD)
        check_attention(self.model)
        prompt = self._reader.read(args, kwargs)
        if prompt is not None:
            audio_positions = self._audio_positions(prompt)
            if prompt.cache is not None and any(self.plan.windows):
                keep_windows(prompt.cache, self.model.config)
            seed = self._seed_of(audio_positions, args, kwargs)
            self._prefill = Prefill(self._setting, self.report, audio_positions, prompt.tokens, seed)
        self._reading = True

    def _seed_of(self, audio_positions: AudioPositions, args: Any, kwargs: dict[str, Any]) -> int:
        if not self._mix_audio:
            return self._seed
        audio_input = hooks.audio_features(kwargs)
        if audio_input is None:
            ids = kwargs.get("input_ids", args[0] if args else None)
            source = kwargs["inputs_embeds"] if ids is None else ids
            audio_input = source[0][audio_positions.positions.to(source.device)]
        return recording_seed(self._seed, digest_of(audio_input))

    def _audio_positions(self, prompt: PromptForward) -> AudioPositions:
        audio_positions, found = self._given_positions, None
        if prompt.ids is not None:
            found = (prompt.ids[0] == self._audio_token).nonzero()[:, 0]
        if audio_positions is None:
            if found is None:
                raise ModelError("With inputs_embeds, say where the audio is by audio_positions.")
            audio_positions = AudioPositions.plain(found)
        positions = audio_positions.positions
        if len(positions) == 0:
            raise ModelError(
                "The prompt has no audio tokens to compress: put its text and its audio in one forward."
            )
        if found is not None and not torch.equal(found, positions.to(found.device)):
            raise ModelError("audio_positions are not where the prompt has its audio tokens.")
        if int(positions.max()) >= prompt.tokens or int(positions.min()) < 0:
            raise ModelError(
                f"audio_positions reach from {int(positions.min())} to {int(positions.max())}, "
                f"but the prompt has {prompt.tokens} tokens."
            )
        return audio_positions

    def _after_model(self, _module: nn.Module, _args: Any, output: Any) -> None:
        if self._is_elsewhere():
            return
        prefill, self._prefill, self._reading = self._prefill, None, False
        # There is no output where the forward failed.
        if prefill is None or output is None:
            return
        cache = prefill.cache if prefill.cache is not None else getattr(output, "past_key_values", None)
        if cache is not None:
            note_prompt(cache, ReadPrompt(self.block, prefill.length))

    # One decoder layer

    def _before_layer(self, number: int, args: Any, kwargs: dict[str, Any]) -> Any:
        if self._is_elsewhere():
            return None
        if not self._reading:
            raise ModelError(f"Call {type(self.model).__name__} itself inside the block, not a part of it.")
        states, kwargs = hooks.by_name(self.layers[number], args, kwargs)
        if self._prefill is not None:
            return self._prefill.shorten(number, states, kwargs)
        return (states,), hooks.shorten_decode(kwargs, self._columns(number, states.shape[-2], kwargs))

    def _columns(self, number: int, queries: int, kwargs: dict[str, Any]) -> int:
        if self.plan.owns_cache(number):
            self._columns_read[number] = caches.columns_read(kwargs["past_key_values"], number, queries)
        return self._columns_read[self.plan.sources[number]]

    def _after_layer(self, number: int, kwargs: dict[str, Any]) -> None:
        if self._is_elsewhere() or self._prefill is None:
            return
        if self.configuration.steps or self._setting.prefix is not None:
            self._prefill.settle(number, kwargs)
