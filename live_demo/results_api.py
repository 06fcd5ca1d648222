"""Routes of a comparison's results: figures, what was kept, and files to take home."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse

from live_demo.described import FOR_EVER, results_for
from live_demo.excerpts import Form, excerpt
from live_demo.limits import LONGEST_NAME
from live_demo.recording import encoded
from live_demo.report import report_of
from live_demo.reproduction import script_of
from live_demo.service import DemoService
from live_demo.tradeoff import Across, Up
from live_demo.tradeoff import document as trade_off_chart
from live_demo.visitors import visitor_of
from web.media_types import MEDIA_TYPES, Coding
from web.routes import NO_STORE

ConfigurationName = Annotated[str, Query(max_length=LONGEST_NAME)]
# The report has no script, and asks nobody for anything.
REPORT = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


def add_results(routes: APIRouter, service: DemoService) -> None:
    """Add the routes."""

    @routes.get("/comparisons/{identifier}")
    def results(request: Request, identifier: str) -> Response:
        """A comparison's figures, as far as they are there, from its record."""
        found = results_for(service, identifier, visitor_of(request))
        content = {
            "comparison": found.comparison.model_dump(mode="json"),
            "run": found.run.header.model_dump(mode="json"),
            "prompt": found.prompt,
            "rows": [asdict(row) for row in found.rows()],
        }
        return JSONResponse(content, headers=NO_STORE)

    @routes.get("/comparisons/{identifier}/comparison.json")
    def document(request: Request, identifier: str) -> Response:
        """Everything about a comparison, to keep."""
        found = results_for(service, identifier, visitor_of(request))
        return JSONResponse(found.document(), headers=_attachment(identifier, "json"))

    @routes.get("/comparisons/{identifier}/comparison.csv")
    def table(request: Request, identifier: str) -> Response:
        """A comparison's figures, to keep."""
        content = results_for(service, identifier, visitor_of(request)).table()
        return PlainTextResponse(content, media_type="text/csv", headers=_attachment(identifier, "csv"))

    @routes.get("/comparisons/{identifier}/comparison.html")
    def report(request: Request, identifier: str) -> Response:
        """A comparison as one page that needs nothing else, to keep."""
        content = report_of(results_for(service, identifier, visitor_of(request)))
        return HTMLResponse(content, headers=_attachment(identifier, "html") | REPORT)

    @routes.get("/comparisons/{identifier}/comparison.py")
    def script(request: Request, identifier: str) -> Response:
        """The Python that does a comparison again."""
        content = script_of(results_for(service, identifier, visitor_of(request)))
        return PlainTextResponse(content, media_type="text/x-python", headers=_attachment(identifier, "py"))

    @routes.get("/comparisons/{identifier}/figures/trade-off")
    def trade_off(
        request: Request, identifier: str, up: Up | None = None, across: Across = "prefill_s"
    ) -> Response:
        """A comparison's trade-off chart, as Plotly draws it."""
        found = results_for(service, identifier, visitor_of(request))
        content = trade_off_chart(found.rows(), up, across, untrained=found.run.header.model.untrained)
        return JSONResponse(content, headers=NO_STORE)

    @routes.get("/comparisons/{identifier}/kept")
    def kept(request: Request, identifier: str, configuration: ConfigurationName) -> Response:
        """What a configuration kept of the audio: spans in seconds, or shares by layer and time."""
        record = results_for(service, identifier, visitor_of(request)).kept(configuration)
        spans = [[round(start, 3), round(end, 3)] for start, end in record.kept_spans]
        layers = [[round(share, 3) for share in layer] for layer in record.kept_map]
        content = {"spans": spans, "map": layers, "curve": record.attention_curve}
        return JSONResponse(content, headers=FOR_EVER)

    @routes.get("/comparisons/{identifier}/kept.{coding}")
    def listen(
        request: Request,
        identifier: str,
        coding: Coding,
        configuration: ConfigurationName,
        form: Form = "closed",
    ) -> Response:
        """What a configuration kept or removed, to be listened to; for whoever may hear the recording."""
        visitor = visitor_of(request)
        found = results_for(service, identifier, visitor)
        spans = found.kept(configuration).kept_spans
        samples = service.heard(found.comparison.recording.id, visitor).samples
        index = found.run.header.configurations.index(configuration)
        path = encoded(found.folder / f"kept-{index}-{form}", lambda: excerpt(samples, spans, form), coding)
        return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=FOR_EVER)


def _attachment(identifier: str, suffix: str) -> dict[str, str]:
    name = f"audiomarathon-{identifier[:8]}.{suffix}"
    return {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
