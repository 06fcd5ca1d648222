"""Downloads of a run's scores in the forms of the Hugging Face Hub."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Path as PathParameter

from amarathon.runs import Run, read_run
from amarathon.runs.hub_results import eval_results, model_card
from amarathon.runs.reading import HEADER_FILE
from amarathon.runs.summary import Summary, read_summary
from web.errors import RefusedError
from web.routes import SentenceRoute

# A run's folder is named like this wherever it lies; no path leads out of the folders of runs.
Folder = Annotated[str, PathParameter(pattern=r"^[^/\\\x00-\x1f]{1,255}$")]
Name = Annotated[str | None, Query(max_length=300)]


class NoSuchRunError(RefusedError):
    """There is no run of this name that has scores."""

    status = 404


def hub_routes(roots: Sequence[Path]) -> APIRouter:
    """Routes to the runs in some folders.

    Parameters
    ----------
    roots : sequence of Path
    """
    routes = APIRouter(tags=["leaderboard"], route_class=SentenceRoute)

    @routes.get("/runs/{folder}/eval-results.yaml")
    def entries(folder: Folder, configuration: Name = None, dataset: Name = None) -> Response:
        """One configuration's scores as a file for a model's ``.eval_results/`` on the Hugging Face Hub."""
        run, summary = _find(roots, folder)
        wanted = configuration or run.header.configurations[0]
        content = eval_results(run.header, summary, wanted, dataset)
        return _file(content, "application/yaml", "audiomarathon.yaml")

    @routes.get("/runs/{folder}/model-index.md")
    def card(folder: Folder, dataset: Name = None) -> Response:
        """A run's scores as the metadata of a model's card, with ``model-index``."""
        run, summary = _find(roots, folder)
        return _file(model_card(run.header, summary, dataset), "text/markdown", "model-index.md")

    return routes


def _find(roots: Sequence[Path], folder: str) -> tuple[Run, Summary]:
    for root in roots:
        path = root / folder
        if folder not in {".", ".."} and (path / HEADER_FILE).is_file():
            summary = read_summary(path)
            if summary is not None:
                return read_run(path), summary
    raise NoSuchRunError("There is no run of this name that has scores.")


def _file(content: str, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return Response(content, media_type=media_type, headers=headers)
