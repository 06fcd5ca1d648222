"""Where submissions lie on the disk, and how their folders follow the log.

``incoming`` is for what is being received, ``filed`` for what was checked, ``accepted`` for what the
leaderboard shows. A folder is moved after its event is in the log, so a crash between the two leaves the log
ahead: `settle` then moves what is left behind. An upload's folder comes before its event: without one,
nobody has its receipt, and `settle` removes it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from amarathon.files import sync_folder
from leaderboard.submissions.errors import NoRoomError
from leaderboard.submissions.ledger import Submission
from leaderboard.submissions.marks import SubmissionMark, write_mark
from web.uploads import tidy_uploads

ACCEPTED = "accepted"

# Nothing takes so long to be received or checked.
STALE_S = 3600.0


class Folders:
    """The folders under one, made where absent by `prepare`.

    Parameters
    ----------
    root : Path
    room : int
        Bytes that all of them together may take.
    """

    def __init__(self, root: Path, room: int):
        self.root, self._room = root, room
        self.incoming, self.accepted = root / "incoming", root / ACCEPTED
        self._filed = root / "filed"

    def prepare(self) -> None:
        """Make the folders."""
        for folder in (self.incoming, self._filed, self.accepted):
            folder.mkdir(parents=True, exist_ok=True)

    def filed(self, identifier: str) -> Path:
        """Where a submission lies that is not shown."""
        return self._filed / identifier

    def of(self, one: Submission) -> Path:
        """Where a submission's run lies."""
        return self.accepted / one.id if one.state == "accepted" else self.filed(one.id)

    def check_room(self) -> None:
        """See that something may be brought.

        Raises
        ------
        NoRoomError
        """
        if sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file()) >= self._room:
            raise NoRoomError("There is no room for further submissions; ask who runs this server.")

    def keep(self, staged: Path, identifier: str) -> Path:
        """Move what was checked to where it is kept."""
        _move(staged, self.filed(identifier))
        return self.filed(identifier)

    def settle(self, known: Mapping[str, Submission]) -> None:
        """Put every folder where its submission's state says, or remove it; within `Ledger.writing`."""
        tidy_uploads(self.incoming, STALE_S)
        for identifier in {path.name for path in [*self._filed.iterdir(), *self.accepted.iterdir()]}:
            one = known.get(identifier)
            shown, filed = self.accepted / identifier, self.filed(identifier)
            if one is None or one.state in {"withdrawn", "dropped"}:
                shutil.rmtree(shown, ignore_errors=True)
                shutil.rmtree(filed, ignore_errors=True)
            elif one.state == "accepted" and filed.is_dir():
                write_mark(filed, _mark_of(one))
                _move(filed, shown)
            elif one.state != "accepted" and shown.is_dir():
                _move(shown, filed)


def _mark_of(one: Submission) -> SubmissionMark:
    if one.submitter is None or one.filed_at is None:
        raise ValueError(f"the submission {one.id} was accepted and never filed")
    return SubmissionMark(id=one.id, by=one.submitter.name, at=one.filed_at)


def _move(folder: Path, to: Path) -> None:
    folder.replace(to)
    sync_folder(to.parent)
    sync_folder(folder.parent)
