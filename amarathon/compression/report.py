"""What compression did to one prompt: what was asked for, what was kept, what it saves."""

from dataclasses import dataclass, field


@dataclass
class CompressionReport:
    """Filled in during the prefill, and started afresh by the next one.

    Attributes
    ----------
    configuration : str
        Canonical name.
    prompt_tokens : int
        Of the prompt that the language model was given.
    audio_tokens : int
        That the encoder made.
    kept_tokens : int
        Audio tokens left after shortening and pruning.
    requested_retention : float
        The share of audio tokens that the configuration asks to keep.
    kept_indices : list of int
        The prompt's audio tokens that survived pruning, counted from the first one.
    kept_spans : list of (float, float)
        The same in seconds: merged, sorted intervals.
    kept_map : list of list of float
        After an eviction, the share of audio tokens that each layer's cache still holds (mean
        over its KV heads), in equal slices of the audio: layers x slices. Tokens
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
