"""How long a comparison takes and how much memory, before it begins and while it runs."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from amarathon.compression import Configuration
from amarathon.efficiency.flops import DecoderShape
from amarathon.generation.outcome import Outcome
from amarathon.tasks import TASKS
from live_demo.costs import MOST_KEPT, Cost, Costs, Measurement, guessed
from live_demo.question import FREE, Ask

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel

# What a machine does before it was measured: operations and bytes of memory a second, of a CPU's thread and
# of a GPU. A few threads share one memory.
OPERATIONS_S = {"cpu": 3e10, "cuda": 2e13}
BYTES_S = {"cpu": 1e10, "cuda": 5e11}
# Reading the recording, writing the answers, and half the time between two looks of whoever waits.
BESIDE = Cost(0.4, 0.2, 0.8, MOST_KEPT)
# Words a second of talk are about 2.5, with about 1.3 tokens each.
SPOKEN_TOKENS_S = 3.3
LETTER_TOKENS = 3.0
# Two sentences: what most answers to a question come to, far below any limit.
FREE_TOKENS = 60.0
# Roughly: a token of English text has four letters; a chat's own marks come beside them.
LETTERS_EACH, CHAT_TOKENS = 4, 20


@dataclass(frozen=True)
class ModelFacts:
    """What of a loaded model the arithmetic needs.

    Attributes
    ----------
    shape : DecoderShape
    tokens_per_second : float
    weights_bytes, itemsize : int
    device : str
    in_windows : bool
        It reads a recording window by window.
    piece_s : float or None
        Seconds that the encoder is given at a time, filled up with silence; None where it is what there is.
    """

    shape: DecoderShape
    tokens_per_second: float
    weights_bytes: int
    itemsize: int
    device: str
    in_windows: bool
    piece_s: float | None = None

    def encoded_s(self, audio_s: float) -> float:
        """Seconds that the encoder reads of so much audio."""
        return audio_s if self.piece_s is None else math.ceil(audio_s / self.piece_s) * self.piece_s

    @classmethod
    def of(cls, model: "OpenModel") -> "ModelFacts":
        """Look at a model."""
        size = sum(weight.numel() * weight.element_size() for weight in model.model.parameters())
        return cls(
            DecoderShape.of(model.model.config),
            model.tokens_per_second,
            size,
            model.model.dtype.itemsize,
            model.device.type,
            model.family.reads_by == "cross-attention",
            model.piece_s,
        )


@dataclass(frozen=True)
class ConfigurationCost:
    """What one configuration is expected to take.

    Attributes
    ----------
    prefill, token : Cost
        Seconds of its prefill, and of each further token.
    tokens : float
        Expected length of the reply.
    """

    prefill: Cost
    token: Cost
    tokens: float

    @property
    def whole(self) -> Cost:
        """Seconds of both."""
        return self.prefill + self.token * max(self.tokens - 1, 0.0)


@dataclass(frozen=True)
class Estimate:
    """What a comparison is expected to take.

    Attributes
    ----------
    seconds, first_row, memory : Cost
        Of all configurations and repeats; until the first is answered; bytes.
    longest_s : float
        If every reply reaches the limit.
    """

    seconds: Cost
    first_row: Cost
    memory: Cost
    longest_s: float

    def described(self) -> dict[str, Any]:
        """For a page or a program."""
        return {
            **{name: asdict(getattr(self, name)) for name in ("seconds", "first_row", "memory")},
            "longest_s": self.longest_s,
            "measured": min(self.seconds.count, self.first_row.count) > 0,
        }


class Expectation:
    """What one comparison is expected to take; what it does corrects that.

    Parameters
    ----------
    ask : Ask
    audio_s : float
    facts : ModelFacts
    costs : Costs
    """

    def __init__(self, ask: Ask, audio_s: float, facts: ModelFacts, costs: Costs):
        self._ask, self._audio_s, self.facts, self._costs = ask, audio_s, facts, costs
        self._text_tokens = CHAT_TOKENS + sum(
            len(part.get("text", "")) // LETTERS_EACH
            for message in ask.messages()
            for part in message["content"]
        )
        self.audio_tokens = round(audio_s * facts.tokens_per_second)
        self.encoder = self._encoder()
        parsed = [Configuration.parse(name) for name in ask.configurations]
        self.each = {one.name: self._configuration(one) for one in parsed}

    def estimate(self) -> Estimate:
        """Before the start."""
        one_pass, longest = self.encoder, self.encoder
        for each in self.each.values():
            one_pass += each.whole
            longest += replace(each, tokens=float(self._ask.max_new_tokens)).whole
        first = next(iter(self.each.values()))
        return Estimate(
            one_pass * self._ask.repeats + BESIDE,
            self.encoder + first.whole + BESIDE,
            self._memory(),
            (longest * self._ask.repeats + BESIDE).high,
        )

    def _encoder(self) -> Cost:
        encoded_s = self.facts.encoded_s(self._audio_s)
        found = self._costs.of("encoder", encoded_s)
        if found is not None:
            return found * encoded_s
        # An encoder is about a fifth of a model's weights, and has four frames for each token.
        weights = self.facts.weights_bytes / self.facts.itemsize / 5
        frames = 4 * max(self.audio_tokens, 50 * self._audio_s if self.facts.in_windows else 0)
        return guessed(2 * weights * frames / OPERATIONS_S.get(self.facts.device, 3e10))

    def _operations(
        self, configuration: Configuration, text_tokens: int, audio_tokens: int, kept: int | None = None
    ) -> float:
        """Of a configuration's prefill; of a model that reads by windows, of the rows that are projected."""
        shape = self.facts.shape
        layers = shape.tokens_by_layer(configuration, text_tokens, audio_tokens, kept)
        if self.facts.in_windows:
            return shape.keys_and_values(layers)
        return shape.prefill(layers)

    def operations_of(self, outcome: Outcome) -> float | None:
        """Of the prefill that an outcome comes from; None where it did not come to one."""
        if outcome.error is not None or not outcome.audio_tokens:
            return None
        configuration = Configuration.parse(outcome.configuration)
        # Pooled audio stands in the prompt; pruned audio stood in it before.
        read = (
            outcome.kept_tokens
            if configuration.pooling and not configuration.pruning
            else outcome.audio_tokens
        )
        text = max(outcome.prompt_tokens - read, 0)
        # Windows overlap, so that their rows may be more than the recording's.
        return self._operations(configuration, text, outcome.audio_tokens, outcome.kept_tokens)

    def _configuration(self, configuration: Configuration) -> ConfigurationCost:
        operations = self._operations(configuration, self._text_tokens, self.audio_tokens)
        stages = _stages(configuration)
        found = self._costs.of("prefill", operations, stages)
        speed = OPERATIONS_S.get(self.facts.device, 3e10)
        prefill = guessed(operations / speed) if found is None else found * operations
        token = self._costs.of("token", self.audio_tokens + self._text_tokens, stages)
        if token is None:
            token = guessed(self.facts.weights_bytes / BYTES_S.get(self.facts.device, 1e10) + 1e-3)
        return ConfigurationCost(prefill, token, self.tokens)

    @property
    def tokens(self) -> float:
        """Expected length of a reply."""
        unit = reply_unit(self._ask.task, self._audio_s)
        found = self._costs.of("reply", self._audio_s, self._ask.task)
        # One that is written window by window is cut when it is whole.
        limit = math.inf if self.facts.in_windows else float(self._ask.max_new_tokens)
        if found is not None:
            return min(limit, found.value * unit)
        if self._ask.task == FREE:
            return min(limit / 2, FREE_TOKENS)
        if TASKS[self._ask.task].is_multiple_choice:
            return min(limit, LETTER_TOKENS)
        return min(limit, SPOKEN_TOKENS_S * self._audio_s + LETTER_TOKENS)

    def _memory(self) -> Cost:
        tokens = self.audio_tokens + self._text_tokens
        found = self._costs.of("memory", tokens)
        if found is not None:
            return found
        cache = self.facts.shape.cache_bytes(tokens + self._ask.max_new_tokens, self.facts.itemsize)
        program = 8e8 if self.facts.device == "cpu" else 0.0
        # Keys and values, and about as much again for the states of the layer at work.
        return guessed(self.facts.weights_bytes + program + 2 * cache)


