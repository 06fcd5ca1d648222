"""One configuration's answer from an embedded prompt, step by step, timed in its parts.

Greedy decoding, one recording, logits of the last position only. A generator rather than
transformers' ``generate``, so that long replies show progress, can be stopped between tokens, and
can start from a prefill that other configurations share; a test holds the two equal.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache

from amarathon.compression import Configuration
from amarathon.compression.caches import cache_bytes, make_room, side_by_side
from amarathon.compression.compressor import Compressor
from amarathon.compression.hooks import attend_separately, decoder_layers, last_position_logits
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.prefix import Prefix, PrefixRecorder
from amarathon.compression.report import CompressionReport
from amarathon.compression.target import claimed
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.generation.outcome import Outcome, Timings
from amarathon.models.memory import PeakMemory
from amarathon.models.open_model import OpenModel

# How many tokens lie between two signs of life.
TOKENS_PER_STEP = 16


def clock(device: torch.device) -> float:
    """Seconds, after all work queued on `device` is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


# Compared as the one that it is.
@dataclass(eq=False)
class Branch:
    """One configuration's answer after its prefill, while it is written.

    Attributes
    ----------
    report : CompressionReport
    cache : DynamicCache
    seen : int
        Tokens of the prompt, kept or not.
    tokens : list of int
        Of the reply so far.
    timings : Timings
        `decode_s` grows.
    kept_bytes : int
        Of the cache behind the prefill.
    """

    report: CompressionReport
    cache: DynamicCache
    seen: int
    tokens: list[int]
    timings: Timings
    kept_bytes: int

    def add(self, token: int, seconds: float) -> None:
        """Note another token, and what it took."""
        self.tokens.append(token)
        self.timings = replace(self.timings, decode_s=(self.timings.decode_s or 0.0) + seconds)

    def is_over(self, model: OpenModel, max_new_tokens: int) -> bool:
        """Whether the reply is at its end."""
        return self.tokens[-1] in model.stop_token_ids or len(self.tokens) >= max_new_tokens

    def outcome(self, model: OpenModel, peak_bytes: int | None = None) -> Outcome:
        """The answer as far as it is written."""
        report = self.report
        return Outcome(
            configuration=report.configuration,
            reply=model.text(self.tokens),
            new_tokens=len(self.tokens),
            audio_tokens=report.audio_tokens,
            kept_tokens=report.kept_tokens,
            kept_indices=tuple(report.kept_indices),
            kept_spans=tuple(report.kept_spans),
            kept_map=tuple(tuple(row) for row in report.kept_map),
            timings=self.timings,
            peak_bytes=peak_bytes,
            cache_bytes=self.kept_bytes,
        )


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
    compressor = Compressor(model.model, configuration, embedded.places, seed, prefix)
    with (
        PeakMemory(model.device) if prefix is None else nullcontext() as memory,
        compressor.attached(),
        _writing(model, embedded, max_new_tokens),
    ):
        branch = _prefill(model, embedded, compressor.report, encoder_s, shared=prefix is not None)
        while not branch.is_over(model, max_new_tokens):
            if len(branch.tokens) % TOKENS_PER_STEP == 1:
                yield len(branch.tokens)
            start = clock(model.device)
            (token,) = _next_tokens(model, branch.cache, [branch])
            branch.add(token, clock(model.device) - start)
    yield branch.outcome(model, None if memory is None else memory.peak_bytes)


def begin(
    model: OpenModel,
    embedded: EmbeddedPrompt,
    configuration: Configuration,
    *,
    max_new_tokens: int,
    seed: int,
    encoder_s: float,
    prefix: Prefix,
) -> Branch:
    """Do what `generate` does up to the first token; `write_together` does the rest."""
    compressor = Compressor(model.model, configuration, embedded.places, seed, prefix)
    with (
        compressor.attached(),
        _writing(model, embedded, max_new_tokens),
    ):
        return _prefill(model, embedded, compressor.report, encoder_s, shared=True)


