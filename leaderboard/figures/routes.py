"""Figures over HTTP, read by anybody."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from leaderboard.answers import Fault, Pending
from leaderboard.figures.drawing import FigureDocument
from leaderboard.figures.store import FigureStore
from web.routes import NO_STORE, PublicRoute

ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"model": Pending},
    404: {"model": Fault},
    422: {"model": Fault},
}


def figure_routes(figures: FigureStore) -> APIRouter:
    """The route to every figure.

    Parameters
    ----------
    figures : FigureStore
    """
    routes = APIRouter(tags=["leaderboard"], route_class=PublicRoute)

    @routes.get("/figures/{name}", response_model=FigureDocument, responses=ANSWERS)
    def figure(request: Request, name: str) -> Response:
        """A figure for Plotly with its numbers as a table; what it may be asked with is in the docs."""
        found = figures.json(name, request.query_params.multi_items())
        if found is None:
            later = {"Retry-After": "2"} | NO_STORE
            return JSONResponse({"pending": "This figure is being worked out from the answers."}, 202, later)
        return found.respond(request)

    return routes
