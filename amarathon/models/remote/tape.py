"""Replies kept in a folder, to be played back without asking anybody.

A file holds what was asked, with the recording by its hash, and what came back: no key, no header, no
address.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from amarathon.errors import ModelError, ServiceError
from amarathon.files import write_atomically
from amarathon.models.remote.wires.base import LookUp
from amarathon.models.reply import Reply
from amarathon.tasks import Message

_REPLY = TypeAdapter(Reply)
_LOOK_UP = TypeAdapter(LookUp)


class Tape:
    """A folder of replies.

    Parameters
    ----------
    folder : Path
    label : str
        The model, as records call it.
    """

    def __init__(self, folder: Path, label: str):
        self._folder, self._label = folder, label

    def keep_look_up(self, found: LookUp) -> None:
        """Keep what the service said about the model."""
        self._write({"model": self._label}, {"look_up": asdict(found)})

    def look_up(self) -> LookUp:
        """What the service said about the model.

        Raises
        ------
        ServiceError
            If it is not there.
        """
        found: LookUp = self._read({"model": self._label}, "look_up", _LOOK_UP)
        return found

    def question(
        self,
        messages: Sequence[Message],
        pcm_sha256: str,
        max_new_tokens: int,
        sent: Mapping[str, str],
        asked_before: int = 0,
    ) -> dict[str, Any]:
        """What makes a question the same one; one that is asked again has a reply of its own."""
        question = {
            "model": self._label,
            "messages": list(messages),
            "pcm_sha256": pcm_sha256,
            "max_new_tokens": max_new_tokens,
            "sent": dict(sent),
        }
        return question | {"asked_before": asked_before} if asked_before else question

    def keep(self, question: dict[str, Any], reply: Reply) -> None:
        """Keep a reply."""
        self._write(question, {"reply": asdict(reply)})

    def reply(self, question: dict[str, Any]) -> Reply:
        """The reply to a question.

        Raises
        ------
        ServiceError
            If it was never asked, or its file is damaged.
        """
        found: Reply = self._read(question, "reply", _REPLY)
        return found

    def _write(self, asked: dict[str, Any], answered: dict[str, Any]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelError(f"{self._folder} cannot be written: {error.strerror}.") from error
        content = json.dumps({"asked": asked} | answered, ensure_ascii=False, indent=1)
        write_atomically(self._path(asked), content + "\n")

    def _read(self, asked: dict[str, Any], what: str, form: TypeAdapter[Any]) -> Any:
        path = self._path(asked)
        try:
            return form.validate_python(json.loads(path.read_text(encoding="utf-8"))[what])
        except FileNotFoundError:
            raise ServiceError(
                f"{self._folder} has no reply of {self._label} to this question; it was recorded with other "
                "samples, prompts or settings."
            ) from None
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            raise ServiceError(f"{self._folder}/{path.name} cannot be read.") from None

    def _path(self, asked: dict[str, Any]) -> Path:
        content = json.dumps(asked, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return self._folder / f"{hashlib.sha256(content.encode()).hexdigest()}.json"
