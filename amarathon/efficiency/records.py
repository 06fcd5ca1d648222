"""Efficiency records as they lie on disk: ``efficiency.jsonl`` beside a ``run.json``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from amarathon.runs.reading import read_records
from amarathon.runs.records import Record

EFFICIENCY_FILE = "efficiency.jsonl"
# How figures are taken; figures of two protocols are never ranked with each other.
EFFICIENCY_PROTOCOL = "1"


class Spread(Record):
    """Median and quartiles of repeated measurements."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Summarise repeats; quartiles are interpolated linearly."""
        low, median, high = np.percentile(values, [25, 50, 75]).tolist()
        return cls(median=median, low=low, high=high)


class Memory(Record):
    """What answering held at its peak.

    Attributes
    ----------
    kind : {"allocated", "resident"}
        On a GPU, what its allocator gave out; on a CPU, the resident set of a process that did
        nothing else.
    peak_bytes : int
        The model included.
    idle_bytes : int
        The same figure with the model loaded and no question answered yet.
    """

    kind: Literal["allocated", "resident"]
    peak_bytes: int
    idle_bytes: int


class EfficiencyRecord(Record):
    """One configuration's cost of answering one sample, run alone.

    Seconds are taken from marks at the model's own forward calls: `encoder_s` is features and audio
    encoder, `prefill_s` the language model over the prompt, `first_token_s` from the recording
    to the first new token (TTFT), `decode_s` all further tokens together.

    Attributes
    ----------
    protocol : str
        Version of how figures are taken.
    warm_up, repeats : int
        Answers before those that count, and answers that count.
    cache_bytes : list of int
        Key-value cache of each decoder layer after the prefill and its eviction.
    energy_j : float or None
        Joules of the GPU for one answer, by its own counter; `None` where there is none.
    commit : str or None
        Of the code that was measured; see `runs.environment`.
    """

    protocol: str = EFFICIENCY_PROTOCOL
    configuration: str
    sample_id: str
    task: str
    pcm_sha256: str
    duration_s: float
    audio_tokens: int
    kept_tokens: int
    new_tokens: int
    warm_up: int
    repeats: int
    encoder_s: Spread
    prefill_s: Spread
    first_token_s: Spread
    decode_s: Spread
    memory: Memory
    cache_bytes: list[int]
    energy_j: float | None
    commit: str | None
    at: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes this record unique in its folder."""
        return (self.sample_id, self.configuration)


def read_efficiency(folder: Path) -> list[EfficiencyRecord]:
    """Read a folder's efficiency records; none, where there is no such file.

    Raises
    ------
    RunError
        Naming the line that cannot be read.
    """
    return read_records(folder, EFFICIENCY_FILE, EfficiencyRecord)
