"""What a model says, with what a service tells beside it."""

from dataclasses import dataclass
from typing import Literal

# Why a reply ended. "refused" is the model's own refusal, "blocked" that of a filter before or behind it;
# "length" is cut off at the bound, "empty" is whole and without a word.
Stop = Literal["stop", "length", "refused", "blocked", "empty"]


@dataclass(frozen=True)
class Usage:
    """Tokens as a service counts them; None where it does not say.

    Attributes
    ----------
    input_tokens : int or None
        The whole prompt, its audio included.
    audio_tokens : int or None
        Of the prompt.
    output_tokens : int or None
        The reply, what was thought included where the service counts so.
    thinking_tokens : int or None
        What was thought, where it is counted beside the reply.
    """

    input_tokens: int | None = None
    audio_tokens: int | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None

    @property
    def total(self) -> int | None:
        """All tokens; None where the service tells none."""
        known = [n for n in (self.input_tokens, self.output_tokens, self.thinking_tokens) if n is not None]
        return sum(known) if self.input_tokens is not None else None


@dataclass(frozen=True)
class Reply:
    """One reply of a service.

    Attributes
    ----------
    text : str
        What is scored; empty where the model refused or a filter blocked it.
    stop : str
        Why it ended: ``"stop"``, ``"length"``, ``"refused"``, ``"blocked"`` or ``"empty"``.
    reason : str or None
        The service's own word for it, e.g. ``"RECITATION"``.
    said : str or None
        The beginning of what came instead of an answer.
    served : str or None
        Which model the service says answered.
    usage : Usage
    usd : float or None
        US dollars, where its price is known.
    fingerprint, request_id : str or None
        What the service calls its state and this request.
    seconds : float
        From the last request to its answer: no timing of the model.
    attempts : int
        How often it was asked.
    """

    text: str
    stop: Stop = "stop"
    reason: str | None = None
    said: str | None = None
    served: str | None = None
    usage: Usage = Usage()
    usd: float | None = None
    fingerprint: str | None = None
    request_id: str | None = None
    seconds: float = 0.0
    attempts: int = 1
