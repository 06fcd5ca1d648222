"""Gemini's generateContent."""

import io
import json
import re
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from amarathon.models.remote.address import Address
from amarathon.models.remote.faults import RequestError, by_status, first_sentence, seconds_of, unknown_form
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.wires.base import LookUp, Request, bound_in_words
from amarathon.models.remote.wires.gemini_reply import GeminiReply
from amarathon.models.remote.wires.transport import http_client, not_installed, without_key
from amarathon.models.reply import Reply

# Base64 makes four bytes of three, and a request may have 20 MB.
INLINE_BYTES = 14_000_000
FILTERS = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
_NUMBER = re.compile(r"gemini-(\d+)")


class GeminiWire:
    """See `Wire`.

    Parameters
    ----------
    address : Address
    options : ServiceOptions
    connections : int
        Most requests at once.
    """

    inline_bytes = INLINE_BYTES

    def __init__(self, address: Address, options: ServiceOptions, connections: int = 128):
        self._address = address
        self._client = _client(
            http_client(address, options.timeout_s, connections), address, options.timeout_s
        )
        self._thinking, room = thinking_of(address.model)
        self._room = room if options.thinking_tokens is None else options.thinking_tokens
        # From the third generation on a temperature is ignored or refused.
        self._sampling = {} if "thinking_level" in self._thinking else {"temperature": 0, "seed": 0}

    def look_up(self) -> LookUp:
        """See `Wire.look_up`."""
        found = self._call(lambda: self._client.models.get(model=self._address.model))
        sent = {name: json.dumps(value) for name, value in (self._sampling | self._thinking).items()}
        sent["max_output_tokens"] = bound_in_words(self._room)
        sent["safety_settings"] = "OFF"
        sent["sampling"] = "greedy" if self._sampling else "service default"
        return LookUp(str(found.version or "unknown"), None, sent, self._room)

    def ask(self, request: Request) -> Reply:
        """See `Wire.ask`."""
        uploaded = None
        if len(request.sound) > self.inline_bytes:
            uploaded = self._call(self._upload, request)
        try:
            made = self._call(self._generate, request, uploaded)
        finally:
            if uploaded is not None:
                with suppress(RequestError):  # it goes by itself after two days
                    self._call(lambda: self._client.files.delete(name=uploaded.name))
        try:
            body = json.loads(made.sdk_http_response.body)
        except ValueError:
            raise RequestError("wait", f"{self._address.label}: no JSON", counted=True) from None
        try:
            return GeminiReply.model_validate(body).reply(self._address.label)
        except ValidationError:
            raise unknown_form(self._address.label) from None

    def _upload(self, request: Request) -> Any:
        config = {"mime_type": request.form.mime}
        return self._client.files.upload(file=io.BytesIO(request.sound), config=config)

    def _generate(self, request: Request, uploaded: Any) -> Any:
        from google.genai import types

        sound = (
            types.Part.from_bytes(data=request.sound, mime_type=request.form.mime)
            if uploaded is None
            else types.Part.from_uri(file_uri=uploaded.uri, mime_type=request.form.mime)
        )
        system = [part["text"] for m in request.messages if m["role"] == "system" for part in m["content"]]
        contents = [
            types.Content(
                role="model" if message["role"] == "assistant" else "user",
                parts=[
                    sound if part["type"] == "audio" else types.Part.from_text(text=part["text"])
                    for part in message["content"]
                ],
            )
            for message in request.messages
            if message["role"] != "system"
        ]
        config = types.GenerateContentConfig(
            **self._sampling,
            system_instruction="\n".join(system) or None,
            max_output_tokens=request.max_new_tokens + self._room,
            thinking_config=types.ThinkingConfig(**self._thinking) if self._thinking else None,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            safety_settings=[
                types.SafetySetting(category=f"HARM_CATEGORY_{name}", threshold="OFF") for name in FILTERS
            ],
            should_return_http_response=True,
        )
        return self._client.models.generate_content(
            model=self._address.model, contents=contents, config=config
        )

    def _call(self, call: Any, *arguments: Any) -> Any:
        """What the client returns, or a `RequestError` on why there is nothing."""
        import httpx2
        from google.genai import errors

        label = self._address.label
        try:
            return call(*arguments)
        except errors.APIError as error:
            raise _by_status(self._address, error) from None
        except httpx2.HTTPError as error:
            timed_out = isinstance(error, httpx2.TimeoutException)
            raise RequestError("wait", f"{label}: {type(error).__name__}", counted=timed_out) from None
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
            # The client's own reading of what is not in the form it knows.
            raise RequestError(
                "sample", f"{label}: {type(error).__name__} in an answer.", counted=True
            ) from None


def thinking_of(model: str) -> tuple[dict[str, Any], int]:
    """How little a model can be told to think, and the room that it needs for it."""
    found = _NUMBER.match(model)
    if found is None:
        return {}, 0
    if int(found[1]) >= 3:
        return {"thinking_level": "low" if "-pro" in model else "minimal"}, 1024
    return ({"thinking_budget": 128}, 128) if "-pro" in model else ({"thinking_budget": 0}, 0)


def _by_status(address: Address, error: Any) -> RequestError:
    details = error.details if isinstance(error.details, dict) else {}
    status, message = int(error.code or 500), first_sentence(without_key(str(error.message or ""), address))
    said = f"{address.label}: HTTP {status} {error.status or ''} {message}".rstrip()
    final = "PerDay" in json.dumps(details) or "API key" in message or error.status == "FAILED_PRECONDITION"
    return by_status(status, said, _retry_info(details), final=final)


def _retry_info(details: dict[str, Any]) -> float | None:
    error = details.get("error")
    listed = error.get("details") if isinstance(error, dict) else None
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and str(each.get("@type", "")).endswith("RetryInfo"):
            return seconds_of(each.get("retryDelay"))
    return None


def _client(http: Any, address: Address, timeout_s: float) -> Any:
    try:
        from google import genai
        from google.genai import types
    except ImportError as error:
        raise not_installed(address) from error
    options = types.HttpOptions(
        base_url=address.base_url,
        api_version="v1",
        timeout=round(timeout_s * 1000),
        httpx_client=http,
        # Retries are ours: the client's own are counted nowhere.
        retry_options=types.HttpRetryOptions(attempts=1),
    )
    return genai.Client(api_key="none", vertexai=False, http_options=options)
