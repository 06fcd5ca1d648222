"""All of human evaluation's routes in one router."""

from fastapi import APIRouter, Depends

from human_eval.api import accounts, huggingface, invites, results
from human_eval.api import annotation as items
from human_eval.api import participation as taking_part
from human_eval.api import sign_in as entrance
from human_eval.api import studies as administration
from human_eval.api import verification as reviewing
from human_eval.api.dependencies import Service, served_by
from human_eval.api.requests import Access, BoundedRoute
from human_eval.api.schemas_annotation import REFUSALS
from human_eval.assets import PREFIX, STATIC
from human_eval.service import Desk

# Modules with a router of their own.
ROUTERS = (
    entrance,
    huggingface,
    accounts,
    taking_part,
    items,
    administration,
    invites,
    reviewing,
    results,
)


def routes_of(desk: Desk) -> APIRouter:
    """Routes to one desk."""
    access = Access(desk)
    service = Depends(served_by(Service(desk, access)))
    routes = APIRouter(
        prefix=PREFIX, tags=["human evaluation"], route_class=BoundedRoute, dependencies=[service]
    )
    for each in ROUTERS:
        routes.include_router(each.routes, responses=REFUSALS)
    routes.routes.append(STATIC.route())
    return routes
