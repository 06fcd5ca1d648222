"""All of human evaluation's routes in one router."""

from fastapi import APIRouter

from amarathon.settings import Settings
from human_eval.api import annotation as items
from human_eval.api import huggingface, invites, results
from human_eval.api import participation as taking_part
from human_eval.api import sign_in as entrance
from human_eval.api import studies as administration
from human_eval.api import verification as reviewing
from human_eval.api.requests import Access, SentenceRoute
from human_eval.assets import PREFIX, STATIC
from human_eval.service import Desk, open_desk

PARTS = (entrance, huggingface, taking_part, items, administration, invites, reviewing, results)


def router(settings: Settings) -> APIRouter:
    """Open the database and route to it.

    Raises
    ------
    SettingsError, StorageError
        If the database cannot be used.
    """
    return routes_of(open_desk(settings))


def routes_of(desk: Desk) -> APIRouter:
    """Routes to one desk."""
    routes = APIRouter(prefix=PREFIX, tags=["human evaluation"], route_class=SentenceRoute)
    access = Access(desk)
    for part in PARTS:
        part.add_routes(routes, desk, access)
    routes.routes.append(STATIC.mount())
    return routes
