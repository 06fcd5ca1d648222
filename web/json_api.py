"""JSON answers that are made once and sent many times: with an ETag, and compressed once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import Request, Response

from web.compression import CODINGS, Coding, accepted_coding

MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class CachedJson:
    """A JSON document ready to be sent.

    Attributes
    ----------
    body : bytes
    etag : str
        Made from the content alone, so that it survives a restart.
    """

    body: bytes
    etag: str
    _compressed: dict[Coding, bytes] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, content: Any) -> "CachedJson":
        """Serialise `content`: what JSON knows, dataclasses, dates, NumPy arrays.

        A number that is not finite becomes null.
        """
        body = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
        return cls(body, f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')

    def compressed(self, coding: Coding) -> bytes:
        """The document in a coding; made when it is asked for first."""
        if coding not in self._compressed:
            self._compressed[coding] = CODINGS[coding](self.body)
        return self._compressed[coding]

    def respond(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Answer `request`: 304 where its copy is still good, compressed where it accepts that."""
        kept = {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"} | dict(
            headers or {}
        )
        if _matches(request.headers.get("if-none-match", ""), self.etag):
            return Response(status_code=304, headers=kept)
        coding = accepted_coding(request.headers.get("accept-encoding", ""))
        if coding is None:
            return Response(self.body, headers=kept, media_type=MEDIA_TYPE)
        kept["Content-Encoding"] = coding
        return Response(self.compressed(coding), headers=kept, media_type=MEDIA_TYPE)


def _matches(header: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names the tag, by weak comparison (RFC 9110, section 13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags
