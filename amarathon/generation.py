"""One configuration's answer from an embedded prompt, step by step, timed in its parts.

Greedy decoding, one recording, logits of the last position only. A generator rather than
transformers' ``generate``, so that long replies show progress, can be stopped between tokens, and
can start from a prefill that other configurations share; a test holds the two equal.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache

from amarathon.compression import Configuration
from amarathon.compression.caches import cache_bytes, make_room
from amarathon.compression.compressor import Compressor
from amarathon.compression.hooks import decoder_layers, last_position_logits
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.methods import Shortening
from amarathon.compression.places import AudioPlaces
from amarathon.compression.prefix import Prefix, PrefixRecorder
from amarathon.compression.report import CompressionReport
from amarathon.memory import PeakMemory
from amarathon.models.open_model import OpenModel, Prompt
from amarathon.sweep import Outcome, Timings

# How many tokens lie between two signs of life.
TOKENS_PER_STEP = 16


def clock(device: torch.device) -> float:
    """Seconds, after all work queued on `device` is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


@dataclass(frozen=True)
class EmbeddedPrompt:
    """A prompt as the language model takes it.

    Attributes
    ----------
    embeddings : Tensor of shape (1, T, hidden)
    places : AudioPlaces
    more : mapping of str to Tensor
        What else its forward needs beside embeddings.
    """

    embeddings: Tensor
    places: AudioPlaces
    more: Mapping[str, Tensor] = field(default_factory=dict)


def embed(
    model: OpenModel, prompt: Prompt, encoded: Tensor, shortening: Shortening | None = None
) -> EmbeddedPrompt:
    """Lay an encoded recording out in its prompt, shortened if a configuration asks for it.

    Parameters
    ----------
    model : OpenModel
    prompt : Prompt
    encoded : Tensor of shape (N, hidden)
        The encoder's output.
    shortening : Shortening, optional
    """
    if shortening is None:
        places = AudioPlaces.plain(prompt.audio_positions, prompt.duration_s)
        return EmbeddedPrompt(model.embed(prompt, encoded), places, model.beside_embeddings(prompt.input_ids))
    starts = shortening.starts(encoded)
    stays = torch.ones(prompt.input_ids.shape[1], dtype=torch.bool, device=starts.device)
    stays[prompt.audio_positions] = False
    stays[prompt.audio_positions[starts]] = True
    # Each group stands where its first token stood; the text moves up.
    positions = (stays.cumsum(0) - 1)[prompt.audio_positions[starts]]
    shorter = replace(prompt, input_ids=prompt.input_ids[:, stays], audio_positions=positions)
    ends = torch.cat([starts[1:], starts.new_tensor([len(encoded)])]) if shortening.averages else starts + 1
    places = AudioPlaces(positions, starts, ends, len(encoded), prompt.duration_s)
    embeddings = model.embed(shorter, shortening.shorten(encoded, starts))
    return EmbeddedPrompt(embeddings, places, model.beside_embeddings(shorter.input_ids))


