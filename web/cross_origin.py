"""Who may read what from pages of other sites: public routes, and nothing else."""

import re
from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from web.routes import PublicRoute

# Headers that a page's script sees beside those that it always does.
SHOWN = ("ETag", "Link", "Retry-After")


def public_paths(routes: Sequence[object]) -> list[re.Pattern[str]]:
    """Patterns of the paths of `PublicRoute`."""
    return [route.path_regex for route in routes if isinstance(route, PublicRoute)]


class PublicReading:
    """ASGI middleware that lets pages of any site read public paths, without a visitor's cookies.

    Parameters
    ----------
    app : ASGIApp
    public : sequence of re.Pattern
    """

    def __init__(self, app: ASGIApp, public: Sequence[re.Pattern[str]]):
        self._app, self._public = app, public
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET"],
            allow_headers=["If-None-Match"],
            expose_headers=SHOWN,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_public = scope["type"] == "http" and any(path.fullmatch(scope["path"]) for path in self._public)
        await (self._open if is_public else self._app)(scope, receive, send)
