"""A recording that needs no file, and questions about it."""

from collections.abc import Sequence

import numpy as np

from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo
from amarathon.tasks import TASKS, Message


def noise(seconds: float, seed: int = 0) -> Audio:
    """White noise that fades in, so that no two of its tokens are alike."""
    count = int(seconds * SAMPLE_RATE)
    rising = np.linspace(0.05, 0.5, count, dtype=np.float32)
    samples = (np.random.default_rng(seed).standard_normal(count) * rising).clip(-1, 1).astype(np.float32)
    info = AudioInfo(
        format="WAV", codec="PCM_16", sample_rate=SAMPLE_RATE, channels=1, duration_s=seconds, size_bytes=0
    )
    return Audio(samples=samples, sha256="", pcm_sha256="", info=info)


def questions() -> tuple[Sequence[Message], ...]:
    """A short prompt and a longer one."""
    options = ["rain", "a dog", "no reason", "all of these"]
    return (
        TASKS["SGR"].free_messages("", []),
        TASKS["SCR"].free_messages("Why did they leave?", options),
    )
