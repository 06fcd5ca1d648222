"""One configuration alone on one recording: repeated answers, each timed from hooks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

import psutil
import torch

from amarathon.audio import Audio
from amarathon.compression import Configuration
from amarathon.compression.lora import adapted
from amarathon.compression.seeding import name_of, recording_seed
from amarathon.efficiency.energy import energy_of
from amarathon.efficiency.marks import Mark, mark_forwards
from amarathon.efficiency.records import Memory, Spread
from amarathon.errors import ModelError
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import embed
from amarathon.generation.outcome import Outcome
from amarathon.models.memory import PeakMemory
from amarathon.models.open_model import OpenModel
from amarathon.tasks import Message

STAGES = ("encoder_s", "prefill_s", "first_token_s", "decode_s")


@dataclass(frozen=True)
class MeasurementRequest:
    """One question under one configuration.

    Attributes
    ----------
    audio : Audio
    messages : sequence of Message
    configuration : str
        Canonical name.
    max_new_tokens : int
    seed : int
        Of random methods.
    recording : str, optional
        What names the recording in the seed; by default the SHA-256 of its PCM, as in `sweep`.
    """

    audio: Audio
    messages: Sequence[Message]
    configuration: str
    max_new_tokens: int
    seed: int = 0
    recording: str | None = None


@dataclass(frozen=True)
class MeasuredAnswer:
    """One answer and its cost; seconds by stage."""

    outcome: Outcome
    seconds: dict[str, float]
    cache_bytes: list[int]
    peak_bytes: int


@dataclass(frozen=True)
class Measured:
    """Repeated answers under one configuration.

    Attributes
    ----------
    outcome : Outcome
        Of the last repeat.
    seconds : dict of str to Spread
        ``encoder_s``, ``prefill_s``, ``first_token_s``, ``decode_s``.
    cache_bytes : list of int
        By layer.
    memory : Memory or None
        `None` on a CPU, where it takes a process of its own; see `resident_memory`.
    energy_j : float or None
        Of one answer.
    """

    outcome: Outcome
    seconds: dict[str, Spread]
    cache_bytes: list[int]
    memory: Memory | None
    energy_j: float | None


def answer_once(model: OpenModel, request: MeasurementRequest) -> MeasuredAnswer:
    """Answer one question alone, from the recording to the last token.

    Raises
    ------
    AmarathonError
        If the model cannot take the recording, or the configuration does not fit either of them.
    """
    configuration = Configuration.parse(request.configuration)
    model.check_audio(request.audio)
    with adapted(model, configuration.pooling):
        return _answer(model, request, configuration)


def _answer(model: OpenModel, request: MeasurementRequest, configuration: Configuration) -> MeasuredAnswer:
    device = model.device
    with PeakMemory(device) as before_decoder:
        start = Mark.now(device)
        prompt = model.prompt(request.audio, request.messages)
        encoded = torch.cat([part for _, part in model.encode_parts(prompt)])
        encoder_end = Mark.now(device)
        embedded = embed(model, prompt, encoded, configuration.pooling)
    seed = recording_seed(request.seed, name_of(request.audio, request.recording))
    with mark_forwards(model.model, device) as marks:
        decoder = GreedyDecoder(model, embedded, request.max_new_tokens, seed)
        *_, outcome = decoder.generate(configuration)
        end = Mark.now(device)
    assert isinstance(outcome, Outcome)
    assert outcome.peak_bytes is not None  # only shared prefills have none
    # The first token is read from the device before the next forward starts.
    first_token = marks.starts[1] if len(marks.starts) > 1 else end
    seconds = {
        "encoder_s": start.seconds_until(encoder_end),
        "prefill_s": marks.starts[0].seconds_until(marks.ends[0]),
        "first_token_s": start.seconds_until(first_token),
        "decode_s": first_token.seconds_until(end),
    }
    peak = max(before_decoder.peak_bytes, outcome.peak_bytes)
    return MeasuredAnswer(outcome, seconds, marks.cache_bytes, peak)


def measure(model: OpenModel, request: MeasurementRequest, *, warm_up: int = 1, repeats: int = 5) -> Measured:
    """Answer a question several times and summarise what each took.

    Parameters
    ----------
    model : OpenModel
    request : MeasurementRequest
    warm_up : int
        Answers that do not count: the first of a process can take twice as long.
    repeats : int

    Raises
    ------
    AmarathonError
        See `answer_once`.
    """
    idle = _allocated(model.device)
    for _ in range(warm_up):
        answer_once(model, request)
    with energy_of(model.device) as meter:
        answers = [answer_once(model, request) for _ in range(repeats)]
    memory = None
    if model.device.type == "cuda":
        peak = max(answer.peak_bytes for answer in answers)
        memory = Memory(kind="allocated", peak_bytes=peak, idle_bytes=idle)
    return Measured(
        outcome=answers[-1].outcome,
        seconds={stage: Spread.of([answer.seconds[stage] for answer in answers]) for stage in STAGES},
        cache_bytes=answers[-1].cache_bytes,
        memory=memory,
        energy_j=None if meter.joules is None else meter.joules / repeats,
    )


def _allocated(device: torch.device) -> int:
    return int(torch.cuda.memory_allocated(device)) if device.type == "cuda" else 0


def resident_memory(load: Callable[[], OpenModel], request: MeasurementRequest) -> Memory:
    """Peak resident set of a fresh process that loads a model and answers once.

    Parameters
    ----------
    load : callable
        Goes to that process by pickle, so a plain function or a `functools.partial` of one.
    request : MeasurementRequest

    Raises
    ------
    AmarathonError
        See `answer_once`.
    ModelError
        If the process ends without an answer, as it does when memory runs out.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(_resident_memory, load, request, torch.get_num_threads()).result()
        except BrokenProcessPool as error:
            raise ModelError(
                f"The process that measured {request.configuration} ended; memory may have run out."
            ) from error


def _resident_memory(load: Callable[[], OpenModel], request: MeasurementRequest, threads: int) -> Memory:
    torch.set_num_threads(threads)
    model = load()
    idle = int(psutil.Process().memory_info().rss)
    return Memory(kind="resident", peak_bytes=answer_once(model, request).peak_bytes, idle_bytes=idle)
