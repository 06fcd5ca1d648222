"""The demo's routes: recordings in, audio and drawings out, comparisons and their results.

The work itself is a queued event of the page (see `live_demo.page`); these routes take the
question, report progress, and read results back from the disk.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool

from amarathon.audio import AudioLimits
from amarathon.compression import Configuration
from amarathon.errors import ConfigurationError
from amarathon.settings import Settings
from live_demo.assets import STATIC
from live_demo.comparison import DemoComparison
from live_demo.errors import DemoError, GoneError
from live_demo.excerpts import join_spans
from live_demo.limits import LONGEST_NAME
from live_demo.pictures import MOST_BINS, outline, spectrogram
from live_demo.question import Ask
from live_demo.recording import StoredRecording, encoded
from live_demo.recordings import seconds_to_samples
from live_demo.results import ComparisonResults
from live_demo.service import DemoService, open_demo_service
from live_demo.visitors import remember, visitor_of
from web.media_types import MEDIA_TYPES, Coding
from web.routes import NO_STORE, SentenceRoute

PREFIX = "/v1/demo"
# A recording never changes under its id.
FOR_EVER = {"Cache-Control": "private, max-age=86400, immutable"}

# No recording is longer than a day, whatever the settings allow.
Seconds = Annotated[float, Query(ge=0, le=86_400, allow_inf_nan=False)]
Bins = Annotated[int, Query(ge=1, le=MOST_BINS)]
FileName = Annotated[str, Query(max_length=4000)]
ConfigurationName = Annotated[str, Query(max_length=LONGEST_NAME)]


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


def router(settings: Settings) -> APIRouter:
    """Routes of the demo, under ``/v1/demo``."""
    return routes_of(open_demo_service(settings))


def routes_of(service: DemoService) -> APIRouter:
    """Routes to one service."""
    routes = APIRouter(prefix=PREFIX, tags=["demo"], route_class=VisitorRoute)
    _add_recordings(routes, service)
    _add_comparisons(routes, service)
    _add_results(routes, service)
    routes.routes.append(STATIC.route())
    return routes


def _add_recordings(routes: APIRouter, service: DemoService) -> None:
    @routes.post("/recordings", status_code=201)
    async def upload(request: Request, name: FileName = "recording") -> Response:
        """Take an audio file: the request's body, as it is."""
        visitor = visitor_of(request)
        path = service.recordings.incoming(name)
        try:
            with service.quota.receiving(visitor) as count, path.open("wb") as file:
                size = 0
                async for chunk in request.stream():
                    size += len(chunk)
                    _check_size(size, path.name, service.limits)
                    count(len(chunk))
                    await run_in_threadpool(file.write, chunk)
            recording = await run_in_threadpool(service.add, path, visitor)
        finally:
            service.recordings.discard(path)
        return JSONResponse(_described(recording), 201, NO_STORE)

    @routes.post("/examples/{name}", status_code=201)
    def take_example(name: str) -> Response:
        """Take a bundled sample as the recording."""
        return JSONResponse(_described(service.add_example(name)), 201, NO_STORE)

    @routes.post("/recordings/{identifier}/cut", status_code=201)
    def cut(request: Request, identifier: str, start: Seconds, end: Seconds) -> Response:
        """Make a recording of a stretch of another one."""
        return JSONResponse(
            _described(service.cut(identifier, start, end, visitor_of(request))), 201, NO_STORE
        )

    @routes.get("/recordings/{identifier}")
    def recording(identifier: str) -> Response:
        """What a recording is."""
        return JSONResponse(_described(service.recordings.get(identifier)), headers=NO_STORE)

    @routes.get("/recordings/{identifier}/audio.{coding}")
    def audio(identifier: str, coding: Coding) -> Response:
        """A recording to listen to; Range requests are answered."""
        path = service.recordings.get(identifier).copy(coding)
        return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=FOR_EVER)

    @routes.get("/recordings/{identifier}/{drawing}")
    def draw(
        identifier: str,
        drawing: Literal["outline", "spectrogram"],
        bins: Bins,
        start: Seconds = 0.0,
        end: Seconds | None = None,
    ) -> Response:
        """What a browser draws `bins` columns of a recording's stretch from, as bytes."""
        samples = service.recordings.get(identifier).samples
        first = seconds_to_samples(start)
        last = len(samples) if end is None else min(seconds_to_samples(end), len(samples))
        if not first < last:
            raise DemoError("The stretch has to lie inside the recording.")
        content = (outline if drawing == "outline" else spectrogram)(samples[first:last], bins)
        return Response(content, media_type="application/octet-stream", headers=FOR_EVER)