def write_together(
    model: OpenModel, embedded: EmbeddedPrompt, branches: Sequence[Branch], *, max_new_tokens: int
) -> Iterator[int]:
    """Write the replies of several branches of one prompt until the first is over.

    A token of each at a time: the weights are read once for all of them, and each attends to its own
    cache. Replies may be of different lengths already. Of a step's time each branch is given an equal
    part.

    Yields
    ------
    int
        Now and then how many tokens the first branch has.
    """
    with (
        claimed(model.model, "replies written together"),
        attend_separately(decoder_layers(model.model)),
        _writing(model, embedded, max_new_tokens),
    ):
        cache = side_by_side([branch.cache for branch in branches])
        while not any(branch.is_over(model, max_new_tokens) for branch in branches):
            if len(branches[0].tokens) % TOKENS_PER_STEP == 1:
                yield len(branches[0].tokens)
            start = clock(model.device)
            tokens = _next_tokens(model, cache, branches)
            each_s = (clock(model.device) - start) / len(branches)
            for branch, token in zip(branches, tokens, strict=True):
                branch.add(token, each_s)


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
        claimed(model.model, "a shared prefill"),
        PrefixRecorder(layers, plan, configurations, prefix).attached(),
        _writing(model, embedded, max_new_tokens),
    ):
        _prompt_logits(model, prefix.cache, embedded)
    return prefix


def first_logits(
    model: OpenModel, embedded: EmbeddedPrompt, configuration: Configuration, prefix: Prefix | None = None
) -> Tensor:
    """Logits of the first new token under a configuration, shape (vocabulary,)."""
    cache = _empty_cache(model)
    compressor = Compressor(model.model, configuration, embedded.places, prefix=prefix)
    with compressor.attached(), last_position_logits(model.model):
        return _prompt_logits(model, cache, embedded)


def _prefill(
    model: OpenModel, embedded: EmbeddedPrompt, report: CompressionReport, encoder_s: float, *, shared: bool
) -> Branch:
    cache = _empty_cache(model)
    start = clock(model.device)
    token = int(_prompt_logits(model, cache, embedded).argmax())
    prefill_s = clock(model.device) - start
    kept_bytes = cache_bytes(cache)
    make_room(cache)
    timings = Timings(encoder_s, prefill_s, encoder_s + prefill_s, 0.0, shared)
    return Branch(report, cache, int(embedded.embeddings.shape[1]), [token], timings, kept_bytes)


@contextmanager
def _writing(model: OpenModel, embedded: EmbeddedPrompt, max_new_tokens: int) -> Iterator[None]:
    """The model, ready for a prompt and its longest reply."""
    # Nothing follows the last token of a reply, so the model never reads it.
    tokens_read = int(embedded.embeddings.shape[1]) + max_new_tokens - 1
    with last_position_logits(model.model), model.answering(tokens_read):
        yield


def _empty_cache(model: OpenModel) -> DynamicCache:
    return DynamicCache(config=model.model.config.get_text_config(decoder=True))


def _next_tokens(model: OpenModel, cache: DynamicCache, branches: Sequence[Branch]) -> list[int]:
    ids = torch.tensor([branch.tokens[-1:] for branch in branches], device=model.device)
    places = [model.position_ids(branch.seen + len(branch.tokens) - 1, 1) for branch in branches]
    # The second last dimension is the batch's, whatever axes lead.
    tokens: list[int] = _logits(model, cache, torch.cat(places, dim=-2), input_ids=ids).argmax(-1).tolist()
    return tokens


def _prompt_logits(model: OpenModel, cache: DynamicCache, embedded: EmbeddedPrompt) -> Tensor:
    places = model.position_ids(0, embedded.embeddings.shape[1])
    return _logits(model, cache, places, inputs_embeds=embedded.embeddings, **embedded.more)[0]


@torch.inference_mode()
def _logits(model: OpenModel, cache: DynamicCache, position_ids: Tensor, **inputs: Tensor) -> Tensor:
    """Logits of the last position of each row, (rows, vocabulary)."""
    output = model.model(**inputs, position_ids=position_ids, past_key_values=cache, use_cache=True)
    logits: Tensor = output.logits[:, -1]
    return logits
