"""The page's scripts, under an address that changes with their content, so that none is ever stale."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "static"


@cache
def digest() -> str:
    """The part of the address that changes."""
    found = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def read(name: str) -> str:
    """The text of one of the files."""
    return (FOLDER / name).read_text(encoding="utf-8")


class CachedFiles(StaticFiles):
    """Static files that a browser keeps for ever."""

    async def get_response(self, path: str, scope) -> Response:  # type: ignore[no-untyped-def]
        """See `StaticFiles`."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
