"""What was measured alone, as rows: seconds, memory and energy of one configuration."""

from pydantic import BaseModel

from amarathon.efficiency.records import Memory, Spread
from leaderboard.steps import RankRange, Step


class SpeedRow(BaseModel):
    """One model under one configuration, measured alone.

    Attributes
    ----------
    rank : (int, int) or None
        Best and worst by time to first token; ranks overlap where the quartiles do.
    count : int
        Answers that the figures are taken over.
    """

    id: str
    folder: str
    model: str
    notice: str | None
    revision: str
    dtype: str
    device: str
    configuration: str
    steps: list[Step]
    audio_tokens: int
    kept_tokens: int
    new_tokens: int
    count: int
    encoder_s: Spread
    prefill_s: Spread
    first_token_s: Spread
    decode_s: Spread
    memory: Memory
    cache_bytes: int
    energy_j: float | None
    libraries: dict[str, str]
    commit: str | None
    at: str
    rank: RankRange | None = None


class SpeedSection(BaseModel):
    """Rows that may be compared: one recording and task on one hardware by one protocol."""

    protocol: str
    sample: str
    task: str
    pcm_sha256: str
    duration_s: float
    hardware: dict[str, str]
    rows: list[SpeedRow]
