"""What a service is: everything about one that is not its wire form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from amarathon.models.remote.forms import SoundForm
from amarathon.models.reply import Usage


@dataclass(frozen=True)
class Price:
    """What a model costs, in US dollars per million tokens.

    Attributes
    ----------
    model : str
    text, audio, output : float
        Of text and of audio in the prompt, and of everything that comes back.
    on : str
        The day on which it was read, ISO 8601.
    source : str
        Where.
    until : str or None
        The last day on which it holds, where one is known.
    note : str
        What else has to be said about it.
    """

    model: str
    text: float
    audio: float
    output: float
    on: str
    source: str
    until: str | None = None
    note: str = ""

    def usd(self, usage: Usage) -> float | None:
        """What a request cost; None where the service does not tell its tokens."""
        if usage.input_tokens is None:
            return None
        audio = min(usage.audio_tokens or 0, usage.input_tokens)
        output = (usage.output_tokens or 0) + (usage.thinking_tokens or 0)
        return ((usage.input_tokens - audio) * self.text + audio * self.audio + output * self.output) / 1e6


@dataclass(frozen=True)
class Service:
    """A service, or servers of one kind.

    Attributes
    ----------
    name : str
        What stands before the colon in a model's name.
    title : str
    wire : {"chat", "gemini", "worker"}
        Which form its requests have.
    extra : str
        The extra that installs its client.
    key_variable : str
        The environment variable with its key.
    max_audio_s : float
        Longest recording that it takes, whatever the file's size.
    tokens_per_second : float
        Audio tokens that a second becomes, for estimates: what counts is what the service counts.
    keeps : str
        What it does with what it is sent, as far as it says.
    example : str
        A name to show.
    base_url : str or None
        None where the user names it.
    endpoint_variable : str or None
        The environment variable with the address, where every customer has one of their own.
    endpoint_path : str
        What is added to that.
    key_header : str
        The header that carries the key; before it "Bearer " where it is ``"authorization"``.
    form : {"wav", "flac"}
        How recordings are sent; both are exact.
    forms : tuple of str
        Those it takes, where a user chooses; see `amarathon.models.remote.forms.FORMS`.
    max_bytes : int or None
        Largest file that it takes, where that is known.
    look_up : {"one", "list", "none"}
        How it is asked, free of charge, which version a name stands for.
    bound_field : str
        Chat: the name of the bound on a reply's tokens.
    body : mapping of str to Any
        Chat: what is sent beside the messages.
    sound_is_plain : bool
        Chat: an audio part holds the base64 text itself, not an object around it.
    prices : tuple of Price
    """

    name: str
    title: str
    wire: Literal["chat", "gemini", "worker"]
    extra: str
    key_variable: str
    max_audio_s: float
    tokens_per_second: float
    keeps: str
    example: str
    base_url: str | None = None
    endpoint_variable: str | None = None
    endpoint_path: str = ""
    key_header: str = "authorization"
    form: Literal["wav", "flac"] = "wav"
    forms: tuple[str, ...] = ("wav",)
    max_bytes: int | None = None
    look_up: Literal["one", "list", "none"] = "one"
    bound_field: str = "max_tokens"
    body: Mapping[str, Any] = field(default_factory=dict)
    sound_is_plain: bool = False
    prices: tuple[Price, ...] = ()

    def longest_s(self, form: SoundForm) -> float:
        """Longest recording that it takes in a form."""
        if self.max_bytes is None:
            return self.max_audio_s
        return min(self.max_audio_s, self.max_bytes // form.bytes_per_second)

    def price_of(self, model: str, today: date) -> Price | None:
        """What the table knows of a model's price on a day."""
        for price in self.prices:
            if price.model == model and (price.until is None or today <= date.fromisoformat(price.until)):
                return price
        return None
