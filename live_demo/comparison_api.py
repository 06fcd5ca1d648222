"""Routes of comparisons: what one would take, asking for one, how far it is, stopping, sharing, deleting.

The work itself is a queued event of the page (see `live_demo.page`).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import JSONResponse

from amarathon.compression import Configuration
from amarathon.errors import ConfigurationError
from live_demo.described import results_for, status_of, status_on_disk
from live_demo.errors import GoneError
from live_demo.limits import LONGEST_NAME, LONGEST_REPLY_TOKENS
from live_demo.question import Ask
from live_demo.service import DemoService
from live_demo.visitors import visitor_of
from web.routes import NO_STORE

ConfigurationName = Annotated[str, Query(max_length=LONGEST_NAME)]
# Of a window: more than none, and no recording is longer than a day.
WindowSeconds = Annotated[float, Query(gt=0, le=86_400, allow_inf_nan=False)]


def add_comparisons(routes: APIRouter, service: DemoService) -> None:
    """Add the routes."""

    @routes.get("/configurations")
    def read_configuration(name: ConfigurationName) -> dict[str, str | None]:
        """Read a configuration's name: its canonical form, or what is wrong with it.

        Both are answers, not failures: the page asks while the name is being typed.
        """
        try:
            return {"name": Configuration.parse(name).name, "error": None}
        except ConfigurationError as error:
            return {"name": None, "error": str(error)}

    @routes.post("/estimate")
    def estimate(request: Request, content: dict[str, Any], seconds: WindowSeconds | None = None) -> Response:
        """Seconds and memory that a comparison is likely to take, and when it would begin.

        Of `seconds` of the recording, where a window of it is to be compared.
        """
        visitor, ask = visitor_of(request), Ask.read(content)
        recording = service.heard(ask.recording, visitor)
        return JSONResponse(service.estimate(ask, recording, visitor, seconds), headers=NO_STORE)

    @routes.post("/comparisons", status_code=201)
    def submit(request: Request, content: dict[str, Any]) -> Response:
        """Take a comparison into the queue; the page's event then runs it."""
        visitor, ask = visitor_of(request), Ask.read(content)
        service.heard(ask.recording, visitor)
        comparison = service.submit(ask, visitor)
        return JSONResponse(status_of(service, comparison, visitor), 201, NO_STORE)

    @routes.post("/comparisons/{identifier}/longer", status_code=201)
    def go_on(
        request: Request,
        identifier: str,
        max_new_tokens: Annotated[int | None, Query(ge=1, le=LONGEST_REPLY_TOKENS)] = None,
    ) -> Response:
        """Take a comparison into the queue whose replies go on where this one's were cut off."""
        visitor = visitor_of(request)
        comparison = service.go_on(identifier, visitor, max_new_tokens)
        return JSONResponse(status_of(service, comparison, visitor), 201, NO_STORE)

    @routes.get("/comparisons/{identifier}/status")
    def status(request: Request, identifier: str) -> Response:
        """How far a comparison is, and the reply that is being written."""
        visitor, comparison = visitor_of(request), service.queue.active(identifier)
        if comparison is not None:
            return JSONResponse(status_of(service, comparison, visitor), headers=NO_STORE)
        found = results_for(service, identifier, visitor)
        return JSONResponse(status_on_disk(service, found, visitor), headers=NO_STORE)

    @routes.post("/comparisons/{identifier}/stop")
    def stop(request: Request, identifier: str) -> Response:
        """Stop a comparison; what is answered by then stays."""
        comparison = service.queue.active(identifier)
        if comparison is None:
            raise GoneError("This comparison has ended already.")
        service.queue.stop(comparison)
        return JSONResponse(status_of(service, comparison, visitor_of(request)), headers=NO_STORE)

    @routes.post("/comparisons/{identifier}/sharing")
    def share(request: Request, identifier: str, recording: Annotated[bool, Body(embed=True)]) -> Response:
        """Let whoever has the link hear the recording, or nobody else; for the browser that brought it."""
        service.share(identifier, visitor_of(request), shared=recording)
        return JSONResponse({"shared": recording}, headers=NO_STORE)

    @routes.delete("/comparisons/{identifier}")
    def delete(request: Request, identifier: str) -> Response:
        """Delete a comparison at once; for the browser that made it."""
        service.delete_comparison(identifier, visitor_of(request))
        return Response(status_code=204, headers=NO_STORE)
