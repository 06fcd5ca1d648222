"""What is particular to a model family."""

from dataclasses import dataclass
from importlib import metadata
from operator import attrgetter
from typing import Any, Literal

from packaging.version import Version

from amarathon.errors import ModelError


@dataclass(frozen=True)
class Family:
    """What is particular to a family.

    Attributes
    ----------
    name : str
        The adapter's module under `amarathon.models`.
    adapter : str
        The adapter's class in that module.
    title : str
        As its authors write it.
    model_types : tuple of str
        Values of ``config.model_type`` that mean this family.
    prompt_form : str
        How a chat lays out one recording and its question.
    audio_token_field : str
        The configuration field with the id of the placeholder token.
    tokens_per_second : float
        Audio tokens that a second of sound becomes.
    max_audio_s : float
        Longest recording that it reads here, in seconds.
    chunk_s : float or None
        The encoder's pieces in seconds, where token times start anew; None where one steady
        step runs through.
    chunk_tokens : int
        Tokens of a whole piece.
    token_s : float
        Seconds from one token of a piece to the next.
    dtype : str
        What its weights were published in; the default on CUDA.
    needs_transformers : str
        The oldest version that runs its audio.
    reads_by : {"prompt", "cross-attention"}
        Whether audio tokens stand in the language model's prompt, or its decoder attends to the encoder's
        rows.
    transcribes_only : bool
        It writes down what is said, whatever it is asked, though its prompt has room for words.
    released_markers : int or None
        How many tokens on either side of the audio the paper's released code prunes with it; None where
        that code does not prune the family.
    """

    name: str
    adapter: str
    title: str
    model_types: tuple[str, ...]
    prompt_form: str
    audio_token_field: str
    tokens_per_second: float
    max_audio_s: float
    chunk_s: float | None = None
    chunk_tokens: int = 1
    token_s: float = 0.0
    dtype: str = "bfloat16"
    needs_transformers: str = "5.2"
    reads_by: Literal["prompt", "cross-attention"] = "prompt"
    transcribes_only: bool = False
    released_markers: int | None = None

    @property
    def runs(self) -> bool:
        """Whether the installed transformers can run it."""
        return Version(metadata.version("transformers")) >= Version(self.needs_transformers)

    @property
    def tasks(self) -> tuple[str, ...]:
        """Codes of the tasks that it answers; empty for all."""
        return ("ASR", "STT") if self.transcribes_only or self.reads_by == "cross-attention" else ()

    def check_takes(self, work: str) -> None:
        """Refuse work that needs a prompt with a question in it.

        Parameters
        ----------
        work : str
            As the subject of a sentence, e.g. ``"calibration"``.

        Raises
        ------
        ModelError
        """
        if self.tasks:
            raise ModelError(
                f"{self.title} only writes down what is said, and {work} needs a model that answers "
                "questions."
            )

    def check_transformers(self) -> None:
        """Refuse a version of transformers that cannot run the family.

        Raises
        ------
        ModelError
        """
        if not self.runs:
            raise ModelError(
                f"{self.title} needs transformers {self.needs_transformers} or newer for its audio; "
                f"{metadata.version('transformers')} is installed."
            )

    def audio_token_id(self, config: Any) -> int:
        """The placeholder's id, from a transformers configuration."""
        return int(attrgetter(self.audio_token_field)(config))

    def start_s(self, token: int) -> float:
        """When the encoder's token number `token` begins, in seconds from the recording's start."""
        if self.chunk_s is None:
            return token / self.tokens_per_second
        chunk, index = divmod(token, self.chunk_tokens)
        return chunk * self.chunk_s + index * self.token_s

    def end_s(self, token: int) -> float:
        """When it ends: where the next one of its piece begins, or the next piece."""
        if self.chunk_s is None:
            return (token + 1) / self.tokens_per_second
        chunk, index = divmod(token, self.chunk_tokens)
        return min(chunk * self.chunk_s + (index + 1) * self.token_s, (chunk + 1) * self.chunk_s)
