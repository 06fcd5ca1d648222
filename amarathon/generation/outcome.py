"""What a sweep yields: how far it is, and each configuration's answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amarathon.models.reply import Reply


class InterruptError(Exception):
    """Nobody waits for what is being computed. No fault of the work: it passes where faults are caught."""


@dataclass(frozen=True)
class Timings:
    """Seconds of the parts of one answer; `None` where a part did not happen or was not timed.

    Attributes
    ----------
    encoder_s : float or None
        Features and audio encoder.
    prefill_s : float or None
        The language model over the whole prompt, up to the logits of the first new token.
    first_token_s : float or None
        From the start of the encoder until the first new token is there (TTFT).
    decode_s : float or None
        All further tokens together.
    shared : bool
        Parts were shared with other configurations, so these figures must not be ranked.
    """

    encoder_s: float | None = None
    prefill_s: float | None = None
    first_token_s: float | None = None
    decode_s: float | None = None
    shared: bool = False


@dataclass(frozen=True)
class Written:
    """A reply as far as it is written.

    Attributes
    ----------
    tokens : int
    text : str
        Without what is known to be half a character.
    """

    tokens: int
    text: str


@dataclass(frozen=True)
class Progress:
    """What is being done now.

    Attributes
    ----------
    configuration : str
        Canonical name of the configuration at work.
    stage : str
        ``"encoder"``, ``"warm-up"``, ``"prefill"`` or ``"decode"``.
    done, total : int
        Configurations finished, and requested.
    share : float
        How much of the stage is done, 0 to 1; of a reply, of the longest it may become.
    text : str
        The reply so far.
    tokens : int
        Of the reply so far.
    """

    configuration: str
    stage: str
    done: int
    total: int
    share: float = 0.0
    text: str = ""
    tokens: int = 0


@dataclass(frozen=True)
class Outcome:
    """One configuration's answer, or why there is none.

    Attributes
    ----------
    configuration : str
        Canonical name.
    reply : str
        What the model wrote; empty where `error` is set.
    new_tokens : int
        Tokens of the reply.
    prompt_tokens : int
        That the language model reads before anything is pruned; 0 where it reads by windows.
    audio_tokens, kept_tokens : int
        Audio tokens of the prompt, and how many are left after pruning.
    kept_indices : tuple of int
        The prompt's audio tokens that survived pruning, counted from the first one.
    kept_spans : tuple of (float, float)
        Seconds of audio that survived pruning, as merged, sorted intervals.
    kept_map : tuple of tuple of float
        For evictions, the share of each layer's cache that is kept: layers x equal slices of
        the audio's time (64 at most). Empty where nothing is evicted.
    attention_curve : tuple of float
        Where pruning chose by attention, the share of it that each of equal slices of the audio's time got
        (256 at most).
    timings : Timings
    peak_bytes : int or None
        Peak memory while answering; `None` where it cannot be told apart from other branches.
    cache_bytes : int or None
        Key-value cache after the prefill (and its eviction).
    unsure_spans : tuple of (float, float)
        Seconds whose text fails the model's own checks at every attempt, so that it may be made up; of
        models that write transcripts window by window.
    details : mapping of str to str
        What else the method reports, e.g. the achieved retention ratio.
    service : Reply or None
        What a service told beside its reply.
    error : str or None
        One sentence.
    option_probabilities : tuple of float
        The probability that the model gives each letter as the reply's first token, out of its whole
        vocabulary; empty where nothing has letters to choose from.
    """

    configuration: str
    reply: str = ""
    new_tokens: int = 0
    prompt_tokens: int = 0
    audio_tokens: int = 0
    kept_tokens: int = 0
    kept_indices: tuple[int, ...] = ()
    kept_spans: tuple[tuple[float, float], ...] = ()
    kept_map: tuple[tuple[float, ...], ...] = ()
    attention_curve: tuple[float, ...] = ()
    timings: Timings = field(default_factory=Timings)
    peak_bytes: int | None = None
    cache_bytes: int | None = None
    unsure_spans: tuple[tuple[float, float], ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    service: "Reply | None" = None
    error: str | None = None
    option_probabilities: tuple[float, ...] = ()


def unsure_sentence(outcome: Outcome) -> str:
    """What a reader has to know of a transcript's unsure seconds; empty where there are none."""
    if not outcome.unsure_spans:
        return ""
    seconds = sum(end - start for start, end in outcome.unsure_spans)
    return (
        f"{seconds:.0f} s fail the model's own checks at every attempt (loops, improbable words): "
        "what stands for them may have been said by nobody."
    )
