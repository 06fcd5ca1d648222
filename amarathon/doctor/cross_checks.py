"""What must hold of a compressed model that reads audio by cross-attention: masks instead of gathered rows.

The whole model reads every row of a window; what a configuration removed is hidden from the layers that could
not have read it. Nothing of the compression's hooks takes part in that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import EncoderDecoderCache

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.compression import Configuration, compress
from amarathon.compression.cross_attention import CrossCompressor
from amarathon.compression.window_work import acts_on_rows
from amarathon.compression.windows import Window
from amarathon.doctor.checks import Case, LogitAgreement, compare_logits
from amarathon.errors import CheckError
from amarathon.models.open_model import OpenModel

# Two keys as near as this are one row's.
_SAME_KEY = 1e-4


@dataclass
class Visible:
    """Which of a window's rows each decoder layer sees, by head; of shape (heads, rows).

    Attributes
    ----------
    prompt, reply : dict of int to Tensor
        While the prompt is read, and behind it.
    """

    prompt: dict[int, Tensor] = field(default_factory=dict)
    reply: dict[int, Tensor] = field(default_factory=dict)


def steps(lm: OpenModel, case: Case) -> LogitAgreement:
    """The logits of a prompt and of a reply against masks."""
    model: Any = lm.model
    features = _features(lm, case.audio)
    tokens = _tokens(model, case.new_tokens)
    compressor = CrossCompressor(model, case.configuration, case.seed)
    with torch.inference_mode():
        rows = model.get_encoder()(features).last_hidden_state
        whole = _read(model, rows, tokens)
        with compressor.attached() as report:
            made = _read(model, model.get_encoder()(features).last_hidden_state, tokens)
            _check_budgets(case.configuration, next(iter(compressor.windows.values())), made.cache)
        visible = _visible(compressor, whole.cache, made.cache)
        expected = _read_masked(model, rows, tokens, visible)
    found = compare_logits(made.logits, expected, report.kept_tokens, report.audio_tokens)
    share = report.cache_bytes / report.full_cache_bytes
    return LogitAgreement(found.difference, found.kept_tokens, found.audio_tokens, share)


def nothing_removed(lm: OpenModel, case: Case) -> LogitAgreement:
    """At ratio 0 every bit is vanilla's."""
    model: Any = lm.model
    features, tokens = _features(lm, case.audio), _tokens(model, case.new_tokens)
    with torch.inference_mode():
        expected = _read(model, model.get_encoder()(features).last_hidden_state, tokens).logits
        with compress(model, case.configuration, seed=case.seed) as report:
            made = _read(model, model.get_encoder()(features).last_hidden_state, tokens).logits
    if not torch.equal(made, expected):
        raise CheckError(f"{case.configuration.name} is not bit-equal to vanilla")
    return compare_logits(made, expected, report.kept_tokens, report.audio_tokens)


@dataclass(frozen=True)
class _Read:
    logits: Tensor
    cache: Any


def _features(lm: OpenModel, audio: Audio) -> Tensor:
    made = lm.feature_extractor(audio.samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
    features: Tensor = made["input_features"].to(lm.device, lm.model.dtype)
    return features


def _tokens(model: Any, new_tokens: int) -> list[Tensor]:
    """A prompt of two tokens, and a reply that is the same for every run."""
    prompt = [model.config.decoder_start_token_id, model.generation_config.no_timestamps_token_id]
    return [
        torch.tensor([ids], device=model.device) for ids in (prompt, *([5 + n] for n in range(new_tokens)))
    ]


def _read(model: Any, rows: Tensor, tokens: Sequence[Tensor]) -> _Read:
    cache, logits = None, []
    for ids in tokens:
        output = model(encoder_outputs=(rows,), decoder_input_ids=ids, past_key_values=cache, use_cache=True)
        cache = output.past_key_values
        logits.append(output.logits[0, -1])
    return _Read(torch.stack(logits), cache)


def _read_masked(model: Any, rows: Tensor, tokens: Sequence[Tensor], visible: Visible) -> Tensor:
    layers = model.get_decoder().layers
    now = {"masks": visible.prompt}

    def hidden(number: int) -> Any:
        def before(_module: Any, args: Any, kwargs: dict[str, Any]) -> Any:
            shown = now["masks"][number]
            mask = torch.zeros(shown.shape, dtype=rows.dtype, device=rows.device)
            mask = mask.masked_fill(~shown, float("-inf"))[None, :, None]
            return args, {**kwargs, "attention_mask": mask}

        return before

    def behind_prompt(_module: Any, _args: Any, _output: Any) -> None:
        now["masks"] = visible.reply

    handles = [
        layer.encoder_attn.register_forward_pre_hook(hidden(number), with_kwargs=True)
        for number, layer in enumerate(layers)
    ]
    handles.append(model.get_decoder().register_forward_hook(behind_prompt))
    try:
        return _read(model, rows, tokens).logits
    finally:
        for handle in handles:
            handle.remove()


def _visible(compressor: CrossCompressor, whole: EncoderDecoderCache, made: EncoderDecoderCache) -> Visible:
    """What stayed visible: by the choice while the prompt is read, by the caches' own keys behind it."""
    (window,) = compressor.windows.values()
    pruning = compressor.configuration.pruning
    visible, sound = Visible(), window.audio_positions.encoder_tokens
    for number, layer in enumerate(whole.cross_attention_cache.layers):
        every_key = layer.keys[0]
        shown = torch.ones(every_key.shape[:2], dtype=torch.bool, device=every_key.device)
        if pruning is not None and (acts_on_rows(pruning) or number >= pruning.layer):
            rows = torch.arange(sound, device=every_key.device)
            shown[:, :sound] = torch.isin(rows, window.chosen)
        visible.prompt[number] = shown
        left = made.cross_attention_cache.layers[number].keys[0]
        # Padding's keys are alike, and all of them stay.
        kept = torch.cdist(every_key.float(), left.float(), compute_mode="donot_use_mm_for_euclid_dist")
        stays = (kept < _SAME_KEY).any(dim=-1)
        stays[:, sound:] = True
        visible.reply[number] = stays
    return visible


def _check_budgets(configuration: Configuration, window: Window, cache: EncoderDecoderCache) -> None:
    """Padding stays, and the last layer holds exactly the requested share of the sound."""
    left = window.audio_positions.encoder_tokens
    for step in configuration.steps:
        left = max(1, left * (step.amount.denominator - step.amount.numerator) // step.amount.denominator)
    held = int(cache.cross_attention_cache.layers[-1].keys.shape[2]) - window.padding
    if held != left:
        raise CheckError(f"the last layer holds {held} rows of the sound, not {left}")
