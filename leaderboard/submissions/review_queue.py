"""The queue that submissions go over: received, checked, filed, decided on."""

import shutil
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from amarathon.runs import Run, read_run
from amarathon.runs.summary import Summary, predictions_sha256, read_summary
from leaderboard.submissions.errors import (
    BusyError,
    ConflictError,
    SubmissionError,
    UnknownReceiptError,
)
from leaderboard.submissions.facts import earlier_ones, facts_of, refuse_twins
from leaderboard.submissions.folders import Folders
from leaderboard.submissions.isolation import in_child
from leaderboard.submissions.ledger import Ledger, State, Submission, Submitter
from leaderboard.submissions.limits import CHECKING_S, DRAFT_S
from leaderboard.submissions.receipts import digest, new_receipt
from leaderboard.submissions.scoring import Scoring
from leaderboard.submissions.texts import check_name, check_text
from web.identifiers import new_id

SERVER, VISITOR, HOLDER = "the server", "a visitor", "the holder of the receipt"
LONGEST_REASON = 2000
# How long one that was received waits for another that is being checked.
PATIENCE_S = 60.0


class ReviewQueue:
    """Every change is in the log before it shows anywhere.

    Parameters
    ----------
    root : Path
        Folder of all submissions, made once something is brought.
    roots : sequence of Path
        Folders of the runs that were measured here.
    reference : list of str
        Hashes of the paper's dataset.
    room : int
        Bytes that all submissions together may take.
    """

    def __init__(self, root: Path, roots: Sequence[Path], reference: list[str], room: int):
        self.folders, self.ledger = Folders(root, room), Ledger(root)
        self.roots, self._reference = list(roots), reference
        self._scoring = Scoring(self._drop)
        self._checking = threading.Lock()

    def settle(self) -> None:
        """Let folders follow the log, as after a crash; drafts that nobody filed in time go.

        Raises
        ------
        AmarathonError
            If the log is damaged: nothing is touched then.
        """
        if not self.folders.root.is_dir():
            return
        self.folders.prepare()
        with self.ledger.writing() as known:
            for one in list(known.values()):
                if one.state == "draft" and _age_s(one.uploaded_at) > DRAFT_S:
                    self.ledger.append(known, one.id, "dropped", SERVER, reason="Nobody filed it in time.")
            self.folders.settle(known)

    def take(self, file: Path, source: str = "upload") -> tuple[str, Submission]:
        """Check a zip file and keep its run as a draft; scoring begins.

        Returns
        -------
        (str, Submission)
            The receipt, which is kept nowhere, and the draft.

        Raises
        ------
        SubmissionError
            What is wrong with it; nothing is kept then.
        """
        self.folders.prepare()
        self.folders.check_room()
        if not self._checking.acquire(timeout=PATIENCE_S):
            raise BusyError("Other submissions are being checked; try again in a moment.")
        identifier, receipt = new_id(), new_receipt()
        staged = self.folders.incoming / identifier
        try:
            staged.mkdir()
            in_child(
                "check",
                CHECKING_S,
                file=str(file),
                to=str(staged),
                roots=[str(root) for root in self.roots],
                reference=self._reference,
            )
            return receipt, self._keep(staged, identifier, receipt, source)
        finally:
            self._checking.release()
            shutil.rmtree(staged, ignore_errors=True)

    def _keep(self, staged: Path, identifier: str, receipt: str, source: str) -> Submission:
        header = read_run(staged).header
        facts = facts_of(header, digest(receipt), predictions_sha256(staged), source)
        with self.ledger.writing() as known:
            refuse_twins(known, facts, self.roots)
            folder = self.folders.keep(staged, identifier)
            try:
                self.ledger.append(known, identifier, "uploaded", VISITOR, submitted=facts)
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        self._scoring.begin(identifier, folder)
        return known[identifier]

    def by_receipt(self, receipt: str) -> Submission:
        """The submission that a receipt is of.

        Raises
        ------
        UnknownReceiptError
        """
        wanted = digest(receipt)
        for one in self.ledger.submissions().values():
            if one.facts.receipt_sha256 == wanted:
                return one
        raise UnknownReceiptError("No submission has this receipt.")

    def find(self, identifier: str) -> Submission:
        """The submission of an id.

        Raises
        ------
        UnknownReceiptError
        """
        return _find(self.ledger.submissions(), identifier)

    def scored(self, one: Submission) -> tuple[Run, Summary] | None:
        """A submission's run with its scores; `None` while they are worked out, or once it has gone."""
        folder = self.folders.of(one)
        if not folder.is_dir():
            return None
        summary = read_summary(folder)
        if summary is None:
            self._scoring.begin(one.id, folder)
            return None
        return read_run(folder), summary

    def file(self, identifier: str, submitter: Submitter) -> Submission:
        """Put a draft into the queue.

        Raises
        ------
        SubmissionError
        """
        check_name(submitter.name, "The name", 100)
        check_name(submitter.contact, "The contact")
        check_text(submitter.remark, "The remark", LONGEST_REASON)
        with self.ledger.writing() as known:
            one = _find(known, identifier)
            _check_state(one, "draft")
            if self.scored(one) is None:
                raise ConflictError("Its scores are still being worked out; file it once they are there.")
            refuse_twins(known, one.facts, self.roots)
            self.ledger.append(known, identifier, "filed", HOLDER, submitter=submitter)
        return one

    def withdraw(self, identifier: str, by: str = HOLDER) -> Submission:
        """Take a submission back, for good; its answers are removed, its events stay."""
        with self.ledger.writing() as known:
            one = _find(known, identifier)
            _check_state(one, "draft", "waiting", "accepted", "superseded", "refused")
            self.ledger.append(known, identifier, "withdrawn", by)
            self.folders.settle(known)
        return one

    def accept(self, identifier: str, by: str, reason: str = "") -> Submission:
        """Show a submission on the leaderboard, in the place of earlier ones that it supersedes."""
        check_text(reason, "The reason", LONGEST_REASON)
        with self.ledger.writing() as known:
            one = _find(known, identifier)
            _check_state(one, "waiting")
            if self.scored(one) is None:
                raise ConflictError("Its scores are still being worked out; try again in a moment.")
            earlier: dict[str, State] = {other.id: other.state for other in earlier_ones(known, one)}
            self.ledger.append(known, identifier, "accepted", by, reason=reason, supersedes=earlier)
            self.folders.settle(known)
        return one

    def refuse(self, identifier: str, by: str, reason: str) -> Submission:
        """Refuse a submission; whoever holds the receipt reads the reason."""
        if not check_text(reason, "The reason", LONGEST_REASON).strip():
            raise SubmissionError("Give a reason: the submitter reads it.")
        with self.ledger.writing() as known:
            one = _find(known, identifier)
            _check_state(one, "waiting")
            self.ledger.append(known, identifier, "refused", by, reason=reason)
        return one

    def undo(self, identifier: str, by: str, reason: str = "") -> Submission:
        """Put a submission that was decided on back into the queue."""
        check_text(reason, "The reason", LONGEST_REASON)
        with self.ledger.writing() as known:
            one = _find(known, identifier)
            _check_state(one, "accepted", "refused")
            self.ledger.append(known, identifier, "undone", by, reason=reason)
            self.folders.settle(known)
        return one

    def _drop(self, identifier: str, reason: str) -> None:
        """Give up a draft whose scores cannot be had."""
        with self.ledger.writing() as known:
            if known[identifier].state == "draft":
                self.ledger.append(known, identifier, "dropped", SERVER, reason=reason)
                self.folders.settle(known)


def _find(known: dict[str, Submission], identifier: str) -> Submission:
    if identifier not in known:
        raise UnknownReceiptError("There is no such submission.")
    return known[identifier]


def _check_state(one: Submission, *states: State) -> None:
    if one.state not in states:
        raise ConflictError(f"This submission is {one.state}, so that cannot be done.")


def _age_s(at: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
