"""How a service is asked."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ServiceOptions:
    """What a user says about asking a service.

    Attributes
    ----------
    send_recordings_to : str or None
        The host that recordings may be sent to. Without it none leaves this machine.
    budget_usd, budget_tokens : float, int or None
        What a run may cost, with what its earlier starts did.
    price : tuple of three floats or None
        Dollars per million tokens of text, of audio and of output, instead of the table's.
    requests_per_minute : float or None
        How often it may be asked.
    attempts : int
        How often one question is asked where the service fails in passing.
    timeout_s : float
        How long it may be silent.
    longest_wait_s : float
        A service that asks for a longer pause ends the run.
    max_audio_s : float or None
        Longest recording, instead of what is known of the service.
    audio_form : str or None
        How recordings are sent, instead of the service's exact form: ``"mp3"`` loses some of the sound, and
        takes longer recordings where files may only be so large.
    thinking_tokens : int or None
        Room for thoughts beside the reply's bound, instead of what is known of the model.
    record, replay : Path or None
        A folder to keep replies in, or to take them from instead of asking.
    worker_python : Path or None
        The interpreter that runs a worker's code, instead of this one.
    """

    send_recordings_to: str | None = None
    budget_usd: float | None = None
    budget_tokens: int | None = None
    price: tuple[float, float, float] | None = None
    requests_per_minute: float | None = None
    attempts: int = 6
    timeout_s: float = 300.0
    longest_wait_s: float = 120.0
    max_audio_s: float | None = None
    audio_form: str | None = None
    thinking_tokens: int | None = None
    record: Path | None = None
    replay: Path | None = None
    worker_python: Path | None = None
