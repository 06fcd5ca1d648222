"""Transcripts under several configurations, from a model that reads a recording in windows.

The loop is transformers' own ``generate``, with its rules for time stamps, thresholds and second attempts;
a test holds the two equal. It runs in a thread, so that what is written can be shown, and stopped, while it
goes on. The encoder's rows of a window are kept for the configurations that come to the same window.
"""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

import torch
from transformers import StoppingCriteria, StoppingCriteriaList

from amarathon.compression import Configuration
from amarathon.compression.cross_attention import CrossCompressor
from amarathon.errors import AmarathonError
from amarathon.generation.decoding import clock
from amarathon.generation.encoded_windows import EncodedWindows, Times, watched
from amarathon.generation.intervals import Intervals
from amarathon.generation.outcome import Outcome, Timings, Written
from amarathon.generation.quick_rules import quick_rules
from amarathon.generation.transcripts_together import LeftError, Writer, write_all
from amarathon.generation.unsure_windows import checked_windows, unsure_spans
from amarathon.generation.window_texts import WindowTexts
from amarathon.models.memory import PeakMemory, memory_errors
from amarathon.models.open_model import Prompt
from amarathon.models.twins import can_be_twinned
from amarathon.models.whisper import Whisper


@dataclass(frozen=True)
class _TranscriptRequest:
    """One call of `transcribe`."""

    model: Whisper
    prompt: Prompt
    configuration: Configuration
    encoded: EncodedWindows
    max_new_tokens: int
    seed: int
    shared: bool


def transcribe(
    model: Whisper,
    prompt: Prompt,
    configuration: Configuration,
    encoded: EncodedWindows,
    *,
    max_new_tokens: int,
    seed: int,
    shared: bool = False,
) -> Generator[Written | Outcome, None, None]:
    """Transcribe a recording under one configuration.

    Parameters
    ----------
    model : Whisper
    prompt : Prompt
    configuration : Configuration
    encoded : EncodedWindows
        Of this recording.
    max_new_tokens : int
        A longer transcript is cut there.
    seed : int
        Of random methods, and of second attempts at a window, which sample.
    shared : bool
        How the times are marked.

    Yields
    ------
    Written or Outcome
        Now and then what is written; the outcome at the end. Nothing is computed while this waits to be
        asked for more.

    Raises
    ------
    AmarathonError
        If the configuration does not fit the model.
    """
    events: SimpleQueue[Written | Outcome | BaseException] = SimpleQueue()
    stop, asked, waited = threading.Event(), threading.Semaphore(0), [0.0]
    request = _TranscriptRequest(model, prompt, configuration, encoded, max_new_tokens, seed, shared)

    def seconds() -> float:
        return clock(model.device) - waited[0]

    def tell(written: Written) -> None:
        events.put(written)
        before = clock(model.device)
        asked.acquire()
        waited[0] += clock(model.device) - before

    def work() -> None:
        try:
            events.put(_transcript(request, model, tell, seconds, stop))
        except LeftError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            events.put(error)

    thread = threading.Thread(target=work, name="transcript", daemon=True)
    thread.start()
    try:
        while True:
            event = events.get()
            if isinstance(event, BaseException):
                raise event
            yield event
            if isinstance(event, Outcome):
                return
            asked.release()
    finally:
        stop.set()
        asked.release()
        thread.join()


