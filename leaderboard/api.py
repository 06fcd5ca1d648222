"""The leaderboard's JSON routes, under ``/v1``: read by anybody, from pages of any site too."""

import logging
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from amarathon.errors import AmarathonError
from amarathon.settings import Settings
from leaderboard import answers
from leaderboard.answers import Fault, MethodList, RunAnswer, Runs, Tables, Tasks
from leaderboard.assets import STATIC
from leaderboard.figures.routes import figure_routes
from leaderboard.figures.store import FigureStore
from leaderboard.hub_results import hub_routes
from leaderboard.opening import kept_folder, open_store
from leaderboard.run_details import NotThereError, RunDetails
from leaderboard.sent import SentLeaderboard
from leaderboard.store import State, Store
from leaderboard.submissions.opening import open_review_queue, runs_folders
from leaderboard.submissions.review_queue import ReviewQueue
from leaderboard.submissions.routes import submission_routes
from leaderboard.tables import PublishedTable, published_tables
from web.administrators import FindAdministrator, nobody
from web.json_api import CachedJson
from web.routes import PublicRoute

PREFIX = "/v1"
_log = logging.getLogger(__name__)
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Fault}}
BUSY: dict[int | str, dict[str, Any]] = {503: {"model": Fault}}

TableNumber = Annotated[int, Path(ge=0, le=1000, description="As in the paper.", examples=[3])]
RunId = Annotated[
    str,
    Path(max_length=255, description="The name of its folder, from /v1/runs.", examples=["small-on-mini"]),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="Runs on a page.")]
Offset = Annotated[int, Query(ge=0, le=10**9, description="Runs before the page.")]


def router(
    settings: Settings, administrator: FindAdministrator = nobody, store: Store | None = None
) -> APIRouter:
    """Routes of the leaderboard's JSON API.

    Parameters
    ----------
    settings : Settings
    administrator : callable
        Who decides on submissions; see `web.administrators`.
    store : Store, optional
        Of the same settings, where others read it too.
    """
    queue = open_review_queue(settings)
    _settle(queue)
    folders = runs_folders(settings)
    store = store or open_store(settings)
    details = RunDetails()
    figures = FigureStore(store, *folders, kept=kept_folder(settings) / "comparisons")
    routes = APIRouter(prefix=PREFIX, tags=["leaderboard"], route_class=PublicRoute)

    @routes.get("/leaderboard", response_model=SentLeaderboard, responses=BUSY)
    def leaderboard(request: Request) -> Response:
        """Everything on the leaderboard: printed tables, measured runs, notes."""
        return store.json().respond(request)

    @routes.get("/tables", response_model=Tables)
    def tables(request: Request) -> Response:
        """Which of the paper's tables are here."""
        return _registries()["tables"].respond(request)

    @routes.get("/tables/{number}", response_model=PublishedTable, responses=NOT_FOUND)
    def table(request: Request, number: TableNumber) -> Response:
        """One of the paper's tables as printed, with its source and known faults."""
        tables = _tables()
        if number not in tables:
            known = ", ".join(map(str, tables))
            raise NotThereError(f"There is no table {number}; there are {known}.")
        return tables[number].respond(request)

    @routes.get("/tasks", response_model=Tasks)
    def tasks(request: Request) -> Response:
        """The tasks: what is asked, with which prompt, and how answers are scored."""
        return _registries()["tasks"].respond(request)

    @routes.get("/methods", response_model=MethodList)
    def methods(request: Request) -> Response:
        """The compression methods, each with its paper."""
        return _registries()["methods"].respond(request)

    @routes.get("/runs", response_model=Runs, responses=BUSY)
    def runs(request: Request, limit: Limit = 100, offset: Offset = 0) -> Response:
        """The runs behind the measured rows, page by page, and the folders without scores."""
        found = _page(store.state(), limit, offset)
        return CachedJson.of(found.model_dump(mode="json")).respond(request, _links(found))

    @routes.get("/runs/{id}", response_model=RunAnswer, responses=NOT_FOUND | BUSY)
    def run(request: Request, id: RunId) -> Response:
        """One run in full: its header, and every score with its interval, by task, duration and slice."""
        return details.of(store.state(), id).respond(request)

    routes.include_router(figure_routes(figures))
    routes.include_router(hub_routes(folders))
    routes.include_router(submission_routes(queue, administrator, is_open=settings.submissions))
    routes.routes.append(STATIC.route())
    return routes


def _settle(queue: ReviewQueue) -> None:
    """Finish what a crash left; where that cannot be done, the leaderboard is there all the same."""
    try:
        queue.settle()
    except (AmarathonError, OSError) as error:
        _log.warning("Submissions cannot be brought in order: %s", error)


@cache
def _registries() -> dict[str, CachedJson]:
    found = {"tasks": answers.tasks(), "methods": answers.methods(), "tables": answers.tables()}
    return {name: CachedJson.of(answer.model_dump(mode="json")) for name, answer in found.items()}


@cache
def _tables() -> dict[int, CachedJson]:
    return {
        number: CachedJson.of(table.model_dump(mode="json")) for number, table in published_tables().items()
    }


def _page(state: State, limit: int, offset: int) -> Runs:
    board = state.board
    rows = [row for section in (board.models, *board.measured) for row in section.rows]
    facts = list({row.run.folder: row.run for row in rows if row.run}.values())
    return Runs(
        total=len(facts),
        limit=limit,
        offset=offset,
        runs=facts[offset : offset + limit],
        pending=board.pending,
        broken=board.broken,
    )


def _links(page: Runs) -> dict[str, str]:
    """The pages beside this one (RFC 8288), relative: a proxy may serve the app under a path of its own."""
    last = max(page.total - 1, 0) // page.limit * page.limit
    beside = {"first": 0, "last": last}
    if page.offset > 0:
        beside["prev"] = max(page.offset - page.limit, 0)
    if page.offset + page.limit < page.total:
        beside["next"] = page.offset + page.limit
    links = (f'<?limit={page.limit}&offset={start}>; rel="{name}"' for name, start in beside.items())
    return {"Link": ", ".join(links)}