def _stages(configuration: Configuration) -> str:
    """What tells configurations apart by the work that they make beside the model's own."""
    return "+".join(sorted({step.stage for step in configuration.steps}))


def reply_unit(task: str, audio_s: float) -> float:
    """What a reply's length is counted by: a transcript's by seconds of audio, any other's by itself."""
    grows = task in TASKS and not TASKS[task].is_multiple_choice
    return audio_s if grows else 1.0


def measured(
    expectation: Expectation, ask: Ask, audio_s: float, outcomes: Sequence[Outcome]
) -> list[Measurement]:
    """What the outcomes of a comparison teach about the next."""
    found: list[Measurement] = []
    for number, outcome in enumerate(outcomes):
        timings = outcome.timings
        if outcome.error is not None:
            continue
        if number == 0 and timings.encoder_s:
            encoded_s = expectation.facts.encoded_s(audio_s)
            found.append(Measurement(kind="encoder", size=encoded_s, value=timings.encoder_s / encoded_s))
        operations = expectation.operations_of(outcome)
        stages = _stages(Configuration.parse(outcome.configuration))
        if timings.prefill_s and operations:
            value = timings.prefill_s / operations
            found.append(Measurement(kind="prefill", size=operations, value=value, name=stages))
        prompt = outcome.prompt_tokens or outcome.audio_tokens
        cut_off = outcome.new_tokens >= ask.max_new_tokens
        # Of a transcript that was cut when it was whole, nobody knows how many tokens were written.
        if (
            timings.decode_s
            and outcome.new_tokens > 1
            and prompt
            and not (cut_off and expectation.facts.in_windows)
        ):
            value = timings.decode_s / (outcome.new_tokens - 1)
            found.append(Measurement(kind="token", size=prompt, value=value, name=stages))
        value = outcome.new_tokens / reply_unit(ask.task, audio_s)
        # One that was cut off would have been longer: it teaches something where it is longer than expected.
        if outcome.new_tokens and (not cut_off or outcome.new_tokens > expectation.tokens):
            found.append(Measurement(kind="reply", size=audio_s, value=value, name=ask.task))
        if outcome.peak_bytes and prompt:
            found.append(Measurement(kind="memory", size=prompt, value=float(outcome.peak_bytes)))
    return found
