"""All of human evaluation's routes in one router."""

from fastapi import APIRouter

from amarathon.settings import Settings
from human_eval.api import (
    administration,
    entrance,
    huggingface,
    invites,
    items,
    results,
    reviewing,
    taking_part,
)
from human_eval.api.requests import PREFIX, Access, SentenceRoute
from human_eval.assets import STATIC
from human_eval.desk import Desk, open_desk

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
