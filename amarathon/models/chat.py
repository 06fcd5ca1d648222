"""Chat forms that several families share."""

from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

from amarathon.errors import ModelError, first_line
from amarathon.tasks import Message


def chatml(messages: Sequence[Message], audio: str, default_system: str = "") -> str:
    """ChatML, up to where the assistant answers.

    Parameters
    ----------
    messages : sequence of Message
    audio : str
        What stands for the recording.
    default_system : str
        The system text of chats that bring none of their own; without one there is no such turn.
    """
    turns = []
    if default_system and messages[0]["role"] != "system":
        turns.append(f"<|im_start|>system\n{default_system}<|im_end|>\n")
    for message in messages:
        parts = (audio if part["type"] == "audio" else part["text"] for part in message["content"])
        turns.append(f"<|im_start|>{message['role']}\n{''.join(parts)}<|im_end|>\n")
    return "".join(turns) + "<|im_start|>assistant\n"


def without_system(messages: Sequence[Message]) -> list[Message]:
    """Let the system's text open the user's turn, for forms that have no turn for it."""
    opening = "".join(
        part["text"] + "\n\n"
        for message in messages
        for part in message["content"]
        if message["role"] == "system" and part["type"] == "text"
    )
    turns = [message for message in messages if message["role"] != "system"]
    if not opening:
        return turns
    first: Message = {**turns[0], "content": [{"type": "text", "text": opening}, *turns[0]["content"]]}
    return [first, *turns[1:]]


def own_form(tokenizer: Any, messages: Sequence[Message], audio: str, *, in_parts: bool = True) -> str:
    """A chat as the checkpoint's own template lays it out, up to where the assistant answers.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerBase
    messages : sequence of Message
    audio : str
        What stands for the recording, with all of its placeholders.
    in_parts : bool
        Whether the template takes a message in parts, or as one string.

    Raises
    ------
    ModelError
        If the checkpoint has no template, or it cannot lay out such a chat.
    """
    chat: list[dict[str, Any]] = []
    for message in messages:
        texts = [audio if part["type"] == "audio" else part["text"] for part in message["content"]]
        parts = [{"type": "text", "text": text} for text in texts]
        chat.append({"role": message["role"], "content": parts if in_parts else "".join(texts)})
    return _laid_out(tokenizer, chat)


def own_audio_form(tokenizer: Any, messages: Sequence[Message], token: str, count: int) -> str:
    """The same of a template that puts a recording's marks and one placeholder where its part stands.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerBase
    messages : sequence of Message
    token : str
        The placeholder.
    count : int
        How many of it the recording takes.

    Raises
    ------
    ModelError
        As `own_form`.
    """
    chat: list[dict[str, Any]] = [{**message} for message in messages]
    return _laid_out(tokenizer, chat).replace(token, token * count, 1)


def _laid_out(tokenizer: Any, chat: list[dict[str, Any]]) -> str:
    if not tokenizer.chat_template:
        raise ModelError(
            "The checkpoint has no chat template; fetch chat_template.jinja with its other files."
        )
    try:
        return str(tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True))
    except TemplateError as error:
        raise ModelError(
            f"The checkpoint's chat template cannot lay this chat out: {first_line(error)}"
        ) from error
