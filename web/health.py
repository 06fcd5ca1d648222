"""``/healthz``: whether the app is ready and can store what it is given, and the versions it runs."""

import errno
import platform
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from amarathon import __version__
from web.routes import NO_STORE

SHOWN = ("gradio", "torch", "transformers", "numpy", "pandas")
# With less room than this, a database's next pages or a decoded recording may not find any.
LEAST_FREE_BYTES = 8 << 20
# Looking costs a write: whoever asks again within this time gets the same answer.
LOOKED_AT_EVERY_S = 2.0

# Says in a sentence why the app cannot do its work, if it cannot.
Check = Callable[[], str | None]


def versions() -> dict[str, str]:
    """Versions of the project, of Python and of the libraries that results depend on."""
    libraries = {name: metadata.version(name) for name in SHOWN}
    return {"amarathon": __version__, "python": platform.python_version(), **libraries}


def storage_fault(folder: Path) -> str | None:
    """Why nothing can be stored in a folder, in a sentence; `None` where something can."""
    try:
        if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
            return "The disk of the data folder is full."
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "The disk of the data folder is full."
        return f"The data folder cannot be written to ({error.strerror})."
    return None


def router(ready: threading.Event, checks: Sequence[Check] = ()) -> APIRouter:
    """Route ``/healthz``: 503 until `ready` is set and where a check finds a fault, else 200."""
    routes = APIRouter(tags=["health"])
    looking = threading.Lock()
    looked_at, fault = -LOOKED_AT_EVERY_S, None

    def find_fault() -> str | None:
        nonlocal looked_at, fault
        with looking:
            if time.monotonic() - looked_at >= LOOKED_AT_EVERY_S:
                fault = next(filter(None, (check() for check in checks)), None)
                looked_at = time.monotonic()
            return fault

    @routes.get("/healthz")
    def healthz() -> JSONResponse:
        """Whether the app is ready, and what it runs."""
        found = find_fault() if ready.is_set() else None
        status = "starting" if not ready.is_set() else "ready" if found is None else "faulty"
        content = {"status": status, "versions": versions()} | ({"error": found} if found else {})
        return JSONResponse(content, 200 if status == "ready" else 503, NO_STORE)

    return routes