def _transcript(
    request: _TranscriptRequest,
    model: Whisper,
    on_tokens: Callable[[Written], None],
    seconds: Callable[[], float],
    stop: threading.Event,
) -> Outcome:
    """Write a transcript with `model`; `seconds` is the clock by which its work is timed."""
    prompt = request.prompt
    compressor = CrossCompressor(model.model, request.configuration, request.seed, prompt.duration_s)
    times, start = Times(), seconds()
    texts = WindowTexts(model, lambda: compressor.window_start)
    watching = StoppingCriteriaList([_Watching(on_tokens, stop, times, start, seconds, texts)])
    with (
        memory_errors(f"answer under {request.configuration.name}"),
        nullcontext() if request.shared else PeakMemory(model.device) as memory,
        torch.inference_mode(),
        torch.random.fork_rng(),
        compressor.attached() as report,
        watched(model, compressor, request.encoded, times, seconds),
        quick_rules(model.model),
        checked_windows(model.model, lambda: compressor.window_start) as failed,
    ):
        torch.manual_seed(request.seed)
        written = model.model.generate(**model.forward_inputs(prompt), stopping_criteria=watching)
        whole_s = seconds() - start
    tokens = [token for token in written[0].tolist() if token not in model.stop_token_ids]
    first_s = times.first_token_s if times.first_token_s is not None else whole_s
    decode_s = max(0.0, whole_s - times.encoder_now_s - times.prefill_s)
    return Outcome(
        configuration=report.configuration,
        reply=model.text(tokens[: request.max_new_tokens]),
        new_tokens=min(len(tokens), request.max_new_tokens),
        audio_tokens=report.audio_tokens,
        kept_tokens=report.kept_tokens,
        kept_indices=tuple(report.kept_indices),
        kept_spans=tuple(report.kept_spans),
        kept_map=tuple(tuple(row) for row in report.kept_map),
        attention_curve=tuple(report.attention_curve),
        timings=Timings(times.encoder_s, times.prefill_s, first_s, decode_s, request.shared),
        peak_bytes=None if memory is None else memory.peak_bytes,
        cache_bytes=report.cache_bytes,
        unsure_spans=unsure_spans(failed, model, prompt.duration_s),
    )


class _Watching(StoppingCriteria):
    """Reports what is written, and stops once no caller waits."""

    def __init__(
        self,
        on_tokens: Callable[[Written], None],
        stop: threading.Event,
        times: Times,
        start: float,
        seconds: Callable[[], float],
        texts: WindowTexts,
    ):
        self._on_tokens, self._stop, self._times = on_tokens, stop, times
        self._start, self._seconds, self._texts = start, seconds, texts
        self._tokens, self._intervals = 0, Intervals()

    def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
        self._look()
        if self._times.first_token_s is None:
            self._times.first_token_s = self._seconds() - self._start + self._times.encoder_before_s
        self._tokens += 1
        if self._intervals.passed():
            self._on_tokens(Written(self._tokens, self._texts.with_window(input_ids[0].tolist())))
            self._look()
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)

    def _look(self) -> None:
        if self._stop.is_set():
            raise LeftError


def transcribe_all(
    model: Whisper,
    prompt: Prompt,
    configurations: Sequence[Configuration],
    *,
    max_new_tokens: int,
    seed: int,
    shared: bool,
) -> Iterator[tuple[Configuration, Written | Outcome]]:
    """Write all transcripts: with `shared`, some at a time, in the order in which they end.

    A configuration that fails gives an outcome with its error, and the others go on.
    """
    encoded = EncodedWindows()
    if shared and can_be_twinned(model):
        requests = [
            _TranscriptRequest(model, prompt, configuration, encoded, max_new_tokens, seed, shared)
            for configuration in configurations
        ]
        yield from _together(model, requests)
        return
    for configuration in configurations:
        try:
            for event in transcribe(
                model, prompt, configuration, encoded, max_new_tokens=max_new_tokens, seed=seed, shared=shared
            ):
                yield configuration, event
        except AmarathonError as error:
            yield configuration, Outcome(configuration.name, error=str(error))


def _together(
    model: Whisper, requests: Sequence[_TranscriptRequest]
) -> Iterator[tuple[Configuration, Written | Outcome]]:
    events: SimpleQueue[tuple[Configuration, Written]] = SimpleQueue()
    never = threading.Event()  # `write_all` itself ends the writers once no caller waits

    def work(request: _TranscriptRequest, writer: Writer) -> Outcome:
        return _transcript(
            request,
            writer.model,
            lambda written: events.put((request.configuration, written)),
            writer.clock,
            never,
        )

    for event in write_all(model, [partial(work, request) for request in requests]):
        while not events.empty():
            yield events.get()
        if event is None:
            continue
        number, result = event
        configuration = requests[number].configuration
        if isinstance(result, AmarathonError):
            result = Outcome(configuration.name, error=str(result))
        if isinstance(result, BaseException):
            raise result
        yield configuration, result
