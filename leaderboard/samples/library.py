"""The samples as they are now: runs and datasets as they are read, studies as they stand."""

from collections.abc import Callable
from pathlib import Path

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from leaderboard.kept import PATIENCE_S, Kept
from leaderboard.run_files import Stamp, stamp_of
from leaderboard.samples.collection import Collection, Entry, collect
from leaderboard.samples.datasets_here import DatasetsHere
from leaderboard.samples.detail import describe
from leaderboard.samples.filters import Wanted
from leaderboard.samples.listing import list_samples
from leaderboard.samples.records import SampleDetail, SampleList
from leaderboard.submissions.opening import runs_folders
from web.audio_copies import AudioCopies, CopyKind
from web.errors import RefusedError

HeldBack = Callable[[], frozenset[str]]


class UnknownSampleError(RefusedError):
    """There is no such sample, or nothing to hear of it."""

    status = 404


class Library:
    """Samples, each request's answer made of what is known at that moment.

    Parameters
    ----------
    settings : Settings
    runs : tuple of Path
        Folders of runs.
    held_back : callable
        Gives the marks of the questions whose answers are secret now; see `amarathon.tasks.identity`.
    """

    def __init__(self, settings: Settings, runs: tuple[Path, ...], held_back: HeldBack):
        self._held_back = held_back
        self._datasets = DatasetsHere(settings.datasets)
        self._copies = AudioCopies(
            settings.data / "samples" / "audio", AudioLimits(max_seconds=settings.max_audio_seconds)
        )
        self._kept = Kept(lambda: (stamp_of(*runs), len(self._datasets.current())), self._collect, PATIENCE_S)

    def _collect(self, stamp: tuple[Stamp, int]) -> tuple[tuple[Stamp, int], Collection]:
        return stamp, collect(stamp[0], self._datasets.current())

    def read(self) -> None:
        """Read what has not been read, so that nobody has to wait for it later.

        Raises
        ------
        StoreBusyError
        """
        self._kept.get()

    def list(self, wanted: Wanted, page: int) -> SampleList:
        """A page of the samples that fit.

        Raises
        ------
        StoreBusyError
        """
        collection = self._kept.get()
        # Asked last: what has been read cannot be older than what is secret.
        return list_samples(collection, self._held_back(), wanted, page, self._datasets.notes)

    def describe(self, sample: str, wanted: Wanted, *, gold: bool) -> SampleDetail:
        """One sample, with what is right where that is asked for and no secret.

        Raises
        ------
        UnknownSampleError, StoreBusyError, RunError
        """
        collection = self._kept.get()
        entry = _find(collection, sample)
        return describe(collection, entry, self._held_back(), wanted, gold=gold)

    def copy(self, sample: str, kind: CopyKind) -> Path:
        """A file of its recording for browsers.

        Raises
        ------
        UnknownSampleError
            It is not here, or may not be played to everybody.
        SourceError, AudioError, StoreBusyError
        """
        entry = _find(self._kept.get(), sample)
        audio = entry.sample.audio if entry.sample else None
        if audio is None or audio.sha256 is None or not entry.sound.audible:
            raise UnknownSampleError(entry.sound.reason or "The recording cannot be played here.")
        return self._copies.find(audio.path, audio.sha256, kind)


def open_library(settings: Settings, held_back: HeldBack) -> Library:
    """The library of all runs that the leaderboard shows; see `Library`."""
    return Library(settings, runs_folders(settings), held_back)


def _find(collection: Collection, sample: str) -> Entry:
    entry = collection.by_id.get(sample)
    if entry is None:
        raise UnknownSampleError("There is no such sample here; its run may have been removed.")
    return entry
