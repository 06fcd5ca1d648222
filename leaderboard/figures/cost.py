"""What a configuration costs, measured alone: seconds and bytes from efficiency records."""

from dataclasses import dataclass
from typing import Literal

from amarathon.efficiency.records import Spread
from leaderboard.speed_records import SpeedRow, SpeedSection

Measure = Literal["encoder_s", "prefill_s", "first_token_s", "decode_s", "peak_bytes", "cache_bytes"]
NAMES: dict[Measure, str] = {
    "encoder_s": "Encoder, s",
    "prefill_s": "Prefill, s",
    "first_token_s": "First token, s",
    "decode_s": "Further tokens, s",
    "peak_bytes": "Peak memory, MB",
    "cache_bytes": "Cache, MB",
}
HOW = (
    "`amarathon efficiency` measures configurations one by one, each alone, and writes such records; all "
    "that lie among the runs are shown."
)


@dataclass(frozen=True)
class Cost:
    """A measured cost: its median and quartiles; memory is measured once and has none."""

    value: float
    low: float | None = None
    high: float | None = None


def cost_of(row: SpeedRow, measure: Measure) -> Cost:
    """What a row costs, in seconds or megabytes."""
    if measure == "peak_bytes":
        return Cost(row.memory.peak_bytes / 1e6)
    if measure == "cache_bytes":
        return Cost(row.cache_bytes / 1e6)
    spread: Spread = getattr(row, measure)
    return Cost(spread.median, spread.low, spread.high)


def section_key(section: SpeedSection) -> str:
    """What names a section in an address: the recording, the task and the machine."""
    machine = "-".join(value for _, value in sorted(section.hardware.items()))
    return f"{section.pcm_sha256[:12]}-{section.task}-{machine}"[:120]


def section_title(section: SpeedSection) -> str:
    """A section in words."""
    machine = ", ".join(f"{name} {value}" for name, value in section.hardware.items())
    return f"{section.sample}, {section.duration_s:.0f} s, {section.task}; {machine}"
