"""JSON answers that are made once and sent many times: with an ETag, and compressed beforehand."""

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request, Response

MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class CachedJson:
    """A JSON document ready to be sent.

    Attributes
    ----------
    body, compressed : bytes
        The document, and the same with gzip.
    etag : str
        Made from the content alone, so that it survives a restart.
    """

    body: bytes
    compressed: bytes
    etag: str

    @classmethod
    def of(cls, content: Any) -> "CachedJson":
        """Serialise `content`: what JSON knows, dataclasses, dates, NumPy arrays.

        A number that is not finite becomes null.
        """
        body = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        return cls(body, gzip.compress(body, mtime=0), etag)

    def respond(self, request: Request) -> Response:
        """Answer `request`: 304 where its copy is still good, gzip where it accepts it."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if _matches(request.headers.get("if-none-match", ""), self.etag):
            return Response(status_code=304, headers=headers)
        if _accepts_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, headers=headers, media_type=MEDIA_TYPE)
        return Response(self.body, headers=headers, media_type=MEDIA_TYPE)


def _matches(header: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names the tag, by weak comparison (RFC 9110, section 13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def _accepts_gzip(header: str) -> bool:
    """Whether ``Accept-Encoding`` allows gzip (RFC 9110, section 12.5.3)."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameter = item.partition(";")
        weights[coding.strip()] = parameter.strip().replace(" ", "")
    weight = weights.get("gzip", weights.get("*"))
    return weight is not None and weight not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
