"""The models that visitors choose from, each with what it can do."""

from collections.abc import Mapping
from dataclasses import dataclass

from amarathon.errors import SettingsError
from amarathon.models.fetched import FETCHED
from amarathon.models.remote.address import is_remote

# The code of a transcriber's one task.
TRANSCRIPT = "ASR"
SPEECH = FETCHED["whisper"]


@dataclass(frozen=True)
class Offer:
    """A model of the page.

    Attributes
    ----------
    name : str
        As `amarathon.load_model` takes it.
    title : str
    does : str
        One sentence about what it can do.
    tasks : tuple of str
        Codes of the tasks that it can do; empty for all, free questions included.
    general : bool
        It takes any question about any recording.
    windowed : bool
        It reads a recording in windows of 30 s, one at a time.
    """

    name: str
    title: str
    does: str
    tasks: tuple[str, ...] = ()
    general: bool = False
    windowed: bool = False


_SPEECH = Offer(
    SPEECH.name,
    "English speech: transcript",
    f"{SPEECH.title} writes down English speech of any recording; it answers no questions.",
    (TRANSCRIPT,),
    windowed=True,
)
_SMALL = Offer(
    "small",
    "AudioMarathon-mini's questions",
    "It answers the ten kinds of questions of AudioMarathon-mini; other recordings are strange to it.",
)


def offers(own: str) -> Mapping[str, Offer]:
    """What can be chosen, by name, the host's own model in front.

    Parameters
    ----------
    own : str
        The setting `AMARATHON_MODEL`.

    Raises
    ------
    SettingsError
        If it is a model behind a service: what visitors upload stays on this machine.
    """
    if is_remote(own):
        raise SettingsError(
            f"AMARATHON_MODEL is {own!r}: a model behind a service would be sent what visitors upload; "
            "the demo answers with weights on this machine alone."
        )
    found = [_SPEECH, _SMALL] if SPEECH.is_fetched else [_SMALL]
    if own not in {offer.name for offer in (_SPEECH, _SMALL)}:
        found.insert(0, Offer(own, own, "The model that this server's host has chosen.", general=True))
    return {offer.name: offer for offer in found}


def missing() -> str | None:
    """One sentence on what could be offered and is not on this machine."""
    if SPEECH.is_fetched:
        return None
    sentence = "To write down speech of your own, fetch {} by `amarathon models fetch` and start again."
    return sentence.format(SPEECH.title)
