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
from amarathon.compression.attention_hooks import attend_separately
from amarathon.compression.caches import cache_bytes, make_room, side_by_side
from amarathon.compression.compressor import Compressor
from amarathon.compression.hooks import decoder_layers, last_position_logits
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.prefix import Prefix, PrefixRecorder
from amarathon.compression.report import CompressionReport
from amarathon.compression.target import claimed
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.generation.intervals import Intervals
from amarathon.generation.outcome import Outcome, Timings, Written
from amarathon.models.memory import PeakMemory
from amarathon.models.open_model import OpenModel


def clock(device: torch.device) -> float:
    """Seconds, after all work queued on `device` is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def probabilities_of(logits: Tensor, tokens: Sequence[int]) -> tuple[float, ...]:
    """The probabilities of some tokens of the vocabulary, from logits of shape (vocabulary,)."""
    if not tokens:
        return ()
    found: list[float] = logits.float().softmax(-1)[list(tokens)].tolist()
    return tuple(found)


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
    option_probabilities : tuple of float
        See `Outcome`.
    """

    report: CompressionReport
    cache: DynamicCache
    seen: int
    tokens: list[int]
    timings: Timings
    kept_bytes: int
    option_probabilities: tuple[float, ...] = ()

    def add(self, token: int, seconds: float) -> None:
        """Note another token, and what it took."""
        self.tokens.append(token)
        self.timings = replace(self.timings, decode_s=(self.timings.decode_s or 0.0) + seconds)

    def written(self, model: OpenModel) -> Written:
        """The reply so far, to be shown; a character may still lack its last bytes."""
        return Written(len(self.tokens), model.text(self.tokens).rstrip("\ufffd"))

    def outcome(self, model: OpenModel, peak_bytes: int | None = None) -> Outcome:
        """The answer as far as it is written."""
        report = self.report
        return Outcome(
            configuration=report.configuration,
            reply=model.text(self.tokens),
            new_tokens=len(self.tokens),
            prompt_tokens=report.prompt_tokens,
            audio_tokens=report.audio_tokens,
            kept_tokens=report.kept_tokens,
            kept_indices=tuple(report.kept_indices),
            kept_spans=tuple(report.kept_spans),
            kept_map=tuple(tuple(row) for row in report.kept_map),
            attention_curve=tuple(report.attention_curve),
            timings=self.timings,
            peak_bytes=peak_bytes,
            cache_bytes=self.kept_bytes,
            option_probabilities=self.option_probabilities,
        )


