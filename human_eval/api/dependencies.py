"""The dependencies of routes: the service behind them, and the caller.

Routes are plain functions at the top of their modules, with arguments of these types::

    routes = new_router()

    @routes.get("/studies/{study}")
    def show(study: Id, service: ServiceDep, caller: SignedIn) -> StudyView: ...

`human_eval.api.routes.routes_of` puts the modules' routers into one, in front of one service.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from human_eval.api.requests import Access, BoundedRoute, Caller
from human_eval.service import Service


@dataclass(frozen=True)
class ApiState:
    """What the routes of one app share.

    Attributes
    ----------
    service : Service
    access : Access
        Who may ask, and how often.
    """

    service: Service
    access: Access


def new_router() -> APIRouter:
    """A module's own router, whose refusals are sentences."""
    return APIRouter(route_class=BoundedRoute)


def served_by(api: ApiState) -> Callable[[Request], Awaitable[None]]:
    """The dependency by which a router's routes find what they share."""

    async def serve(request: Request) -> None:
        request.state.human_eval = api

    return serve


async def api_state_of(request: Request) -> ApiState:
    """What the routes share that a request came to."""
    api: ApiState = request.state.human_eval
    return api


async def _service(request: Request) -> Service:
    return (await api_state_of(request)).service


async def _anybody(request: Request) -> Caller | None:
    return await (await api_state_of(request)).access.anybody(request)


async def _signed_in(request: Request) -> Caller:
    return await (await api_state_of(request)).access.signed_in(request)


async def _changing(request: Request) -> Caller:
    return await (await api_state_of(request)).access.changing(request)


async def _administrator(request: Request) -> Caller:
    return await (await api_state_of(request)).access.administrator(request)


async def _administering(request: Request) -> Caller:
    return await (await api_state_of(request)).access.administering(request)


async def _reviewer(request: Request) -> Caller:
    return await (await api_state_of(request)).access.reviewer(request)


async def _reviewing(request: Request) -> Caller:
    return await (await api_state_of(request)).access.reviewing(request)


async def entering(request: Request) -> None:
    """See that a request may sign in; for a route's `dependencies`."""
    await (await api_state_of(request)).access.entering(request)


ApiStateDep = Annotated[ApiState, Depends(api_state_of)]
ServiceDep = Annotated[Service, Depends(_service)]
# Who is signed in, if anybody.
Anybody = Annotated[Caller | None, Depends(_anybody)]
# Who is signed in: for what only reads, and for what changes something.
SignedIn = Annotated[Caller, Depends(_signed_in)]
Changing = Annotated[Caller, Depends(_changing)]
# The same of the administrator, and of a reviewer or the administrator.
Administrator = Annotated[Caller, Depends(_administrator)]
Administering = Annotated[Caller, Depends(_administering)]
Reviewer = Annotated[Caller, Depends(_reviewer)]
Reviewing = Annotated[Caller, Depends(_reviewing)]
