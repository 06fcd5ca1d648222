"""What evaluation needs of a model, be it weights on this machine, an API or a person's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from amarathon.tasks import Message

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.reply import Reply


@dataclass(frozen=True)
class ModelIdentity:
    """Which model gave an answer; part of every run's record.

    Attributes
    ----------
    name : str
        Hub id, ``"small"``, or the folder's own name (never its path).
    revision : str
        Commit of the Hub repository, or ``"sha256:..."`` of the weights of a local folder.
    adapter : str
        The family file that loaded it, e.g. ``"qwen2_5_omni"``.
    dtype, device : str
        E.g. ``"bfloat16"``, ``"cuda"``.
    parameters : int
        How many weights the loaded part has.
    notice : str or None
        What must stand wherever its answers show, e.g. what it was trained for.
    untrained : bool
        Its weights are random: its answers mean nothing.
    attention : str or None
        The implementation at work, e.g. ``"sdpa"``; None where it runs elsewhere.
    """

    name: str
    revision: str
    adapter: str
    dtype: str
    device: str
    parameters: int
    notice: str | None = None
    untrained: bool = False
    attention: str | None = None


class ModelAPI(Protocol):
    """Any model that answers a question about a recording."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is."""

    @property
    def compresses(self) -> bool:
        """Whether it is an `OpenModel`, which `sweep` runs under any configuration."""

    @property
    def max_audio_s(self) -> float:
        """Longest recording it takes, in seconds."""

    def respond(self, audio: "Audio", messages: Sequence[Message], *, max_new_tokens: int) -> "str | Reply":
        """Answer in text, or in a `Reply` with what a service tells beside it.

        Raises
        ------
        AmarathonError
            If this recording cannot be answered; the message says why.
        ServiceError
            If no further one can be.
        """
