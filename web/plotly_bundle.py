"""Plotly's script, as the `plotly` package brings it, for the pages that draw figures.

Megabytes that change with the package alone: compressed once, under an address that a browser keeps, and
asked for by `figure.js` when a page's first figure is drawn.
"""

import gzip
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.json_api import accepts_gzip
from web.static_files import FOR_EVER

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
ADDRESS = f"/v1/plotly/{plotly.__version__}/plotly.min.js"


@dataclass(frozen=True)
class PlotlyBundle:
    """The script and its compressed form, each read or made when it is first asked for."""

    script: Path = SCRIPT

    @cached_property
    def compressed(self) -> bytes:
        """The script with gzip."""
        return gzip.compress(self.script.read_bytes(), 6, mtime=0)

    def respond(self, request: Request) -> Response:
        """The script, for a browser to keep."""
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if accepts_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, headers=headers, media_type="text/javascript")
        return Response(self.script.read_bytes(), headers=headers, media_type="text/javascript")


def plotly_route() -> Route:
    """The route that serves it to every face."""
    bundle = PlotlyBundle()
    # Not async: compressing takes a while, and must not stop everybody else.
    return Route(ADDRESS, bundle.respond)
