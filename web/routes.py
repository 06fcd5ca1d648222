"""Routes of the JSON API: every refusal is a sentence, whichever face it comes from."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from amarathon.errors import AmarathonError
from web.errors import RefusedError, storage_sentence
from web.notes import notes_of

NO_STORE = {"Cache-Control": "no-store"}
Handler = Callable[[Request], Awaitable[Response]]


class SentenceRoute(APIRoute):
    """A route whose refusals are ``{"error": sentence}``, which nobody keeps."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """See `APIRoute`."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await self.respond(request, handle)
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is there to read it
            except RefusedError as error:
                notes_of(request.scope).refusal = type(error).__name__
                pause = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
                return _refusal(error.status, str(error), pause)
            except AmarathonError as error:
                notes_of(request.scope).refusal = type(error).__name__
                return _refusal(422, str(error))
            except RequestValidationError as error:
                notes_of(request.scope).refusal = type(error).__name__
                return _not_understood(error)
            except HTTPException as error:  # the body is no JSON
                return _refusal(error.status_code, "The request is not understood.")
            except OSError as error:
                notes_of(request.scope).refusal = type(error).__name__
                return _refusal(503, storage_sentence(error))

        return answer

    async def respond(self, request: Request, handle: Handler) -> Response:
        """Answer a request by FastAPI's own handler; a face that does more overrides this."""
        return await handle(request)


class PublicRoute(SentenceRoute):
    """A route that pages of any site may read: it says the same to everybody, whoever asks.

    `guard` allows that to these alone.
    """


def _refusal(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, status, NO_STORE | (headers or {}))


def _not_understood(error: RequestValidationError) -> Response:
    fault = error.errors()[0]
    if fault["loc"][0] == "path":
        return _refusal(404, "There is nothing here.")
    # Where and what, never the value: it may be a password.
    where = ".".join(part for part in fault["loc"][1:] if isinstance(part, str)) or "The request"
    return _refusal(422, f"{where}: {fault['msg']}.")
