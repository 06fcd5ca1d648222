"""Refusals as every part of the app answers them: ``{"error": sentence}``, not kept by anybody."""

from starlette.responses import JSONResponse

from web.document import SECURITY_HEADERS
from web.routes import NO_STORE


def refusal(status: int, sentence: str, **headers: str) -> JSONResponse:
    """An answer that says in a sentence why there is no other."""
    return JSONResponse({"error": sentence}, status, SECURITY_HEADERS | NO_STORE | headers)