@dataclass(frozen=True)
class GreedyDecoder:
    """One embedded prompt, answered by a model under one configuration after the other.

    Attributes
    ----------
    model : OpenModel
    embedded : EmbeddedPrompt
        From `embed`, after the configurations' pooling if they have one.
    max_new_tokens : int
        Longest reply.
    seed : int
        Of random methods.
    encoder_s : float
        What features and encoder took; part of the time to first token.
    options : tuple of int
        Tokens of the letters that a reply chooses from.
    """

    model: OpenModel
    embedded: EmbeddedPrompt
    max_new_tokens: int = 1
    seed: int = 0
    encoder_s: float = 0.0
    options: tuple[int, ...] = ()

    def generate(
        self, configuration: Configuration, prefix: Prefix | None = None
    ) -> Iterator[Written | Outcome]:
        """Answer under one configuration.

        Parameters
        ----------
        configuration : Configuration
        prefix : Prefix, optional
            From `shared_prefix`. The times are then those of the rest alone, and are marked shared.

        Yields
        ------
        Written or Outcome
            Now and then what is written; the outcome at the end.
        """
        compressor = self._compressor(configuration, prefix)
        with (
            PeakMemory(self.model.device) if prefix is None else nullcontext() as memory,
            compressor.attached(),
            self._ready(),
        ):
            branch, intervals = self._prefill(compressor.report, shared=prefix is not None), Intervals()
            while not self.is_over(branch):
                if intervals.passed():
                    yield branch.written(self.model)
                start = clock(self.model.device)
                (token,) = self._next_tokens(branch.cache, [branch])
                branch.add(token, clock(self.model.device) - start)
        yield branch.outcome(self.model, None if memory is None else memory.peak_bytes)

    def begin(self, configuration: Configuration, prefix: Prefix) -> Branch:
        """Do what `generate` does up to the first token; `write_together` does the rest."""
        compressor = self._compressor(configuration, prefix)
        with compressor.attached(), self._ready():
            return self._prefill(compressor.report, shared=True)

    def write_together(self, branches: Sequence[Branch]) -> Iterator[Written]:
        """Write the replies of several branches until the first is over.

        A token of each at a time: the weights are read once for all of them, and each attends to its own
        cache. Replies may be of different lengths already. A step's time is divided equally among the
        branches.

        Yields
        ------
        Written
            Now and then what is written of the first branch.
        """
        with (
            claimed(self.model.model, "replies written together"),
            attend_separately(decoder_layers(self.model.model)),
            self._ready(),
        ):
            cache, intervals = side_by_side([branch.cache for branch in branches]), Intervals()
            while not any(self.is_over(branch) for branch in branches):
                if intervals.passed():
                    yield branches[0].written(self.model)
                start = clock(self.model.device)
                tokens = self._next_tokens(cache, branches)
                share_s = (clock(self.model.device) - start) / len(branches)
                for branch, token in zip(branches, tokens, strict=True):
                    branch.add(token, share_s)

    def shared_prefix(self, configurations: Sequence[Configuration]) -> Prefix:
        """Run the prompt through the decoder layers once, for all `configurations` to continue from."""
        prefix = Prefix(self._empty_cache())
        layers, plan = decoder_layers(self.model.model), LayerPlan.of(self.model.model.config)
        with (
            claimed(self.model.model, "a shared prefill"),
            PrefixRecorder(layers, plan, configurations, prefix).attached(),
            self._ready(),
        ):
            self._prompt_logits(prefix.cache)
        return prefix

    def first_logits(self, configuration: Configuration, prefix: Prefix | None = None) -> Tensor:
        """Logits of the first new token under a configuration, shape (vocabulary,)."""
        cache = self._empty_cache()
        with self._compressor(configuration, prefix).attached(), self._ready():
            return self._prompt_logits(cache)

    def is_over(self, branch: Branch) -> bool:
        """Whether a branch's reply is at its end."""
        return branch.tokens[-1] in self.model.stop_token_ids or len(branch.tokens) >= self.max_new_tokens

    @property
    def _length(self) -> int:
        """Tokens of the prompt."""
        return int(self.embedded.embeddings.shape[1])

    def _compressor(self, configuration: Configuration, prefix: Prefix | None) -> Compressor:
        audio_positions = self.embedded.audio_positions
        return Compressor(self.model.model, configuration, audio_positions, self.seed, prefix)

    @contextmanager
    def _ready(self) -> Iterator[None]:
        """The model, ready for the prompt and its longest reply."""
        # Nothing follows the last token of a reply, so the model never reads it.
        tokens_read = self._length + self.max_new_tokens - 1
        with last_position_logits(self.model.model), self.model.prepared_for(tokens_read):
            yield

    def _prefill(self, report: CompressionReport, *, shared: bool) -> Branch:
        cache = self._empty_cache()
        start = clock(self.model.device)
        logits = self._prompt_logits(cache)
        token = int(logits.argmax())
        prefill_s = clock(self.model.device) - start
        kept_bytes = cache_bytes(cache)
        make_room(cache)
        timings = Timings(self.encoder_s, prefill_s, self.encoder_s + prefill_s, 0.0, shared)
        letters = probabilities_of(logits, self.options)
        return Branch(report, cache, self._length, [token], timings, kept_bytes, letters)

    def _empty_cache(self) -> DynamicCache:
        return DynamicCache(config=self.model.model.config.get_text_config(decoder=True))

    def _next_tokens(self, cache: DynamicCache, branches: Sequence[Branch]) -> list[int]:
        ids = torch.tensor([branch.tokens[-1:] for branch in branches], device=self.model.device)
        positions = [self.model.position_ids(branch.seen + len(branch.tokens) - 1, 1) for branch in branches]
        # The second last dimension is the batch's, whatever axes lead.
        logits = self._logits(cache, torch.cat(positions, dim=-2), input_ids=ids)
        tokens: list[int] = logits.argmax(-1).tolist()
        return tokens

    def _prompt_logits(self, cache: DynamicCache) -> Tensor:
        positions = self.model.position_ids(0, self._length)
        inputs = {"inputs_embeds": self.embedded.embeddings, **self.embedded.extra_inputs}
        return self._logits(cache, positions, **inputs)[0]

    @torch.inference_mode()
    def _logits(self, cache: DynamicCache, position_ids: Tensor, **inputs: Tensor) -> Tensor:
        """Logits of the last position of each row, (rows, vocabulary)."""
        output = self.model.model(**inputs, position_ids=position_ids, past_key_values=cache, use_cache=True)
        logits: Tensor = output.logits[:, -1]
        return logits
