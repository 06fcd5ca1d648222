"""The routes of samples, under ``/v1/samples``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse

from leaderboard.answers import Fault
from leaderboard.api import PREFIX
from leaderboard.samples.filters import Show, Wanted
from leaderboard.samples.library import Library
from leaderboard.samples.records import SampleDetail, SampleList
from web.audio_copies import WaveformPeaks
from web.json_api import CachedJson
from web.media_types import MEDIA_TYPES, Coding
from web.routes import SentenceRoute

SampleId = Annotated[str, Path(pattern="^[0-9a-f]{20}$", description="Opaque, from the list.")]
Text = Annotated[str, Query(max_length=300)]
MOST_PAGES = 100_000
# A recording never changes under its id, which is made of the hash of its dataset.
KEPT = {"Cache-Control": "public, max-age=86400, immutable"}
AUDIO: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The audio; Range requests are answered.",
        "content": {kind: {} for kind in MEDIA_TYPES.values()},
    },
    404: {"model": Fault},
}


def _wanted(
    dataset: Annotated[Text | None, Query(description="A dataset's key.")] = None,
    task: Annotated[Text | None, Query(description="A task's code.")] = None,
    run: Annotated[Text | None, Query(description="A run's folder.")] = None,
    show: Annotated[
        Show, Query(description="Those where models disagree, all are wrong, pruning flipped.")
    ] = "all",
    slice: Annotated[Text | None, Query(description="A slice's name, a colon and its value.")] = None,
    q: Annotated[Text, Query(description="Words of the question, its options or its name.")] = "",
) -> Wanted:
    name, _, value = (slice or "").partition(":")
    return Wanted(dataset, task, run, show, (name, value) if slice else None, q)


Filters = Annotated[Wanted, Depends(_wanted)]


def routes_of(library: Library) -> APIRouter:
    """Routes of the samples."""
    routes = APIRouter(prefix=f"{PREFIX}/samples", tags=["samples"], route_class=SentenceRoute)

    @routes.get("", response_model=SampleList)
    def samples(
        request: Request, wanted: Filters, page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1
    ) -> Response:
        """Samples that fit, a page at a time, and what they can be filtered by."""
        return CachedJson.of(library.list(wanted, page).model_dump(mode="json")).respond(request)

    @routes.get("/{sample}", response_model=SampleDetail, responses={404: {"model": Fault}})
    def sample(request: Request, sample: SampleId, wanted: Filters, gold: bool = False) -> Response:
        """A sample with every answer; with `gold` what is right, unless a study asks about it."""
        found = library.describe(sample, wanted, gold=gold)
        return CachedJson.of(found.model_dump(mode="json")).respond(request)

    @routes.get("/{sample}/audio", response_class=FileResponse, responses=AUDIO)
    def audio(sample: SampleId, coding: Coding = "opus") -> Response:
        """A sample's recording, where it is here and its licence lets everybody hear it."""
        path = library.copy(sample, coding)
        return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=KEPT)

    @routes.get(
        "/{sample}/peaks",
        response_class=FileResponse,
        responses={200: {"model": WaveformPeaks}, 404: {"model": Fault}},
    )
    def peaks(sample: SampleId) -> Response:
        """The peaks of its waveform."""
        return FileResponse(library.copy(sample, "peaks"), media_type="application/json", headers=KEPT)

    return routes
