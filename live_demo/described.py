"""What the routes say of recordings and comparisons, to whom they may."""

from dataclasses import asdict
from typing import Any

from live_demo.comparison import DemoComparison
from live_demo.errors import GoneError
from live_demo.limits import KEEP_COMPARISON_S, KEEP_UNUSED_RECORDING_S
from live_demo.ownership import is_owner, is_shared
from live_demo.recording import StoredRecording
from live_demo.results import UNNAMED, ComparisonResults
from live_demo.service import DemoService
from live_demo.visitors import Visitor

# A recording never changes under its id.
FOR_EVER = {"Cache-Control": "private, max-age=86400, immutable"}


def described(service: DemoService, recording: StoredRecording, visitor: Visitor) -> dict[str, Any]:
    """A recording as its page shows it.

    Besides its record: whether this visitor may hear it (`audible`) and made it (`mine`), whether everybody
    may who has a link (`shared`), and the seconds that it stays without a comparison and with one.
    """
    audible = service.may_hear(recording, visitor)
    record = recording.record.model_dump(mode="json")
    return {
        **record,
        "name": record["name"] if audible else UNNAMED,
        "audible": audible,
        "mine": is_owner(recording.folder, visitor.key),
        "shared": is_shared(recording.folder),
        "kept_s": {"unused": KEEP_UNUSED_RECORDING_S, "compared": KEEP_COMPARISON_S},
    }


def status_of(service: DemoService, comparison: DemoComparison, visitor: Visitor) -> dict[str, Any]:
    """How far a comparison is that is in memory."""
    place = service.queue.place(comparison)
    progress = comparison.progress(place.ends_s)
    waiting = comparison.state == "waiting"
    return {
        "id": comparison.id,
        "state": comparison.state,
        "stopping": comparison.stopping and comparison.active,
        "position": place.before if waiting else 0,
        # Of one that waits: until it begins. Of one that has begun: others have their turn meanwhile.
        "begins_s": place.begins_s if waiting else 0.0,
        "put_aside": comparison.state == "running" and not service.queue.has_turn(comparison),
        "error": comparison.error,
        "pace": asdict(progress) if progress else None,
        "done": progress.done if progress else 0,
        "ask": comparison.ask.model_dump(mode="json"),
        "recording": described(service, comparison.recording, visitor),
        "mine": service.owns(comparison.id, visitor),
    }


def status_on_disk(service: DemoService, found: ComparisonResults, visitor: Visitor) -> dict[str, Any]:
    """The status of a comparison that has left the memory."""
    record = found.comparison.recording
    try:
        recording = described(service, service.recordings.get(record.id), visitor)
    except GoneError:
        gone = {"name": UNNAMED, "audible": False, "mine": False, "shared": False}
        recording = {**record.model_dump(mode="json"), **gone}
    return {
        "id": found.comparison.id,
        "state": "done" if found.run.header.finished_at else "stopped",
        "stopping": False,
        "position": 0,
        "begins_s": 0.0,
        "put_aside": False,
        "error": None,
        "pace": None,
        "done": len(found.predictions),
        "ask": found.comparison.ask.model_dump(mode="json"),
        "recording": recording,
        "mine": service.owns(found.comparison.id, visitor),
    }


def results_for(service: DemoService, identifier: str, visitor: Visitor) -> ComparisonResults:
    """A comparison's results, with the recording's name for those alone who may hear it.

    Raises
    ------
    GoneError
    """
    folder = service.find(identifier)
    found = ComparisonResults(folder, service.gold)
    return (
        found if _may_hear(service, found, visitor) else ComparisonResults(folder, service.gold, named=False)
    )


def _may_hear(service: DemoService, found: ComparisonResults, visitor: Visitor) -> bool:
    try:
        return service.may_hear(service.recordings.get(found.comparison.recording.id), visitor)
    except GoneError:
        return service.owns(found.comparison.id, visitor)
