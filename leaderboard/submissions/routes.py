"""The routes of submissions, under ``/v1/submissions``: uploading, receipts, reviewing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool

from leaderboard.submissions.errors import ForbiddenError, WrongTypeError
from leaderboard.submissions.facts import earlier_ones
from leaderboard.submissions.known import known_datasets
from leaderboard.submissions.ledger import Submission, Submitter
from leaderboard.submissions.limits import LARGEST_UPLOAD
from leaderboard.submissions.review_queue import LONGEST_REASON, ReviewQueue
from leaderboard.submissions.views import (
    DraftView,
    KnownData,
    Log,
    Overview,
    Review,
    ReviewView,
    SubmissionView,
    draft_view,
    holders_view,
    review_view,
)
from leaderboard.submissions.visitors import VisitorLimits, check_size
from web.administrators import Administrator, FindAdministrator
from web.identifiers import new_id
from web.routes import SentenceRoute

PREFIX = "/submissions"
# A page of another site cannot send this type without asking first, and is not allowed to.
MEDIA_TYPE = "application/zip"
CLOSED = "This server takes no submissions at present."

Receipt = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, StringConstraints(max_length=LONGEST_REASON)]


class FilingBody(BaseModel):
    """Who files a draft; the contact is shown to administrators only."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    contact: Text
    remark: Text = ""


class DecisionBody(BaseModel):
    """Why an administrator decides so."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = ""


def submission_routes(queue: ReviewQueue, administrator: FindAdministrator, *, is_open: bool) -> APIRouter:
    """The routes of a queue.

    Parameters
    ----------
    queue : ReviewQueue
    administrator : callable
        Who administers; see `web.administrators`.
    is_open : bool
        Whether something may be submitted. What was submitted before stays where it is.
    """

    async def only_administrator(request: Request) -> Administrator:
        found = await administrator(request)
        if found is None:
            raise ForbiddenError("Only an administrator may do this; sign in on the page Annotate.")
        return found

    routes = APIRouter(prefix=PREFIX, tags=["submissions"], route_class=SentenceRoute)
    _add_uploading(routes, queue, administrator, is_open=is_open)
    _add_reviewing(routes, queue, Depends(only_administrator))
    return routes


def _add_uploading(
    routes: APIRouter, queue: ReviewQueue, administrator: FindAdministrator, *, is_open: bool
) -> None:
    limits = VisitorLimits()

    @routes.get("")
    async def overview(request: Request) -> Overview:
        """Whether and what may be submitted, and whether the caller may decide on it."""
        found = await administrator(request)
        known = await run_in_threadpool(known_datasets, queue.roots)
        return Overview(
            open=is_open,
            largest_bytes=LARGEST_UPLOAD,
            datasets=[
                KnownData(name=record.name, sha256=sha256, samples=record.count)
                for sha256, record in known.items()
            ],
            administrator=found.name if found else None,
        )

    @routes.post("", status_code=201)
    async def upload(request: Request) -> DraftView:
        """Take the zip file of a packed run, the request's body as it is, and check it."""
        if not is_open:
            raise ForbiddenError(CLOSED)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
            raise WrongTypeError(f"A submission is sent as {MEDIA_TYPE}.")
        with limits.receiving(request):
            await run_in_threadpool(queue.folders.prepare)
            path = queue.folders.incoming / f"{new_id()}.zip"
            try:
                with path.open("wb") as file:
                    size = 0
                    async for chunk in request.stream():
                        size += len(chunk)
                        check_size(size)
                        await run_in_threadpool(file.write, chunk)
                receipt, one = await run_in_threadpool(queue.take, path)
            finally:
                path.unlink(missing_ok=True)
        return await run_in_threadpool(draft_view, queue, one, receipt)

    @routes.get("/receipts/{receipt}")
    def by_receipt(receipt: Receipt) -> SubmissionView:
        """What became of a submission, and what would appear of it."""
        return holders_view(queue, queue.by_receipt(receipt))

    @routes.post("/receipts/{receipt}/file")
    def file(request: Request, receipt: Receipt, body: FilingBody) -> SubmissionView:
        """Put an uploaded run into the queue of the administrators."""
        limits.changing(request)
        if not is_open:
            raise ForbiddenError(CLOSED)
        submitter = Submitter(name=body.name, contact=body.contact, remark=body.remark)
        return holders_view(queue, queue.file(queue.by_receipt(receipt).id, submitter))

    @routes.post("/receipts/{receipt}/withdraw")
    def withdraw(request: Request, receipt: Receipt) -> SubmissionView:
        """Take a submission back, for good."""
        limits.changing(request)
        return holders_view(queue, queue.withdraw(queue.by_receipt(receipt).id))


def _add_reviewing(routes: APIRouter, queue: ReviewQueue, only_administrator: Administrator) -> None:
    # `only_administrator` is FastAPI's mark of a dependency, which gives the administrator.
    def seen(one: Submission, *, rows: bool) -> ReviewView:
        known = queue.ledger.submissions()
        waits = known[one.id].state == "waiting"
        latest = known[one.id]
        earlier = [other.id for other in earlier_ones(known, latest)] if waits else list(latest.supersedes)
        return review_view(queue, latest, earlier, rows=rows)

    @routes.get("/review")
    def review(caller: Administrator = only_administrator) -> Review:
        """Every submission, for administrators: those that wait first, then the latest."""
        found = [one for one in queue.ledger.submissions().values() if one.filed_at is not None]
        found.sort(key=lambda one: (one.state == "waiting", one.filed_at or ""), reverse=True)
        return Review(
            csrf=caller.csrf,
            administrator=caller.name,
            submissions=[seen(one, rows=False) for one in found],
        )

    @routes.get("/review/{identifier}")
    def one_of_them(identifier: Id, caller: Administrator = only_administrator) -> ReviewView:
        """A submission with its scores, for administrators."""
        return seen(queue.find(identifier), rows=True)

    @routes.post("/review/{identifier}/accept")
    def accept(identifier: Id, body: DecisionBody, caller: Administrator = only_administrator) -> ReviewView:
        """Show a submission on the leaderboard."""
        return seen(queue.accept(identifier, caller.name, body.reason), rows=True)

    @routes.post("/review/{identifier}/refuse")
    def refuse(identifier: Id, body: DecisionBody, caller: Administrator = only_administrator) -> ReviewView:
        """Refuse a submission, with a reason that its submitter reads."""
        return seen(queue.refuse(identifier, caller.name, body.reason), rows=True)

    @routes.post("/review/{identifier}/undo")
    def undo(identifier: Id, body: DecisionBody, caller: Administrator = only_administrator) -> ReviewView:
        """Take a decision back: the submission waits again."""
        return seen(queue.undo(identifier, caller.name, body.reason), rows=True)

    @routes.get("/log")
    def log(caller: Administrator = only_administrator) -> Log:
        """Everything that happened to submissions, for administrators."""
        return Log(events=queue.ledger.events())
