"""How much storage recordings take: of one visitor, of one address, of all together.

Where a new one does not fit, the oldest that no comparison is about go first, then the oldest
comparisons; those that wait or run, and the examples, stay.
"""

import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path

from live_demo.errors import BusyError, TooManyError
from live_demo.limits import (
    KEEP_RECORDING_BYTES,
    KEEP_RECORDING_BYTES_ADDRESS,
    KEEP_RECORDING_BYTES_EACH,
    MOST_RECORDINGS_ADDRESS,
    MOST_RECORDINGS_EACH,
    RECEIVING_BYTES,
    RECEIVING_BYTES_EACH,
)
from live_demo.recordings import ID, Recordings
from live_demo.retention import comparisons_newest_first, recording_of
from live_demo.visitors import Visitor

NO_ROOM = "There is no room for another recording; try again in an hour."
NO_ROOM_EACH = (
    "Your recordings take all the room that one visitor has; stop a comparison, or try again later."
)


class StorageQuota:
    """See the module.

    Parameters
    ----------
    folder : Path
        Of all comparisons.
    recordings : Recordings
    needed : callable
        Ids of the comparisons and of the recordings that have to stay.
    """

    def __init__(
        self,
        folder: Path,
        recordings: Recordings,
        needed: Callable[[], tuple[AbstractSet[str], AbstractSet[str]]],
    ):
        self._folder, self._recordings, self._needed = folder, recordings, needed
        self._owners: dict[str, Visitor] = {}
        self._arriving: defaultdict[str, int] = defaultdict(int)
        self._keeping, self._counting = threading.Lock(), threading.Lock()

    @contextmanager
    def receiving(self, visitor: Visitor) -> Iterator[Callable[[int], None]]:
        """Give a function that counts what arrives of an upload, for as long as it is being received.

        Raises
        ------
        BusyError, TooManyError
            From that function, if too much arrives at the same time.
        """
        own = 0

        def count(size: int) -> None:
            nonlocal own
            with self._counting:
                own += size
                self._arriving[visitor.address] += size
                if self._arriving[visitor.address] > RECEIVING_BYTES_EACH:
                    raise TooManyError("Too much is arriving from your address at once; send it again later.")
                if sum(self._arriving.values()) > RECEIVING_BYTES:
                    raise BusyError("Too much is arriving at once; send it again in a few minutes.")

        try:
            yield count
        finally:
            with self._counting:
                self._arriving[visitor.address] -= own
                if not self._arriving[visitor.address]:
                    del self._arriving[visitor.address]

    @contextmanager
    def kept(self, visitor: Visitor, size: int) -> Iterator[Callable[[str], None]]:
        """Make room for `size` bytes, and hold it until they are there.

        Gives a function that says under which id they are kept.

        Raises
        ------
        BusyError, TooManyError
            If there is none, whatever goes.
        """
        with self._keeping:
            self._make(visitor, size)
            yield lambda identifier: self._owners.update({identifier: visitor})

    def _make(self, visitor: Visitor, size: int) -> None:
        # Not uploads on their way, this one's own among them: `receiving` counts those.
        names = filter(ID.fullmatch, self._recordings.names())
        sizes = {name: self._recordings.bytes_of(name) for name in names}
        self._owners = {name: owner for name, owner in self._owners.items() if name in sizes}
        shares: list[tuple[Callable[[str], bool], int, int | None, Exception]] = [
            (
                lambda name: self._owner(name).id == visitor.id,
                KEEP_RECORDING_BYTES_EACH,
                MOST_RECORDINGS_EACH,
                TooManyError(NO_ROOM_EACH),
            ),
            (
                lambda name: self._owner(name).address == visitor.address,
                KEEP_RECORDING_BYTES_ADDRESS,
                MOST_RECORDINGS_ADDRESS,
                TooManyError(NO_ROOM_EACH),
            ),
            (lambda name: True, KEEP_RECORDING_BYTES, None, BusyError(NO_ROOM)),
        ]
        for is_of, most_bytes, most, refusal in shares:
            mine = {name: taken for name, taken in sizes.items() if is_of(name)}
            if size > most_bytes:
                raise refusal
            for name, comparisons in self._oldest_first(mine):
                if sum(mine.values()) + size <= most_bytes and (most is None or len(mine) < most):
                    break
                for comparison in comparisons:
                    shutil.rmtree(comparison, ignore_errors=True)
                for gone in self._recordings.remove(name):
                    mine.pop(gone, None)
                    sizes.pop(gone, None)
            if sum(mine.values()) + size > most_bytes or (most is not None and len(mine) >= most):
                raise refusal

    def _owner(self, name: str) -> Visitor:
        # Of before this program's start: nobody's, but part of all.
        return self._owners.get(name, Visitor("?", "?"))

    def _oldest_first(self, names: AbstractSet[str] | dict[str, int]) -> list[tuple[str, list[Path]]]:
        """What may go of these recordings, each with the comparisons about it."""
        active, in_use = self._needed()
        about: defaultdict[str, list[Path]] = defaultdict(list)
        for found in comparisons_newest_first(self._folder):
            recording = recording_of(found)
            if recording is not None:
                about[self._recordings.whole_of(recording)].append(found)
        busy = {self._recordings.whole_of(name) for name in in_use}
        free = [
            (bool(about[name]), self._recordings.changed_at(name), name)
            for name in names
            if self._recordings.whole_of(name) == name
            and name not in busy
            and not any(comparison.name in active for comparison in about[name])
        ]
        return [(name, about[name]) for _, _, name in sorted(free)]