def _add_comparisons(routes: APIRouter, service: DemoService) -> None:
    @routes.get("/configurations")
    def read_configuration(name: ConfigurationName) -> dict[str, str | None]:
        """Read a configuration's name: its canonical form, or what is wrong with it.

        Both are answers, not failures: the page asks while the name is being typed.
        """
        try:
            return {"name": Configuration.parse(name).name, "error": None}
        except ConfigurationError as error:
            return {"name": None, "error": str(error)}

    @routes.post("/comparisons", status_code=201)
    def submit(request: Request, content: dict[str, Any]) -> Response:
        """Take a comparison into the queue; the page's event then runs it."""
        comparison = service.submit(Ask.read(content), visitor_of(request))
        return JSONResponse(_status(service, comparison), 201, NO_STORE)

    @routes.get("/comparisons/{identifier}/status")
    def status(identifier: str) -> Response:
        """How far a comparison is."""
        comparison = service.active(identifier)
        if comparison is not None:
            return JSONResponse(_status(service, comparison), headers=NO_STORE)
        return JSONResponse(_status_on_disk(ComparisonResults(service.find(identifier))), headers=NO_STORE)

    @routes.post("/comparisons/{identifier}/stop")
    def stop(identifier: str) -> Response:
        """Stop a comparison; what is answered by then stays."""
        comparison = service.active(identifier)
        if comparison is None:
            raise GoneError("This comparison has ended already.")
        comparison.stop()
        return JSONResponse(_status(service, comparison), headers=NO_STORE)


def _add_results(routes: APIRouter, service: DemoService) -> None:
    @routes.get("/comparisons/{identifier}")
    def results(identifier: str) -> Response:
        """A comparison's figures, as far as they are there, from its record."""
        found = ComparisonResults(service.find(identifier))
        content = {
            "comparison": found.comparison.model_dump(mode="json"),
            "run": found.run.header.model_dump(mode="json"),
            "rows": [asdict(row) for row in found.rows()],
        }
        return JSONResponse(content, headers=NO_STORE)

    @routes.get("/comparisons/{identifier}/comparison.json")
    def document(identifier: str) -> Response:
        """Everything about a comparison, to keep."""
        return JSONResponse(
            ComparisonResults(service.find(identifier)).document(), headers=_attachment(identifier, "json")
        )

    @routes.get("/comparisons/{identifier}/comparison.csv")
    def table(identifier: str) -> Response:
        """A comparison's figures, to keep."""
        content = ComparisonResults(service.find(identifier)).table()
        return PlainTextResponse(content, media_type="text/csv", headers=_attachment(identifier, "csv"))

    @routes.get("/comparisons/{identifier}/kept")
    def kept(identifier: str, configuration: ConfigurationName) -> Response:
        """What a configuration kept of the audio: spans in seconds, or shares by layer and time."""
        record = ComparisonResults(service.find(identifier)).kept(configuration)
        spans = [[round(start, 3), round(end, 3)] for start, end in record.kept_spans]
        layers = [[round(share, 3) for share in layer] for layer in record.kept_map]
        return JSONResponse({"spans": spans, "map": layers}, headers=FOR_EVER)

    @routes.get("/comparisons/{identifier}/kept.{coding}")
    def listen(identifier: str, coding: Coding, configuration: ConfigurationName) -> Response:
        """What a configuration kept, put together to be listened to."""
        folder = service.find(identifier)
        found = ComparisonResults(folder)
        spans = found.kept(configuration).kept_spans
        samples = service.recordings.get(found.comparison.recording.id).samples
        index = found.run.header.configurations.index(configuration)
        path = encoded(folder / f"kept-{index}", lambda: join_spans(samples, spans), coding)
        return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=FOR_EVER)


def _described(recording: StoredRecording) -> dict[str, Any]:
    return recording.record.model_dump(mode="json")


def _status(service: DemoService, comparison: DemoComparison) -> dict[str, Any]:
    progress = comparison.progress()
    return {
        "id": comparison.id,
        "state": comparison.state,
        "stopping": comparison.stopping and comparison.active,
        "position": service.position(comparison) if comparison.state == "waiting" else 0,
        "error": comparison.error,
        "pace": asdict(progress) if progress else None,
        "done": progress.done if progress else 0,
        "ask": comparison.ask.model_dump(mode="json"),
        "recording": _described(comparison.recording),
    }


def _status_on_disk(found: ComparisonResults) -> dict[str, Any]:
    """The status of a comparison that has left the memory."""
    return {
        "id": found.comparison.id,
        "state": "done" if found.run.header.finished_at else "stopped",
        "stopping": False,
        "position": 0,
        "error": None,
        "pace": None,
        "done": len(found.predictions),
        "ask": found.comparison.ask.model_dump(mode="json"),
        "recording": found.comparison.recording.model_dump(mode="json"),
    }


def _check_size(size: int, name: str, limits: AudioLimits) -> None:
    """Refuse a body over the limit while it comes in, whatever its header states."""
    if size > limits.max_bytes:
        raise DemoError(f"'{name}' is too large: the limit is {limits.max_bytes / 1e6:,.0f} MB.")


def _attachment(identifier: str, suffix: str) -> dict[str, str]:
    name = f"audiomarathon-{identifier[:8]}.{suffix}"
    return {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
