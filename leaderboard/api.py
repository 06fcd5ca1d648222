"""The leaderboard's JSON routes, under ``/v1``."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from amarathon.assets import BUNDLED_RUNS
from amarathon.settings import Settings
from leaderboard.assets import STATIC
from leaderboard.records import Leaderboard, RunFacts, Unshown
from leaderboard.store import Store
from leaderboard.tables import PublishedTable, published_tables
from web.json_api import CachedJson
from web.routes import SentenceRoute

PREFIX = "/v1"


class Fault(BaseModel):
    """Why a request cannot be answered."""

    error: str


TableNumber = Annotated[int, Path(ge=0, le=1000, description="As in the paper.")]


class Runs(BaseModel):
    """Every run folder: measured ones, those without scores yet, those that cannot be read."""

    runs: list[RunFacts]
    pending: list[Unshown]
    broken: list[Unshown]


def router(settings: Settings) -> APIRouter:
    """Routes of the leaderboard's JSON API."""
    store = Store(BUNDLED_RUNS, settings.runs)
    routes = APIRouter(prefix=PREFIX, tags=["leaderboard"], route_class=SentenceRoute)

    @routes.get("/leaderboard", response_model=Leaderboard)
    def leaderboard(request: Request) -> Response:
        """Everything on the leaderboard: printed tables, measured runs, notes."""
        return store.json().respond(request)

    @routes.get("/tables/{number}", response_model=PublishedTable, responses={404: {"model": Fault}})
    def table(request: Request, number: TableNumber) -> Response:
        """One of the paper's tables as printed, with its source and known faults."""
        tables = published_tables()
        if number not in tables:
            known = ", ".join(map(str, tables))
            return JSONResponse({"error": f"There is no table {number}; there are {known}."}, 404)
        return CachedJson.of(tables[number].model_dump(mode="json")).respond(request)

    @routes.get("/runs", response_model=Runs)
    def runs(request: Request) -> Response:
        """The runs behind the measured rows, and the folders without any."""
        board = store.board()
        rows = [row for section in (board.models, *board.measured) for row in section.rows]
        facts = {row.run.folder: row.run for row in rows if row.run}
        found = Runs(runs=list(facts.values()), pending=board.pending, broken=board.broken)
        return CachedJson.of(found.model_dump(mode="json")).respond(request)

    routes.routes.append(STATIC.route())
    return routes