def generate(
    model: OpenModel,
    embedded: EmbeddedPrompt,
    configuration: Configuration,
    *,
    max_new_tokens: int,
    seed: int,
    encoder_s: float,
    prefix: Prefix | None = None,
) -> Iterator[int | Outcome]:
    """Answer one embedded prompt under one configuration.

    Parameters
    ----------
    model : OpenModel
    embedded : EmbeddedPrompt
        From `embed`, after the configuration's shortening if it has one.
    configuration : Configuration
    max_new_tokens : int
    seed : int
        Of random methods.
    encoder_s : float
        What features and encoder took; part of the time to first token.
    prefix : Prefix, optional
        From `shared_prefix` of the same prompt. The times are then those of the rest alone,
        and are marked shared.

    Yields
    ------
    int or Outcome
        Now and then how many tokens there are; the outcome at the end.
    """
    cache = _empty_cache(model)
    stop_ids = model.stop_token_ids
    with (
        PeakMemory(model.device) if prefix is None else nullcontext() as memory,
        Compressor(model.model, configuration, embedded.places, seed, prefix).attached() as report,
        last_position_logits(model.model),
        model.answering(_tokens_read(embedded, max_new_tokens)),
    ):
        start = clock(model.device)
        token = int(_logits(model, cache, 0, inputs_embeds=embedded.embeddings, **embedded.more).argmax())
        prefilled = clock(model.device)
        kept_bytes = cache_bytes(cache)
        make_room(cache)
        tokens = [token]
        while tokens[-1] not in stop_ids and len(tokens) < max_new_tokens:
            if len(tokens) % TOKENS_PER_STEP == 1:
                yield len(tokens)
            ids = torch.tensor([[tokens[-1]]], device=model.device)
            seen = embedded.embeddings.shape[1] + len(tokens) - 1
            tokens.append(int(_logits(model, cache, seen, input_ids=ids).argmax()))
        end = clock(model.device)
    timings = Timings(
        encoder_s=encoder_s,
        prefill_s=prefilled - start,
        first_token_s=encoder_s + prefilled - start,
        decode_s=end - prefilled,
        shared=prefix is not None,
    )
    peak_bytes = None if memory is None else memory.peak_bytes
    yield _outcome(model, tokens, report, timings, peak_bytes, kept_bytes)


def shared_prefix(
    model: OpenModel,
    embedded: EmbeddedPrompt,
    configurations: Sequence[Configuration],
    max_new_tokens: int = 1,
) -> Prefix:
    """Run an embedded prompt through the decoder once, for all `configurations` to continue from."""
    prefix = Prefix(_empty_cache(model))
    layers, plan = decoder_layers(model.model), LayerPlan.of(model.model.config)
    with (
        PrefixRecorder(layers, plan, configurations, prefix).attached(),
        last_position_logits(model.model),
        model.answering(_tokens_read(embedded, max_new_tokens)),
    ):
        _logits(model, prefix.cache, 0, inputs_embeds=embedded.embeddings, **embedded.more)
    return prefix


def first_logits(
    model: OpenModel, embedded: EmbeddedPrompt, configuration: Configuration, prefix: Prefix | None = None
) -> Tensor:
    """Logits of the first new token under a configuration, shape (vocabulary,)."""
    cache = _empty_cache(model)
    compressor = Compressor(model.model, configuration, embedded.places, prefix=prefix)
    with compressor.attached(), last_position_logits(model.model):
        return _logits(model, cache, 0, inputs_embeds=embedded.embeddings, **embedded.more)


def _tokens_read(embedded: EmbeddedPrompt, max_new_tokens: int) -> int:
    # Nothing follows the last token of a reply, so the model never reads it.
    return int(embedded.embeddings.shape[1]) + max_new_tokens - 1


def _empty_cache(model: OpenModel) -> DynamicCache:
    return DynamicCache(config=model.model.config.get_text_config(decoder=True))


@torch.inference_mode()
def _logits(model: OpenModel, cache: DynamicCache, seen: int, **inputs: Tensor) -> Tensor:
    count = next(iter(inputs.values())).shape[1]
    output = model.model(
        **inputs,
        position_ids=model.position_ids(seen, count),
        past_key_values=cache,
        use_cache=True,
    )
    logits: Tensor = output.logits[0, -1]
    return logits


def _outcome(
    model: OpenModel,
    tokens: list[int],
    report: CompressionReport,
    timings: Timings,
    peak_bytes: int | None,
    kept_bytes: int,
) -> Outcome:
    return Outcome(
        configuration=report.configuration,
        reply=model.tokenizer.decode(tokens, skip_special_tokens=True).strip(),
        new_tokens=len(tokens),
        audio_tokens=report.audio_tokens,
        kept_tokens=report.kept_tokens,
        kept_indices=tuple(report.kept_indices),
        kept_spans=tuple(report.kept_spans),
        kept_map=tuple(tuple(row) for row in report.kept_map),
        timings=timings,
        peak_bytes=peak_bytes,
        cache_bytes=kept_bytes,
    )
