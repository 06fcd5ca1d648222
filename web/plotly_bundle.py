"""Plotly's script, as the `plotly` package brings it, for the pages that draw figures.

Megabytes that change with the package alone: compressed once, under an address that a browser keeps, and
asked for by `figure.js` when a page's first figure is drawn.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.compression import CODINGS, Coding, accepted_coding
from web.static_files import FOR_EVER

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
MEDIA_TYPE = "text/javascript"
ADDRESS = f"/v1/plotly/{plotly.__version__}/plotly.min.js"


@dataclass(frozen=True)
class PlotlyBundle:
    """The script, compressed when it is first asked for in a coding."""

    script: Path = SCRIPT

    def respond(self, request: Request) -> Response:
        """The script, for a browser to keep."""
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        coding = accepted_coding(request.headers.get("accept-encoding", ""))
        if coding is None:
            return Response(self.script.read_bytes(), headers=headers, media_type=MEDIA_TYPE)
        headers["Content-Encoding"] = coding
        return Response(_compressed(self.script, coding), headers=headers, media_type=MEDIA_TYPE)


@cache
def _compressed(script: Path, coding: Coding) -> bytes:
    return CODINGS[coding](script.read_bytes())


def plotly_route() -> Route:
    """The route that serves it to every face."""
    bundle = PlotlyBundle()
    # Not async: compressing takes a while, and must not stop everybody else.
    return Route(ADDRESS, bundle.respond)
