"""What a chat completion says: the fields that count here, whatever else is there."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from amarathon.models.remote.faults import first_sentence, without_answer
from amarathon.models.reply import Reply, Stop, Usage


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class _Message(_Part):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Part):
    finish_reason: str | None = None
    message: _Message


class _Details(_Part):
    audio_tokens: int | None = Field(None, ge=0)
    reasoning_tokens: int | None = Field(None, ge=0)


class _Usage(_Part):
    prompt_tokens: int | None = Field(None, ge=0)
    completion_tokens: int | None = Field(None, ge=0)
    prompt_tokens_details: _Details | None = None


class ChatReply(_Part):
    """A body with HTTP status 200."""

    id: str | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None

    def reply(self, label: str) -> Reply:
        """The reply in it.

        Raises
        ------
        RequestError
            If there is none: some servers say 200 and send an error.
        """
        if not self.choices:
            raise without_answer(label, self.error)
        choice = self.choices[0]
        text, refusal = choice.message.content or "", choice.message.refusal
        stop, reason = _stop(choice.finish_reason, text, refusal)
        answers = stop in ("stop", "length")
        details = self.usage.prompt_tokens_details if self.usage else None
        return Reply(
            text=text if answers else "",
            stop=stop,
            reason=reason,
            said=None if answers else first_sentence(refusal or text) or None,
            served=self.model,
            # What was thought is in the completion's tokens already.
            usage=Usage(
                input_tokens=self.usage.prompt_tokens if self.usage else None,
                audio_tokens=details.audio_tokens if details else None,
                output_tokens=self.usage.completion_tokens if self.usage else None,
            ),
            fingerprint=self.system_fingerprint,
            request_id=self.id,
        )


def _stop(finish: str | None, text: str, refusal: str | None) -> tuple[Stop, str | None]:
    if refusal:
        return "refused", None
    if finish == "content_filter":
        return "blocked", finish
    if finish == "length":
        return "length", None
    return ("stop", None) if text.strip() else ("empty", finish)
