"""What happened to every submission: ``log.jsonl``, one event a line, and the states that follow from it.

The log is the one truth. A line counts once it ends with a newline and is on the disk; what a crash left
of one was never acknowledged, and the next event takes its place. Folders follow the log, see `queue`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.errors import RunError, first_fault
from amarathon.files import now, sync_folder
from leaderboard.submissions.errors import BusyError

LOG_FILE, LOCK_FILE = "log.jsonl", ".lock"
OWNER_ONLY = 0o600
# How long one who writes waits for another.
PATIENCE_S = 10.0

State = Literal["draft", "waiting", "accepted", "refused", "superseded", "withdrawn", "dropped"]
Kind = Literal["uploaded", "filed", "accepted", "refused", "undone", "withdrawn", "dropped"]
FOLLOWS: dict[Kind, State] = {
    "uploaded": "draft",
    "filed": "waiting",
    "accepted": "accepted",
    "refused": "refused",
    "undone": "waiting",
    "withdrawn": "withdrawn",
    "dropped": "dropped",
}


class Submitted(BaseModel):
    """What was uploaded: facts of its run, and where it came from.

    Attributes
    ----------
    receipt_sha256 : str
        Of the secret that its holder has.
    content_sha256 : str
        Of the records as they are kept.
    source : str
        ``"upload"``, or the pull request that it was imported from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    receipt_sha256: str
    content_sha256: str
    source: str
    run_id: str
    model: str
    revision: str
    dataset: str
    dataset_sha256: str
    configurations: list[str]


class Submitter(BaseModel):
    """Who files it; the contact and the remark are for administrators."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    contact: str
    remark: str = ""


class Event(BaseModel):
    """One line of the log.

    Attributes
    ----------
    id : str
        The submission's.
    by : str
        Who did it: a visitor, the holder of the receipt, an administrator's name, the server.
    supersedes : dict of str to str
        Of an acceptance: earlier submissions that it takes the place of, and their states before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str
    id: str
    event: Kind
    by: str
    reason: str = ""
    submitted: Submitted | None = None
    submitter: Submitter | None = None
    supersedes: dict[str, State] = {}


class Submission(BaseModel):
    """A submission as its events leave it."""

    id: str
    state: State
    facts: Submitted
    submitter: Submitter | None = None
    uploaded_at: str
    filed_at: str | None = None
    decided_at: str | None = None
    decided_by: str | None = None
    reason: str = ""
    superseded_by: str | None = None
    supersedes: dict[str, State] = {}

    @property
    def is_live(self) -> bool:
        """Whether it is still in the queue or on the leaderboard."""
        return self.state in {"draft", "waiting", "accepted"}


def apply(known: dict[str, Submission], event: Event) -> None:
    """Let an event happen.

    Raises
    ------
    ValueError
        If it speaks of a submission that was never uploaded.
    """
    if event.event == "uploaded" and event.submitted is not None:
        known[event.id] = Submission(id=event.id, state="draft", facts=event.submitted, uploaded_at=event.at)
        return
    if event.id not in known:
        raise ValueError("it speaks of a submission that was never uploaded")
    one = known[event.id]
    if event.event in {"undone", "withdrawn"}:
        _restore(known, one)
    one.state, one.reason = FOLLOWS[event.event], event.reason
    if event.event == "filed":
        one.submitter, one.filed_at = event.submitter, event.at
    else:
        one.decided_at, one.decided_by = event.at, event.by
    if event.event == "undone":
        one.decided_at = one.decided_by = None
    for other, before in event.supersedes.items():
        known[other].state, known[other].superseded_by = "superseded", one.id
        one.supersedes[other] = before


def _restore(known: dict[str, Submission], one: Submission) -> None:
    """Give back their place to those that an acceptance, which no longer stands, had superseded."""
    for other, before in one.supersedes.items():
        if known[other].state == "superseded" and known[other].superseded_by == one.id:
            known[other].state, known[other].superseded_by = before, None
    one.supersedes = {}


class Ledger:
    """The log of a folder, for any number of processes.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path):
        self._folder, self._path = folder, folder / LOG_FILE

    @contextmanager
    def writing(self) -> Iterator[dict[str, Submission]]:
        """Hold the log alone; gives the submissions as they are now.

        Raises
        ------
        BusyError
            If another holds it for too long.
        """
        lock = FileLock(self._folder / LOCK_FILE, timeout=PATIENCE_S)
        try:
            lock.acquire()
        except Timeout:
            raise BusyError("Another submission is being filed; try again in a moment.") from None
        try:
            yield self.submissions()
        finally:
            lock.release()

    def submissions(self) -> dict[str, Submission]:
        """Every submission by its id, in the order of their arrival.

        Raises
        ------
        RunError
            Naming the line that is damaged.
        """
        known: dict[str, Submission] = {}
        for number, event in enumerate(self.events(), start=1):
            try:
                apply(known, event)
            except (ValueError, KeyError) as error:
                raise RunError(f"{LOG_FILE}, line {number}, is damaged: {error}.") from error
        return known

    def events(self) -> list[Event]:
        """Every event that counts.

        Raises
        ------
        RunError
        """
        content = self._path.read_bytes() if self._path.exists() else b""
        lines = content[: content.rfind(b"\n") + 1].splitlines()
        try:
            return [Event.model_validate_json(line) for line in lines]
        except ValidationError as error:
            raise RunError(f"{LOG_FILE} of submissions is damaged: {first_fault(error)}.") from error

    def append(
        self,
        known: dict[str, Submission],
        identifier: str,
        event: Kind,
        by: str,
        *,
        reason: str = "",
        submitted: Submitted | None = None,
        submitter: Submitter | None = None,
        supersedes: dict[str, State] | None = None,
    ) -> Event:
        """Add an event, within `writing`; it is on the disk when this returns, and in `known`.

        Raises
        ------
        OSError
            If the disk refuses; nothing has happened then.
        """
        made = Event(
            at=now(),
            id=identifier,
            event=event,
            by=by,
            reason=reason,
            submitted=submitted,
            submitter=submitter,
            supersedes=supersedes or {},
        )
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            end = file.read().rfind(b"\n") + 1
            file.truncate(end)
            file.seek(end)
            try:
                _write_whole(file.fileno(), made.model_dump_json().encode() + b"\n")
            except OSError:
                file.truncate(end)
                raise
        if is_new:
            sync_folder(self._folder)
        apply(known, made)
        return made


def _write_whole(descriptor: int, content: bytes) -> None:
    # A full disk takes a part of the line without a word, and refuses only the rest.
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)
