"""``/healthz``: whether the app is ready, and the versions it runs."""

import platform
import threading
from importlib import metadata

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from amarathon import __version__

SHOWN = ("gradio", "torch", "transformers", "numpy", "pandas")


def versions() -> dict[str, str]:
    """Versions of the project, of Python and of the libraries that results depend on."""
    libraries = {name: metadata.version(name) for name in SHOWN}
    return {"amarathon": __version__, "python": platform.python_version(), **libraries}


def router(ready: threading.Event) -> APIRouter:
    """Route ``/healthz``: 503 until `ready` is set, then 200 with the versions."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    def healthz() -> JSONResponse:
        status = "ready" if ready.is_set() else "starting"
        return JSONResponse({"status": status, "versions": versions()}, 200 if ready.is_set() else 503)

    return routes
