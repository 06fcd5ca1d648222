"""What is told of a submission: to who holds its receipt, and to administrators."""

from pydantic import BaseModel

from leaderboard.measured import measured_rows
from leaderboard.records import Row
from leaderboard.submissions.ledger import Event, State, Submission, Submitter
from leaderboard.submissions.review_queue import ReviewQueue


class KnownData(BaseModel):
    """A dataset whose runs are taken."""

    name: str
    sha256: str
    samples: int


class Overview(BaseModel):
    """Whether and what may be submitted.

    Attributes
    ----------
    administrator : str or None
        Who asks, where it is an administrator.
    """

    open: bool
    largest_bytes: int
    datasets: list[KnownData]
    administrator: str | None


class SubmissionView(BaseModel):
    """A submission as its holder sees it.

    Attributes
    ----------
    scored : bool
        Whether its scores are there; a draft can be filed from then on.
    rows : list of Row
        What appears on the leaderboard once it is accepted, without ranks.
    superseded_by : str or None
        Id of the submission that took its place.
    """

    id: str
    state: State
    run_id: str
    model: str
    dataset: str
    dataset_sha256: str
    configurations: list[str]
    uploaded_at: str
    filed_at: str | None
    decided_at: str | None
    reason: str
    superseded_by: str | None
    scored: bool
    rows: list[Row] = []


class DraftView(SubmissionView):
    """What the answer to an upload says; the receipt is told this once."""

    receipt: str


class ReviewView(SubmissionView):
    """A submission as an administrator sees it.

    Attributes
    ----------
    supersedes : list of str
        Earlier ones that its acceptance takes, or took, the place of.
    """

    submitter: Submitter | None
    source: str
    decided_by: str | None
    supersedes: list[str]


class Review(BaseModel):
    """Every submission, the waiting ones first; `csrf` goes back with each decision."""

    csrf: str
    administrator: str
    submissions: list[ReviewView]


class Log(BaseModel):
    """Everything that happened, in its order."""

    events: list[Event]


def holders_view(queue: ReviewQueue, one: Submission) -> SubmissionView:
    """A submission as its holder sees it."""
    return SubmissionView.model_validate(_told(queue, one, rows=True))


def draft_view(queue: ReviewQueue, one: Submission, receipt: str) -> DraftView:
    """The answer to an upload."""
    return DraftView.model_validate({**_told(queue, one, rows=True), "receipt": receipt})


def review_view(queue: ReviewQueue, one: Submission, supersedes: list[str], *, rows: bool) -> ReviewView:
    """A submission as an administrator sees it; `rows` for its scores too."""
    told = _told(queue, one, rows=rows)
    return ReviewView.model_validate(
        {
            **told,
            "submitter": one.submitter,
            "source": one.facts.source,
            "decided_by": one.decided_by,
            "supersedes": supersedes,
        }
    )


def _told(queue: ReviewQueue, one: Submission, *, rows: bool) -> dict[str, object]:
    found = queue.scored(one) if rows else None
    rows_found = measured_rows(*found) if found else []
    facts = one.facts
    return {
        "id": one.id,
        "state": one.state,
        **{
            name: getattr(facts, name)
            for name in ("run_id", "model", "dataset", "dataset_sha256", "configurations")
        },
        "uploaded_at": one.uploaded_at,
        "filed_at": one.filed_at,
        "decided_at": one.decided_at,
        "reason": one.reason,
        "superseded_by": one.superseded_by,
        "scored": found is not None,
        "rows": [row.model_copy(update={"provenance": "submitted"}) for row in rows_found],
    }
