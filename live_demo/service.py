"""The demo's service: takes recordings and comparisons, lets one run at a time, finds results."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, partial
from pathlib import Path

from amarathon.audio import Audio, AudioLimits
from amarathon.errors import AmarathonError
from amarathon.generation.outcome import Outcome, Progress
from amarathon.generation.sweep import sweep
from amarathon.settings import Settings
from amarathon.tasks import Message
from live_demo.comparison import DemoComparison, TurnBounds
from live_demo.errors import BusyError, DemoError, GoneError, TooManyError
from live_demo.examples import Example, load_examples
from live_demo.limits import (
    ABANDONED_AFTER_S,
    FORGOTTEN_AFTER_S,
    GPU_SECONDS,
    MOST_WAITING,
    MOST_WAITING_ADDRESS,
    MOST_WAITING_EACH,
    TIDY_EVERY_S,
)
from live_demo.models import offers
from live_demo.question import Ask
from live_demo.quota import StorageQuota
from live_demo.recording import StoredRecording
from live_demo.recordings import ID, Recordings
from live_demo.retention import prune
from live_demo.shared_model import SharedModel
from live_demo.visitors import Visitor
from web.identifiers import new_id
from web.zerogpu import borrows_gpu

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
        self.models = {name: SharedModel(name) for name in self.offers}
        # For a request that names no model.
        self.default_model = settings.model if settings.model in self.models else "small"
        self.bounds = TurnBounds(settings.max_turn_seconds, ABANDONED_AFTER_S)
        self._answer = borrows_gpu(GPU_SECONDS)(self._sweep)
        self._comparisons: dict[str, DemoComparison] = {}
        self._lock, self._turn, self._decoding = threading.Lock(), threading.Lock(), threading.Lock()
        self._examples: dict[str, str] = {}
        self._expected_s: dict[str, float | None] = {}

    @cached_property
    def examples(self) -> Mapping[str, Example]:
        """The bundled recordings by their sample's id."""
        return load_examples()

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
            note(recording.record.id)
            return recording

    def cut(self, identifier: str, start: float, end: float, visitor: Visitor) -> StoredRecording:
        """Make a recording of a stretch of another one.

        Raises
        ------
        BusyError, DemoError, GoneError, TooManyError
        """
        self.recordings.get(identifier)
        with self.quota.kept(visitor, 0) as note:
            recording = self.recordings.cut(identifier, start, end)
            note(recording.record.id)
            return recording

    def submit(self, ask: Ask, visitor: Visitor) -> DemoComparison:
        """Take a comparison into the queue.

        Raises
        ------
        BusyError, GoneError, TooManyError
        """
        self._check_model(ask)
        recording = self.recordings.get(ask.recording)
        example = self.examples.get(recording.record.example or "")
        sample = ask.sample(recording, example.sample if example else None)
        with self._lock:
            self._check_share(visitor)
            comparison = DemoComparison(self.folder / new_id(), ask, recording, sample, visitor)
            self._comparisons[comparison.id] = comparison
            return comparison

    def _check_model(self, ask: Ask) -> None:
        name = ask.model or self.default_model
        if name not in self.models:
            raise DemoError(f"There is no model {name!r} here; there is {', '.join(self.models)}.")
        offer = self.offers.get(name)
        if offer is not None and offer.tasks and ask.task not in offer.tasks:
            raise DemoError(f"{offer.title} does {', '.join(offer.tasks)} alone; choose another model.")

    def _check_share(self, visitor: Visitor) -> None:
        """See that one visitor, one address and all together wait and run no more than they may."""
        held = self._active()
        own = sum(comparison.visitor.id == visitor.id for comparison in held)
        if own >= MOST_WAITING_EACH:
            raise TooManyError(
                f"{own} of your comparisons wait or run already; stop one, or wait for its end."
            )
        if sum(comparison.visitor.address == visitor.address for comparison in held) >= MOST_WAITING_ADDRESS:
            raise TooManyError("Many comparisons from your address wait already; try again in a few minutes.")
        waiting = sum(self._waits(comparison) for comparison in held)
        if waiting >= MOST_WAITING:
            raise BusyError(f"{waiting} comparisons are waiting already; try again in a few minutes.")

    def run(self, identifier: str) -> None:
        """Do a comparison's work; called by the queue, and does nothing the second time."""
        comparison = self._comparisons.get(identifier)
        if comparison is None:
            return
        with self._turn:
            if comparison.state == "waiting":
                name = comparison.ask.model or self.default_model
                expected_s = self._expected_s.get(name)
                comparison.work(self.models[name].get, partial(self._answer, name), expected_s, self.bounds)
                if comparison.stopwatch is not None:
                    self._expected_s[name] = comparison.stopwatch.seconds_per_configuration

    def active(self, identifier: str) -> DemoComparison | None:
        """A comparison that is in memory; a request for it keeps its position in the queue."""
        comparison = self._comparisons.get(identifier)
        if comparison is not None:
            comparison.polled_at = time.monotonic()
        return comparison

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

    def position(self, comparison: DemoComparison) -> int:
        """How many comparisons come before this one."""
        before = 0
        for other in list(self._comparisons.values()):
            if other is comparison:
                break
            before += self._waits(other) or other.running
        return before

    @staticmethod
    def _waits(comparison: DemoComparison) -> bool:
        """Whether somebody still waits for it: a page that was closed leaves the queue."""
        return comparison.state == "waiting" and comparison.silent_s < ABANDONED_AFTER_S

    def _needed(self) -> tuple[set[str], set[str]]:
        """Ids of comparisons that wait or run, and of recordings that they or the examples are."""
        active = self._active()
        recordings = {comparison.recording.record.id for comparison in active} | set(self._examples.values())
        return {comparison.id for comparison in active}, recordings

    def _active(self) -> list[DemoComparison]:
        """Comparisons that wait or run."""
        known = list(self._comparisons.values())
        return [comparison for comparison in known if self._waits(comparison) or comparison.running]

    def tidy(self) -> None:
        """Forget comparisons whose pages are silent, and remove from the disk what is too old."""
        with self._lock:
            for comparison in list(self._comparisons.values()):
                if comparison.silent_s > FORGOTTEN_AFTER_S and not comparison.running:
                    del self._comparisons[comparison.id]
            kept = dict(self._comparisons)
        in_use = {comparison.recording.record.id for comparison in kept.values()}
        in_use |= set(self._examples.values())
        prune(self.folder, self.recordings, kept.keys(), in_use)

    def start(self) -> None:
        """Begin what goes on in the background for as long as the program runs."""
        self.keep_private()
        self.keep_tidy()
        self.load_models()

    def load_models(self) -> None:
        """Begin to load every model, so that no visitor waits for it."""

        def load_all() -> None:
            for model in self.models.values():
                try:
                    model.get()
                except AmarathonError as error:
                    # Whoever chooses it gets the same sentence.
                    logger.warning("%s could not be loaded: %s", model.name, error)

        threading.Thread(target=load_all, name="demo-models", daemon=True).start()

    def keep_private(self) -> None:
        """See that what visitors bring, their voices among it, is the server's alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def keep_tidy(self) -> None:
        """Tidy now and then, for as long as the program runs."""

        def tidy_for_ever() -> None:
            while True:
                self.tidy()
                time.sleep(TIDY_EVERY_S)

        threading.Thread(target=tidy_for_ever, name="demo-tidy", daemon=True).start()

    def _sweep(
        self,
        model: str,
        audio: Audio,
        messages: list[Message],
        configurations: list[str],
        max_new_tokens: int,
        seed: int,
    ) -> Iterator[Progress | Outcome]:
        # A generator of its own: on a borrowed GPU this runs in another process, event by event.
        yield from sweep(
            self.models[model].get(),
            audio,
            messages,
            configurations,
            max_new_tokens=max_new_tokens,
            seed=seed,
        )


@cache
def open_demo_service(settings: Settings) -> DemoService:
    """The service that the page and the routes of one app share."""
    return DemoService(settings)
