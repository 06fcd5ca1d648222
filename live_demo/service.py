"""The demo's service: takes recordings and comparisons, finds results, deletes what its maker wants gone."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from amarathon.audio import Audio, AudioLimits
from amarathon.errors import AmarathonError
from amarathon.settings import Settings
from live_demo.comparison import DemoComparison
from live_demo.context import KnownAnswers, TurnBounds
from live_demo.costs import Costs
from live_demo.errors import DemoError, GoneError, NotYoursError
from live_demo.examples import Example, load_examples
from live_demo.going_on import longer
from live_demo.gold import GoldAnswers
from live_demo.limits import ABANDONED_AFTER_S, TIDY_EVERY_S
from live_demo.models import offers
from live_demo.ownership import is_owner, is_shared, set_owner, set_shared
from live_demo.question import Ask
from live_demo.queue import ComparisonQueue
from live_demo.quota import StorageQuota
from live_demo.recording import GONE, StoredRecording
from live_demo.recordings import ID, Recordings
from live_demo.results import ComparisonResults
from live_demo.retention import comparisons_newest_first, prune, recording_of
from live_demo.shared_model import SharedModel
from live_demo.visitors import Visitor
from web.identifiers import new_id

logger = logging.getLogger(__name__)


class DemoService:
    """What every visitor of the demo shares.

    Parameters
    ----------
    settings : Settings
    decode : callable, optional
        Decodes strangers' files; in a process of its own by default.
    """

    def __init__(self, settings: Settings, decode: Callable[[Path, AudioLimits], Audio] | None = None):
        self.folder = settings.data.resolve() / "demo"
        self.limits = AudioLimits(max_bytes=settings.max_upload_bytes, max_seconds=settings.max_audio_seconds)
        options = {"decode": decode} if decode else {}
        self.recordings = Recordings(self.folder / "recordings", self.limits, **options)
        self.quota = StorageQuota(self.folder, self.recordings, self._needed)
        self.offers = offers(settings.model)
        self.gold = GoldAnswers(lambda: self.examples, frozenset)
        self._costs: dict[str, Costs] = {}
        models = {name: SharedModel(name, self.costs(name)) for name in self.offers}
        default = settings.model if settings.model in models else "small"
        bounds = TurnBounds(settings.max_turn_seconds, ABANDONED_AFTER_S)
        self.queue = ComparisonQueue(models, default, self.costs, bounds)
        self._decoding = threading.Lock()
        self._examples: dict[str, str] = {}

    @cached_property
    def examples(self) -> Mapping[str, Example]:
        """The bundled recordings by their sample's id."""
        return load_examples()

    def costs(self, model: str) -> Costs:
        """What this machine takes for work with a model."""
        return self._costs.setdefault(model, Costs(self.folder / "costs", model))

    def add_example(self, identifier: str) -> StoredRecording:
        """A bundled sample as a recording; all visitors share one.

        Raises
        ------
        GoneError
        """
        if identifier not in self.examples:
            raise GoneError(f"There is no example {identifier!r}.")
        with self._decoding:
            known = self._examples.get(identifier)
            if known and (self.recordings.folder / known).is_dir():
                return self.recordings.get(known)
            path = self.examples[identifier].sample.audio.path
            recording = self.recordings.add(path, example=identifier)
            self._examples[identifier] = recording.record.id
            return recording

    def add(self, path: Path, visitor: Visitor) -> StoredRecording:
        """Decode what a visitor brought and keep it.

        Raises
        ------
        AudioError
            If the file is not usable as audio.
        BusyError, TooManyError
            If there is no room for it.
        """
        audio = self.recordings.decode(path)
        with self.quota.kept(visitor, audio.samples.nbytes) as note:
            recording = self.recordings.keep(audio, path.name)
            set_owner(recording.folder, visitor.key)
            note(recording.record.id)
            return recording

    def cut(self, identifier: str, start: float, end: float, visitor: Visitor) -> StoredRecording:
        """Make a recording of a stretch of another one.

        Raises
        ------
        BusyError, DemoError, GoneError, TooManyError
        """
        self.heard(identifier, visitor)
        with self.quota.kept(visitor, 0) as note:
            recording = self.recordings.cut(identifier, start, end)
            set_owner(recording.folder, visitor.key)
            note(recording.record.id)
            return recording

    def may_hear(self, recording: StoredRecording, visitor: Visitor) -> bool:
        """Whether a visitor may hear and see a recording: an example, one's own, or one that is shared."""
        whole = self.recordings.whole_of(recording.record.id)
        public = recording.record.example is not None or whole in self._examples.values()
        return public or is_owner(recording.folder, visitor.key) or is_shared(recording.folder)

    def heard(self, identifier: str, visitor: Visitor) -> StoredRecording:
        """A recording that a visitor may hear.

        Raises
        ------
        GoneError
            If there is none, for this visitor.
        """
        recording = self.recordings.get(identifier)
        if not self.may_hear(recording, visitor):
            raise GoneError(GONE)
        return recording

    def estimate(
        self, ask: Ask, recording: StoredRecording, visitor: Visitor, seconds: float | None = None
    ) -> dict[str, Any]:
        """What a comparison of so much of a recording takes; a `DemoError` if there is no such model."""
        self._check_model(ask)
        audio_s = min(seconds or recording.record.duration_s, recording.record.duration_s)
        found = self.queue.estimate(ask, audio_s)
        place = self.queue.place_of_new(ask, audio_s, visitor)
        return {
            "estimate": found.described() if found else None,
            "reason": None if found else "The model is being loaded.",
            "before": place.before,
            "begins_s": place.begins_s,
            "ends_s": place.ends_s if found else None,
        }

    def submit(self, ask: Ask, visitor: Visitor, known: KnownAnswers | None = None) -> DemoComparison:
        """Take a comparison into the queue.

        Raises
        ------
        BusyError, GoneError, TooManyError
        """
        self._check_model(ask)
        recording = self.recordings.get(ask.recording)
        example = self.examples.get(recording.record.example or "")
        sample = ask.sample(recording, example.sample if example else None)
        folder = self.folder / new_id()
        return self.queue.submit(
            lambda: DemoComparison(folder, ask, recording, sample, visitor, known), visitor
        )

    def go_on(self, identifier: str, visitor: Visitor, longest: int | None = None) -> DemoComparison:
        """A comparison like another one, with longer replies where they were cut off; the rest is as it was.

        Raises
        ------
        BusyError, DemoError, GoneError, TooManyError
        """
        found = ComparisonResults(self.find(identifier))
        record = found.comparison
        self.heard(record.recording.id, visitor)
        revision = self.queue.model_of(Ask.read(record.ask.model_dump())).get().identity.revision
        ask, known = longer(found, longest, revision)
        return self.submit(ask, visitor, known)

    def _check_model(self, ask: Ask) -> None:
        self.queue.model_of(ask)
        offer = self.offers.get(ask.model or self.queue.default_model)
        if offer is not None and offer.tasks and ask.task not in offer.tasks:
            raise DemoError(f"{offer.title} does {', '.join(offer.tasks)} alone; choose another model.")

    def find(self, identifier: str) -> Path:
        """The folder of a comparison that has begun.

        Raises
        ------
        GoneError
        """
        folder = self.folder / identifier
        if not ID.fullmatch(identifier) or not folder.is_dir():
            raise GoneError("This comparison is no longer kept here.")
        return folder

    def owns(self, identifier: str, visitor: Visitor) -> bool:
        """Whether a visitor made a comparison."""
        waiting = self.queue.known(identifier)
        if waiting is not None:
            return bool(visitor.key) and waiting.visitor.key == visitor.key
        return is_owner(self.find(identifier), visitor.key)

    def share(self, identifier: str, visitor: Visitor, *, shared: bool) -> None:
        """Let whoever has the link hear the recording of a comparison, or nobody else any more.

        Raises
        ------
        GoneError, NotYoursError
        """
        recording = self.recordings.get(ComparisonResults(self.find(identifier)).comparison.recording.id)
        if not is_owner(recording.folder, visitor.key):
            raise NotYoursError("Only the browser that brought a recording can share it.")
        set_shared(recording.folder, shared=shared)

    def delete_comparison(self, identifier: str, visitor: Visitor) -> None:
        """Remove a comparison at once, from the disk and from memory.

        Raises
        ------
        GoneError, NotYoursError
        """
        if not self.owns(identifier, visitor):
            raise NotYoursError("Only the browser that made a comparison can delete it.")
        self.queue.delete(identifier)
        shutil.rmtree(self.folder / identifier, ignore_errors=True)

    def delete_recording(self, identifier: str, visitor: Visitor) -> None:
        """Remove a recording at once, its stretches, and all comparisons about them.

        Raises
        ------
        GoneError, NotYoursError
        """
        if not is_owner(self.recordings.get(identifier).folder, visitor.key):
            raise NotYoursError("Only the browser that brought a recording can delete it.")
        gone = {name for name in self.recordings.names() if self.recordings.whole_of(name) == identifier}
        gone.add(identifier)
        about = [found for found in comparisons_newest_first(self.folder) if recording_of(found) in gone]
        for comparison in {*self.queue.about(gone), *(found.name for found in about)}:
            self.queue.delete(comparison)
            shutil.rmtree(self.folder / comparison, ignore_errors=True)
        for name in gone:
            shutil.rmtree(self.recordings.folder / name, ignore_errors=True)

    def _needed(self) -> tuple[set[str], set[str]]:
        """Ids of comparisons that wait or run, and of recordings that they or the examples are."""
        held = self.queue.held()
        recordings = {comparison.recording.record.id for comparison in held} | set(self._examples.values())
        return {comparison.id for comparison in held}, recordings

    def tidy(self) -> None:
        """Forget comparisons whose pages are silent, and remove from the disk what is too old."""
        kept = self.queue.forget()
        in_use = {comparison.recording.record.id for comparison in kept.values()}
        in_use |= set(self._examples.values())
        prune(self.folder, self.recordings, kept.keys(), in_use)

    def start(self) -> None:
        """Begin what goes on in the background for as long as the program runs."""
        self.keep_private()
        threading.Thread(target=self._tidy_for_ever, name="demo-tidy", daemon=True).start()
        threading.Thread(target=self._load_all, name="demo-models", daemon=True).start()

    def keep_private(self) -> None:
        """See that what visitors bring, their voices among it, is the server's alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def _load_all(self) -> None:
        """Load every model, so that no visitor waits for it."""
        for model in self.queue.models.values():
            try:
                model.get()
            except AmarathonError as error:
                # Whoever chooses it gets the same sentence.
                logger.warning("%s could not be loaded: %s", model.name, error)

    def _tidy_for_ever(self) -> None:
        while True:
            self.tidy()
            time.sleep(TIDY_EVERY_S)


@cache
def open_demo_service(settings: Settings) -> DemoService:
    """The service that the page and the routes of one app share."""
    return DemoService(settings)
