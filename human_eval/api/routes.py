"""All of human evaluation's routes in one router."""

from fastapi import APIRouter, Depends

from human_eval.api import (
    accounts,
    annotation,
    huggingface,
    invites,
    participation,
    results,
    sign_in,
    studies,
    verification,
)
from human_eval.api.dependencies import ApiState, served_by
from human_eval.api.requests import Access, BoundedRoute
from human_eval.api.schemas.base import REFUSALS
from human_eval.assets import PREFIX, STATIC
from human_eval.service import Service

# Modules with a router of their own.
ROUTERS = (
    sign_in,
    huggingface,
    accounts,
    participation,
    annotation,
    studies,
    invites,
    verification,
    results,
)


def routes_of(service: Service) -> APIRouter:
    """The routes of one service."""
    access = Access(service)
    api = Depends(served_by(ApiState(service, access)))
    routes = APIRouter(prefix=PREFIX, tags=["human evaluation"], route_class=BoundedRoute, dependencies=[api])
    for module in ROUTERS:
        routes.include_router(module.routes, responses=REFUSALS)
    routes.routes.append(STATIC.route())
    return routes
