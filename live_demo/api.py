"""The demo's routes: recordings in, audio and drawings out; comparisons are in `live_demo.comparison_api`."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from amarathon.settings import Settings
from live_demo.assets import STATIC
from live_demo.comparison_api import add_comparisons
from live_demo.described import FOR_EVER, described
from live_demo.errors import DemoError
from live_demo.gold import HeldBack
from live_demo.pictures import MOST_BINS, outline, spectrogram
from live_demo.programs import upload_router
from live_demo.recordings import seconds_to_samples
from live_demo.results_api import add_results
from live_demo.service import DemoService, open_demo_service
from live_demo.visitors import remember, visitor_of
from web.media_types import MEDIA_TYPES, Coding
from web.routes import NO_STORE, SentenceRoute

PREFIX = "/v1/demo"
# No recording is longer than a day, whatever the settings allow.
Seconds = Annotated[float, Query(ge=0, le=86_400, allow_inf_nan=False)]
Bins = Annotated[int, Query(ge=1, le=MOST_BINS)]
FileName = Annotated[str, Query(max_length=4000)]
UploadId = Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")]


class VisitorRoute(SentenceRoute):
    """A route that remembers who brings something."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """See `APIRoute`."""
        answer = super().get_route_handler()

        async def answer_visitor(request: Request) -> Response:
            response: Response = await answer(request)
            if request.method == "POST":
                remember(request, response)
            return response

        return answer_visitor


def router(settings: Settings, held_back: HeldBack) -> APIRouter:
    """Routes of the demo, under ``/v1/demo``.

    Parameters
    ----------
    settings : Settings
    held_back : callable
        Gives the marks of the questions whose right answers are secret now.
    """
    service = open_demo_service(settings)
    service.gold.held_back = held_back
    return routes_of(service)


def routes_of(service: DemoService) -> APIRouter:
    """Routes to one service."""
    routes = APIRouter(prefix=PREFIX, tags=["demo"], route_class=VisitorRoute)
    _add_recordings(routes, service)
    add_comparisons(routes, service)
    add_results(routes, service)
    routes.routes.append(STATIC.route())
    routes.routes.extend(upload_router(service).routes)
    return routes


def _add_recordings(routes: APIRouter, service: DemoService) -> None:
    @routes.post("/recordings", status_code=201)
    async def upload(request: Request, name: FileName = "recording", upload: UploadId = None) -> Response:
        """Take an audio file: the request's body, as it is; `upload` is an id to ask how far it is."""
        visitor = visitor_of(request)
        path = service.recordings.incoming(name, upload)
        try:
            with service.quota.receiving(visitor) as count, path.open("wb") as file:
                size = 0
                async for chunk in request.stream():
                    size += len(chunk)
                    service.recordings.check_size(size, path.name)
                    count(len(chunk))
                    await run_in_threadpool(file.write, chunk)
            recording = await run_in_threadpool(service.add, path, visitor)
        finally:
            service.recordings.discard(path)
        return JSONResponse(described(service, recording, visitor), 201, NO_STORE)

    @routes.get("/uploads/{upload}")
    def how_far(upload: str) -> Response:
        """What share of an upload is decoded; null while it comes in, and when it is there."""
        return JSONResponse({"decoded": service.recordings.decoded_share(upload)}, headers=NO_STORE)

    @routes.post("/examples/{name}", status_code=201)
    def take_example(request: Request, name: str) -> Response:
        """Take a bundled sample as the recording."""
        recording = service.add_example(name)
        return JSONResponse(described(service, recording, visitor_of(request)), 201, NO_STORE)

    @routes.post("/recordings/{identifier}/cut", status_code=201)
    def cut(request: Request, identifier: str, start: Seconds, end: Seconds) -> Response:
        """Make a recording of a stretch of another one."""
        visitor = visitor_of(request)
        recording = service.cut(identifier, start, end, visitor)
        return JSONResponse(described(service, recording, visitor), 201, NO_STORE)

    @routes.get("/recordings/{identifier}")
    def recording(request: Request, identifier: str) -> Response:
        """What a recording is."""
        visitor = visitor_of(request)
        found = service.heard(identifier, visitor)
        return JSONResponse(described(service, found, visitor), headers=NO_STORE)

    @routes.delete("/recordings/{identifier}")
    def delete(request: Request, identifier: str) -> Response:
        """Delete a recording at once, and every comparison about it; for the browser that brought it."""
        service.delete_recording(identifier, visitor_of(request))
        return Response(status_code=204, headers=NO_STORE)

    @routes.get("/recordings/{identifier}/audio.{coding}")
    def audio(request: Request, identifier: str, coding: Coding) -> Response:
        """A recording to listen to; Range requests are answered."""
        path = service.heard(identifier, visitor_of(request)).copy(coding)
        return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=FOR_EVER)

    @routes.get("/recordings/{identifier}/{drawing}")
    def draw(
        request: Request,
        identifier: str,
        drawing: Literal["outline", "spectrogram"],
        bins: Bins,
        start: Seconds = 0.0,
        end: Seconds | None = None,
    ) -> Response:
        """What a browser draws `bins` columns of a recording's stretch from, as bytes."""
        samples = service.heard(identifier, visitor_of(request)).samples
        first = seconds_to_samples(start)
        last = len(samples) if end is None else min(seconds_to_samples(end), len(samples))
        if not first < last:
            raise DemoError("The stretch has to lie inside the recording.")
        content = (outline if drawing == "outline" else spectrogram)(samples[first:last], bins)
        return Response(content, media_type="application/octet-stream", headers=FOR_EVER)
