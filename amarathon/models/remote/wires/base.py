"""What every wire form does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from amarathon.models.remote.forms import SoundForm
from amarathon.models.reply import Reply
from amarathon.tasks import Message


@dataclass(frozen=True)
class Request:
    """One question, ready to be sent.

    Attributes
    ----------
    sound : bytes
        The recording, as a file.
    form : SoundForm
        The file's.
    messages : sequence of Message
    max_new_tokens : int
        Bound on the answer itself.
    """

    sound: bytes
    form: SoundForm
    messages: Sequence[Message]
    max_new_tokens: int


@dataclass(frozen=True)
class LookUp:
    """What a service says about a model before it is asked.

    Attributes
    ----------
    revision : str
        Which version the name stands for; ``"unknown"`` where it does not say.
    notice : str or None
        What a user should know, e.g. that the model ends soon.
    sent : mapping of str to str
        What is sent with every question, as it goes into the run's record.
    room : int
        Tokens for thoughts beside a reply's bound.
    """

    revision: str
    notice: str | None
    sent: Mapping[str, str]
    room: int = 0


def bound_in_words(room: int) -> str:
    """What bounds a reply, for a run's record."""
    return f"the task's bound + {room}" if room else "the task's bound"


class Wire(Protocol):
    """A form of requests; it is called by several threads at once."""

    def look_up(self) -> LookUp:
        """Ask, free of charge, whether key and model are good.

        Raises
        ------
        RequestError
        """

    def ask(self, request: Request) -> Reply:
        """Put one question once.

        Raises
        ------
        RequestError
        """
