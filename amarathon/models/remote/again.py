"""The same question once more, to a service that may answer it differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amarathon.errors import ModelError
from amarathon.models.model_api import ModelAPI, ModelIdentity

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.open_model import OpenModel
    from amarathon.models.remote.model import RemoteModel
    from amarathon.models.reply import Reply
    from amarathon.tasks import Message


@dataclass(frozen=True)
class AskedAgain:
    """A `ModelAPI` that asks a service what it was asked before.

    Attributes
    ----------
    model : RemoteModel
    asked_before : int
    """

    model: "RemoteModel"
    asked_before: int

    @property
    def identity(self) -> ModelIdentity:
        """The service's model."""
        return self.model.identity

    @property
    def compresses(self) -> bool:
        """No: its weights are elsewhere."""
        return self.model.compresses

    @property
    def max_audio_s(self) -> float:
        """Longest recording it takes, in seconds."""
        return self.model.max_audio_s

    def respond(self, audio: "Audio", messages: "Sequence[Message]", *, max_new_tokens: int) -> "Reply":
        """Answer in text; see `RemoteModel.respond`."""
        return self.model.respond(
            audio, messages, max_new_tokens=max_new_tokens, asked_before=self.asked_before
        )


def asked_again(model: "OpenModel | ModelAPI", asked_before: int) -> AskedAgain:
    """The model, asked what it was asked so often before.

    Raises
    ------
    ModelError
        If it is none behind a service.
    """
    from amarathon.models.remote.model import RemoteModel

    if not isinstance(model, RemoteModel):
        raise ModelError(f"{model.identity.name} is no model behind a service, and is asked once.")
    return AskedAgain(model, asked_before)
