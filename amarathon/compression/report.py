"""What compression did to one prompt: what was asked for, what was kept, what it saves."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MAP_SLICES = 64


@dataclass
class CompressionReport:
    """Filled in during the prefill, and started afresh by the next one.

    Attributes
    ----------
    configuration : str
        Canonical name.
    prompt_tokens, audio_tokens : int
        Of the prompt as it was given.
    kept_tokens : int
        Audio tokens left after pruning.
    requested_retention : float
        The share of audio tokens that the configuration asks to keep.
    kept_indices : list of int
        The audio tokens that survived pruning, counted from the first audio token.
    kept_spans : list of (float, float)
        The same in seconds: merged, sorted intervals.
    kept_map : list of list of float
        After an eviction, the share of audio tokens that each layer's cache still holds (mean
        over its KV heads), in `MAP_SLICES` equal slices of the audio: layers x slices. Tokens
        that pruning removed count as gone.
    cache_bytes, full_cache_bytes : int
        Keys and values after the prefill, and what they would take uncompressed.
    """

    configuration: str
    prompt_tokens: int = 0
    audio_tokens: int = 0
    kept_tokens: int = 0
    requested_retention: float = 1.0
    kept_indices: list[int] = field(default_factory=list)
    kept_spans: list[tuple[float, float]] = field(default_factory=list)
    kept_map: list[list[float]] = field(default_factory=list)
    cache_bytes: int = 0
    full_cache_bytes: int = 0

    def restart(self, prompt_tokens: int, audio_tokens: int, requested_retention: float) -> None:
        """Forget the last prompt; in place, since the caller holds this object."""
        self.__dict__.update(
            vars(
                CompressionReport(
                    self.configuration,
                    prompt_tokens=prompt_tokens,
                    audio_tokens=audio_tokens,
                    kept_tokens=audio_tokens,
                    requested_retention=requested_retention,
                )
            )
        )

    @property
    def achieved_retention(self) -> float:
        """The share of audio tokens that pruning kept."""
        return self.kept_tokens / self.audio_tokens if self.audio_tokens else 1.0


def time_spans(indices: Sequence[int], tokens_per_second: float) -> list[tuple[float, float]]:
    """Merge kept tokens into intervals of seconds.

    Parameters
    ----------
    indices : sequence of int
        Sorted audio tokens; token j covers [j, j + 1) / tokens_per_second.
    tokens_per_second : float

    Returns
    -------
    list of (float, float)
    """
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][1] == index:
            runs[-1][1] = index + 1
        else:
            runs.append([index, index + 1])
    return [(start / tokens_per_second, end / tokens_per_second) for start, end in runs]
