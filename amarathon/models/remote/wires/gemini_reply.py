"""What generateContent says: the fields that count here, whatever else is there."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from amarathon.models.remote.faults import first_sentence, without_answer
from amarathon.models.reply import Reply, Stop, Usage


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, coerce_numbers_to_str=True)


class _Part(_Body):
    text: str | None = None
    thought: bool | None = None


class _Content(_Body):
    parts: list[_Part] | None = None


class _Candidate(_Body):
    content: _Content | None = None
    finish_reason: str | None = None


class _Feedback(_Body):
    block_reason: str | None = None


class _Modality(_Body):
    modality: str | None = None
    token_count: int | None = Field(None, ge=0)


class _Usage(_Body):
    prompt_token_count: int | None = Field(None, ge=0)
    candidates_token_count: int | None = Field(None, ge=0)
    thoughts_token_count: int | None = Field(None, ge=0)
    prompt_tokens_details: list[_Modality] | None = None


class GeminiReply(_Body):
    """A body with HTTP status 200."""

    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    model_version: str | None = None
    response_id: str | None = None
    usage_metadata: _Usage | None = None
    error: Any = None

    def reply(self, label: str) -> Reply:
        """The reply in it.

        Raises
        ------
        RequestError
            If there is neither a reply nor a word on why it is blocked.
        """
        blocked = self.prompt_feedback.block_reason if self.prompt_feedback else None
        if not self.candidates and blocked is None:
            raise without_answer(label, self.error)
        if not self.candidates:
            return self._made("", "blocked", blocked)
        candidate = self.candidates[0]
        parts = (candidate.content.parts if candidate.content else None) or []
        text = "".join(part.text for part in parts if part.text and not part.thought)
        finish = candidate.finish_reason or "STOP"
        if finish == "MAX_TOKENS":
            return self._made(text, "length", None)
        if finish != "STOP":
            return self._made(text, "blocked", finish)
        return self._made(text, "stop" if text.strip() else "empty", None)

    def _made(self, text: str, stop: Stop, reason: str | None) -> Reply:
        usage, answers = self.usage_metadata, stop in ("stop", "length")
        modalities = (usage.prompt_tokens_details if usage else None) or []
        return Reply(
            text=text if answers else "",
            stop=stop,
            reason=reason,
            said=None if answers else first_sentence(text) or None,
            served=self.model_version,
            usage=Usage(
                input_tokens=usage.prompt_token_count,
                audio_tokens=next(
                    (each.token_count for each in modalities if each.modality == "AUDIO"), None
                ),
                output_tokens=usage.candidates_token_count,
                thinking_tokens=usage.thoughts_token_count,
            )
            if usage
            else Usage(),
            request_id=self.response_id,
        )
