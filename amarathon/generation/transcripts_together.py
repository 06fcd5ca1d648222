"""Transcripts of several configurations, whose decoder steps are one batch.

Each is written by transformers' own ``generate``, with windows of its own, in a thread and on a model of its
own that shares the weights. One thread works at a time. When all wait for the logits of their next token, the
steps of all are computed at once: the weights are read once for all, and each attends to its own cache.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from functools import wraps
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import EncoderDecoderCache
from transformers.modeling_outputs import Seq2SeqLMOutput

from amarathon.compression.attention_hooks import attend_separately
from amarathon.compression.caches import make_room, several_side_by_side
from amarathon.compression.target import claimed, replaced, uncompiled
from amarathon.errors import AmarathonError
from amarathon.generation.decoding import clock
from amarathon.generation.outcome import Outcome
from amarathon.models.memory import memory_errors
from amarathon.models.twins import twin
from amarathon.models.whisper import Whisper

# What keys and values of encoder rows may take in all transcripts that are written at a time: enough for the
# paper's grid with tiny.en in single precision, and for four configurations with large-v3 in half precision.
CACHES_BYTES = 1 << 30


class LeftError(Exception):
    """No caller waits for the reply any more."""


class Writer:
    """One transcript, in a thread that works only inside `proceed`.

    Parameters
    ----------
    model : Whisper
        With weights that others may use, but a module of its own.

    Attributes
    ----------
    request : tuple of (Tensor, EncoderDecoderCache) or None
        A token of shape (1, 1) to be read behind a cache, if it waits for logits.
    result : Outcome or BaseException or None
        How it ended.
    """

    def __init__(self, model: Whisper):
        self.model = model
        self.request: tuple[Tensor, EncoderDecoderCache] | None = None
        self.result: Outcome | BaseException | None = None
        self._logits: Tensor | BaseException | None = None
        self._left = False
        self._go, self._pause = threading.Semaphore(0), threading.Semaphore(0)
        # Second attempts at a window sample: each transcript draws as if it were alone.
        self._random = _random_states(model.device)
        self._spent_s, self._since = 0.0, 0.0
        self._thread = threading.Thread(target=lambda: None)

    def start(self, work: Callable[["Writer"], Outcome]) -> None:
        """Let `work` begin at the next `proceed`."""

        def run() -> None:
            self._go.acquire()
            try:
                with replaced(self.model.model, "forward", self._waiting(self.model.model.forward)):
                    self.result = work(self)
            except BaseException as error:  # noqa: BLE001 - for whoever reads the result
                self.result = error
            self._pause.release()

        self._thread = threading.Thread(target=run, name="transcript", daemon=True)
        self._thread.start()

    def proceed(self, logits: Tensor | BaseException | None = None, share_s: float = 0.0) -> None:
        """Work until the next logits are needed, or the end.

        Parameters
        ----------
        logits : Tensor of shape (1, 1, vocabulary) or BaseException, optional
            What was requested, or why there is none.
        share_s : float
            Its part of what they took.
        """
        device = self.model.device
        self.request, self._logits = None, logits
        before = _random_states(device)
        _set_random_states(device, self._random)
        self._spent_s, self._since = self._spent_s + share_s, clock(device)
        self._go.release()
        self._pause.acquire()
        self._spent_s += clock(device) - self._since
        self._random = _random_states(device)
        _set_random_states(device, before)

    def leave(self) -> None:
        """End it where it is."""
        self._left = True
        if self.result is None:
            self.proceed()
        self._thread.join()

    def clock(self) -> float:
        """Seconds of its own work so far; for the work itself."""
        return self._spent_s + clock(self.model.device) - self._since

    def _waiting(self, forward: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(forward)
        def ask(*args: Any, **kwargs: Any) -> Any:
            ids, cache = kwargs.get("decoder_input_ids"), kwargs.get("past_key_values")
            if self._left:
                raise LeftError
            if ids is None or ids.shape[1] != 1 or not _is_begun(cache):
                return forward(*args, **kwargs)
            self.request = ids, cache
            self._pause.release()
            self._go.acquire()
            if self._left:
                raise LeftError
            if isinstance(self._logits, BaseException):
                raise self._logits
            return Seq2SeqLMOutput(logits=self._logits, past_key_values=cache)

        return ask


def _is_begun(cache: Any) -> bool:
    return isinstance(cache, EncoderDecoderCache) and any(cache.is_updated.values())


def write_all(
    model: Whisper, works: Sequence[Callable[[Writer], Outcome]]
) -> Generator[tuple[int, Outcome | BaseException] | None, None, None]:
    """Do several transcripts' work, as many at a time as `CACHES_BYTES` allow.

    Parameters
    ----------
    model : Whisper
    works : sequence of callable
        Each writes a transcript with its writer's model, and is begun in this order.

    Yields
    ------
    (int, Outcome or BaseException) or None
        Which work ended, and how; None behind each step of all.
    """
    waiting = list(enumerate(works))
    idle = [Writer(twin(model)) for _ in works[: _most_together(model)]]
    writing: dict[int, Writer] = {}
    with claimed(model.model, "transcripts written together"), uncompiled():
        try:
            while waiting or writing:
                while waiting and idle:
                    number, work = waiting.pop(0)
                    writing[number] = idle.pop()
                    writing[number].start(work)
                    writing[number].proceed()
                    yield None
                for number in [number for number, writer in writing.items() if writer.result is not None]:
                    writer = writing.pop(number)
                    writer.leave()
                    idle.append(Writer(writer.model))
                    yield number, _result(writer)
                if waiting and idle:
                    continue
                _step(model, list(writing.values()))
                yield None
        finally:
            for writer in writing.values():
                writer.leave()


def _most_together(model: Whisper) -> int:
    config = model.model.config
    rows = config.decoder_layers * config.max_source_positions
    return max(1, CACHES_BYTES // int(2 * rows * config.d_model * model.model.dtype.itemsize))


def _result(writer: Writer) -> Outcome | BaseException:
    if writer.result is None:
        raise RuntimeError("a transcript that has not ended has no result")
    return writer.result


def _step(model: Whisper, writers: Sequence[Writer]) -> None:
    """Compute the next logits of all, and let each go on with its own."""
    start = clock(model.device)
    logits: Sequence[Tensor | BaseException]
    try:
        with memory_errors(f"write {len(writers)} transcripts together"):
            logits = _logits(model, [writer.request for writer in writers if writer.request is not None])
    except AmarathonError as error:
        logits = [error] * len(writers)
    each_s = (clock(model.device) - start) / max(1, len(writers))
    for writer, own in zip(writers, logits, strict=True):
        writer.proceed(own, each_s)


@torch.inference_mode()
def _logits(model: Whisper, requests: Sequence[tuple[Tensor, EncoderDecoderCache]]) -> Sequence[Tensor]:
    """Logits of the token behind each, (1, 1, vocabulary)."""
    if not requests:
        return []
    decoder = model.model.get_decoder()
    for _, cache in requests:
        make_room(cache.self_attention_cache)
    caches = [cache for _, cache in requests]
    seen = [[cache.self_attention_cache.get_seq_length()] for cache in caches]
    ids = torch.cat([token for token, _ in requests])
    with attend_separately(decoder.layers):
        states = decoder(
            input_ids=ids,
            position_ids=torch.tensor(seen, device=ids.device),
            # Each row's rows are in its cache; that there are some is all that is asked of this.
            encoder_hidden_states=model.model.get_input_embeddings()(ids),
            past_key_values=several_side_by_side(caches),
            use_cache=True,
        ).last_hidden_state
    return list(model.model.get_output_embeddings()(states).split(1))


def _random_states(device: torch.device) -> list[Tensor]:
    states = [torch.get_rng_state()]
    if device.type != "cpu":
        states.append(torch.get_device_module(device).get_rng_state(device))
    return states


def _set_random_states(device: torch.device, states: Sequence[Tensor]) -> None:
    torch.set_rng_state(states[0])
    if device.type != "cpu":
        torch.get_device_module(device).set_rng_state(states[1], device)
