"""A page's own scripts and styles, under an address that changes with their content."""

import hashlib
from functools import cached_property, lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.compression import CODINGS, Coding, accepted_coding

# What gets smaller.
TEXTS = {".css", ".html", ".js", ".json", ".svg", ".txt"}
KEPT_HEADERS = ("etag", "last-modified", "vary")
SHARED = Path(__file__).parent / "static"
# What an address that changes with its content lets a browser do.
FOR_EVER = "public, max-age=31536000, immutable"


def files_route(prefix: str, files: StaticFiles) -> Route:
    """Route to static files, for `GET` and `HEAD`.

    A `Mount` would do, but for a proxy that serves the app under a path and strips it: there it
    looks for the files under that path.
    """

    async def file(request: Request) -> Response:
        return await files.get_response(request.path_params["path"], request.scope)

    return Route(prefix + "/{path:path}", file)


class StaticFolder:
    """The files of a face's folder, and beside them those that all faces share (`SHARED`).

    Both under one address: a script imports a shared one as if it were its neighbour, and never
    meets it in another version.

    Parameters
    ----------
    folder : Path
    prefix : str
        Path that they are served under, before their digest.
    """

    def __init__(self, folder: Path, prefix: str):
        self._folder = folder
        self._prefix = prefix

    @cached_property
    def address(self) -> str:
        """Path that the files are served under."""
        digest = hashlib.sha256()
        for path in [*sorted(self._folder.iterdir()), *sorted(SHARED.iterdir())]:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return f"{self._prefix}/{digest.hexdigest()[:16]}"

    def read(self, name: str) -> str:
        """The text of one of the files."""
        folder = self._folder if (self._folder / name).exists() else SHARED
        return (folder / name).read_text(encoding="utf-8")

    def route(self) -> Route:
        """The route that serves them."""
        return files_route(self.address, _KeptFiles(directory=self._folder, packages=[("web", SHARED.name)]))


class CompressedFiles(StaticFiles):
    """Static files, of which texts are sent compressed to who accepts that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See `StaticFiles`."""
        response = await super().get_response(path, scope)
        if not isinstance(response, FileResponse) or Path(path).suffix not in TEXTS:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        coding = accepted_coding(Headers(scope=scope).get("accept-encoding", ""))
        if coding is None:
            return response
        status = Path(response.path).stat()
        body = _compressed(Path(response.path), status.st_mtime_ns, coding)
        kept = {name: response.headers[name] for name in KEPT_HEADERS}
        return Response(body, headers=kept | {"Content-Encoding": coding}, media_type=response.media_type)


@lru_cache(maxsize=512)
def _compressed(path: Path, changed_ns: int, coding: Coding) -> bytes:
    """A file in a coding; made when it is asked for first, and anew when it has changed."""
    return CODINGS[coding](path.read_bytes())


class _KeptFiles(CompressedFiles):
    """Static files that a browser keeps for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See `StaticFiles`."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = FOR_EVER
        return response
