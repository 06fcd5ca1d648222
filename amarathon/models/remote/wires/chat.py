"""Chat completions with audio: OpenAI, Azure, Mistral, vLLM, SGLang, llama.cpp."""

import base64
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from amarathon.models.remote.address import Address
from amarathon.models.remote.faults import RequestError, by_status, first_sentence, seconds_of, unknown_form
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.wires.base import LookUp, Request, bound_in_words
from amarathon.models.remote.wires.chat_reply import ChatReply
from amarathon.models.remote.wires.transport import http_client, not_installed, without_key
from amarathon.models.reply import Reply
from amarathon.tasks import Message

# Codes that no waiting changes, whatever the status.
FINAL = frozenset(("insufficient_quota", "billing_hard_limit_reached", "account_deactivated"))
BLOCKED = frozenset(("content_filter", "content_policy_violation"))
# What these servers add from a checkpoint's files unless it is said; weights here are decoded without.
_GREEDY = {"repetition_penalty": 1, "top_k": -1}
PLAIN_GREEDY = {"vllm": _GREEDY, "sglang": _GREEDY}
ENDS_SOON = timedelta(days=90)
# Stands for the recording until the body is written: no question holds it.
_SOUND = f"sound {secrets.token_hex(16)}"


class ChatWire:
    """See `Wire`.

    Parameters
    ----------
    address : Address
    options : ServiceOptions
    connections : int
        Most requests at once.
    """

    def __init__(self, address: Address, options: ServiceOptions, connections: int = 128):
        self._address, self._body = address, dict(address.service.body)
        self._room = options.thinking_tokens or 0
        self._http = http_client(address, options.timeout_s, connections)
        self._client = _client(self._http, address, options.timeout_s)

    def look_up(self) -> LookUp:
        """See `Wire.look_up`."""
        how, model = self._address.service.look_up, self._address.model
        found: dict[str, Any] = {}
        if how == "one":
            found, _ = self._answer(self._client.get, f"/models/{model}")
        elif how == "list":
            found = self._listed(self._answer(self._client.get, "/models")[0])
        self._body |= PLAIN_GREEDY.get(str(found.get("owned_by")), {})
        sent = {name: json.dumps(value) for name, value in self._body.items()}
        sent[self._address.service.bound_field] = bound_in_words(self._room)
        revision = str(found.get("root") or found.get("id") or "unknown")
        return LookUp(revision, self._ends_soon(found.get("shutdown_date")), sent, self._room)

    def _listed(self, body: dict[str, Any]) -> dict[str, Any]:
        entries = body.get("data")
        entries = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
        there = {str(each.get("id")): each for each in entries}
        if self._address.model not in there:
            names = first_sentence(", ".join(there) or "nothing")
            raise RequestError("stop", f"The server offers {names}, not {self._address.model}.")
        found: dict[str, Any] = there[self._address.model]
        return found

    def _ends_soon(self, day: object) -> str | None:
        try:
            ends = date.fromisoformat(str(day)[:10])
        except ValueError:
            return None
        return f"{self._address.label} ends on {ends}." if ends - date.today() <= ENDS_SOON else None

    def ask(self, request: Request) -> Reply:
        """See `Wire.ask`."""
        asked = {
            **self._body,
            "model": self._address.model,
            "messages": self._messages(request),
            self._address.service.bound_field: request.max_new_tokens + self._room,
        }
        try:
            content = _with_sound(asked, request.sound)
            body, headers = self._answer(self._client.post, "/chat/completions", content=content)
        except _BlockedError as blocked:
            return Reply("", "blocked", reason=str(blocked))
        try:
            reply = ChatReply.model_validate(body).reply(self._address.label)
            return replace(reply, request_id=headers.get("x-request-id") or reply.request_id)
        except ValidationError:
            raise unknown_form(self._address.label) from None

    def _messages(self, request: Request) -> list[dict[str, Any]]:
        plain = self._address.service.sound_is_plain
        audio = _SOUND if plain else {"data": _SOUND, "format": request.form.name}
        return [
            _chat_message(message, {"type": "input_audio", "input_audio": audio})
            for message in request.messages
        ]

    def _answer(self, call: Any, path: str, **more: Any) -> tuple[dict[str, Any], Any]:
        """An answer's body and headers, or a `RequestError` on why there is none."""
        import httpx2
        import openai

        try:
            # The body as it came: what a client makes of one in another form is its own affair.
            response = call(path, cast_to=httpx2.Response, **more)
            body = json.loads(response.content)
        except openai.APIStatusError as error:
            raise self._by_status(error) from None
        except openai.APIConnectionError as error:  # time-outs too
            if isinstance(error.__cause__, RequestError):
                raise error.__cause__ from None
            reason = type(error.__cause__ or error).__name__
            timed_out = isinstance(error, openai.APITimeoutError)
            raise RequestError("wait", f"{self._address.label}: {reason}", counted=timed_out) from None
        except (openai.OpenAIError, ValueError) as error:
            said = f"{self._address.label}: {type(error).__name__}"
            raise RequestError("wait", said, counted=True) from None
        if not isinstance(body, dict):
            raise unknown_form(self._address.label)
        return body, response.headers

    def _by_status(self, error: Any) -> Exception:
        body = error.body if isinstance(error.body, dict) else {}
        body = body["error"] if isinstance(body.get("error"), dict) else body
        code, status = str(body.get("code") or ""), int(error.status_code)
        if status == 400 and code in BLOCKED:
            return _BlockedError(code)
        named = f"{code} " if code and code != str(status) else ""
        told = str(body.get("message") or body.get("detail") or "")
        message = first_sentence(without_key(told, self._address))
        said = f"{self._address.label}: HTTP {status} {named}{message}".rstrip()
        final = code in FINAL or str(body.get("type")) in FINAL
        return by_status(status, said, seconds_of(error.response.headers.get("retry-after")), final=final)


class _BlockedError(Exception):
    """A filter refused the question: a reply of a kind."""


def _with_sound(asked: dict[str, Any], sound: bytes) -> bytes:
    """The body as JSON.

    Base64 needs no escapes: it is put where it belongs as it is. To look through a few megabytes for
    letters to escape takes longer than all else that is done for a question.
    """
    return base64.b64encode(sound).join(json.dumps(asked).encode().split(_SOUND.encode()))


def _chat_message(message: Message, sound: dict[str, Any]) -> dict[str, Any]:
    parts: Sequence[Any] = message["content"]
    if message["role"] == "system":
        # As plain text: every server takes that.
        return {"role": "system", "content": "\n".join(part["text"] for part in parts)}
    content = [sound if part["type"] == "audio" else {"type": "text", "text": part["text"]} for part in parts]
    return {"role": message["role"], "content": content}


def _client(http: Any, address: Address, timeout_s: float) -> Any:
    try:
        from openai import OpenAI
    except ModuleNotFoundError as error:
        raise not_installed(address) from error
    # It logs requests where a user's environment asks for it.
    logging.getLogger("openai").setLevel(logging.WARNING)
    # Retries are ours, and so is the key: the client's own are counted nowhere.
    return OpenAI(
        base_url=address.base_url, api_key="none", max_retries=0, timeout=timeout_s, http_client=http
    )
