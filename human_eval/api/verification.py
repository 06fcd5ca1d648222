"""Routes of verification: rounds, the sample in a reviewer's hands, listening, verdicts, their evidence."""

from typing import Annotated, Any, Literal, cast

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, PlainTextResponse

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.tasks.sample import Sample
from human_eval.annotation.coverage import Interval
from human_eval.annotation.listening import Report, body_digest
from human_eval.api.dependencies import (
    Administering,
    Administrator,
    OpenDesk,
    Reviewer,
    Reviewing,
    new_router,
)
from human_eval.api.requests import Body, Caller, ClientId, Id, LongText, Number, ShortText
from human_eval.api.schemas import (
    Done,
    Evidence,
    ListeningView,
    NewRoundView,
    NextReviewView,
    RefusedInterval,
    ReviewListening,
    ReviewView,
    RoundList,
    RoundView,
)
from human_eval.assets import PREFIX
from human_eval.recordings import enter
from human_eval.service import Desk
from human_eval.storage.schema import Recording, Review, RoundState, VerificationRound, VerificationSample
from human_eval.studies.spec import Share
from human_eval.verification import listening as review_listening
from human_eval.verification import rounds as verification
from human_eval.verification.history import history
from human_eval.verification.progress import RoundProgress, next_step, round_progress, rounds
from web.media_types import MEDIA_TYPES
from web.routes import NO_STORE

routes = new_router()
SOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "Sound, by Range.", "content": {kind: {} for kind in MEDIA_TYPES.values()}}
}
PEAKS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The recording's outline, in hundredths of full scale.",
        "content": {"application/json": {"example": {"duration_s": 120.0, "peaks": [[-30, 28], [-12, 15]]}}},
    }
}
LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A verdict a line, as `amarathon build verify` reads it.",
        "content": {
            "application/jsonl": {
                "example": '{"sample": "m1", "reviewer": "a1", "passed": true, "heard": 1.0}\n'
            }
        },
    }
}


class NextReview(Body):
    """Which round somebody wants to work on."""

    round: ShortText


class Judgement(Body):
    """A reviewer's verdict on a sample."""

    client_id: ClientId
    checks: dict[ShortText, bool]
    verdict: bool
    comment: LongText = ""


class Heard(Body):
    """A stretch that was played: `start` and `end` of the recording, `at` of the page's clock, in seconds."""

    start: Number
    end: Number
    speed: Number
    at: Number
    muted: bool = False
    hidden: bool = False


class HeardReport(Body):
    """What a page has played since its last report."""

    client_id: ClientId
    page: ClientId
    sent_at: Number
    intervals: Annotated[list[Heard], Field(max_length=1000)]


class NewRound(Body):
    """A subset to be drawn; `must_listen` is the share of each recording to be heard before a verdict."""

    dataset: Annotated[ShortText, Field(min_length=1)]
    subset: ShortText
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    must_listen: Share = verification.MUST_LISTEN


@routes.get("/verification")
def all_rounds(desk: OpenDesk) -> RoundList:
    """Every round and how far it is. Open to everybody: that a benchmark is being verified is no secret."""
    with desk.database.reading() as session:
        return RoundList(rounds=[described(each) for each in rounds(session)])


@routes.get("/verification/rounds/{round_id}")
def evidence(round_id: Id, desk: OpenDesk, caller: Reviewer) -> Evidence:
    """What was found in a round, once it is decided, and what happens now."""
    with desk.database.reading() as session:
        decided, samples = history(session, round_id, caller.account.id)
        progress = described(round_progress(session, decided))
        return Evidence(round=progress, samples=samples, next_step=next_step(decided))


@routes.post("/verification/next")
def take(body: NextReview, desk: OpenDesk, caller: Reviewing) -> NextReviewView:
    """The sample in hand, or another one that still needs a reviewer."""
    with desk.database.writing() as session:
        review = verification.next_review(session, body.round, caller.account.id)
        progress = round_progress(session, verification.find_round(session, body.round))
        shown = in_hand(session, review) if review else None
        return NextReviewView(review=shown, progress=described(progress))


@routes.post("/verification/reviews/{review}/listening")
def listen(review: Id, body: HeardReport, desk: OpenDesk, caller: Reviewing) -> ReviewListening:
    """Say what was played; it counts as far as there was time to play it. Sent again, it changes nothing."""
    played = [Interval(**each.model_dump()) for each in body.intervals]
    report = Report(body.client_id, body.page, body.sent_at, played)
    with desk.database.writing() as session:
        own = verification.own_review(session, review, caller.account.id)
        duration_s = _recording(session, own).duration_s
        refused = review_listening.credit(session, own, duration_s, report)
        return ReviewListening(
            listening=_listening(session, own),
            refused=[RefusedInterval(index=index, reason=reason) for index, reason in refused],
        )


@routes.put("/verification/reviews/{review}")
def judge(review: Id, body: Judgement, desk: OpenDesk, caller: Reviewing) -> Done:
    """Give a verdict, once enough was heard."""
    with desk.database.writing() as session:
        own = verification.own_review(session, review, caller.account.id)
        verification.save_verdict(
            session,
            own,
            client_id=body.client_id,
            body_sha256=body_digest(body.model_dump()),
            checks=body.checks,
            verdict=body.verdict,
            comment=body.comment,
        )
    return Done()


@routes.get("/verification/reviews/{review}/audio.{coding}", response_class=FileResponse, responses=SOUND)
def sound(review: Id, coding: Literal["opus", "mp3"], desk: OpenDesk, caller: Reviewer) -> FileResponse:
    """A sample's recording, for the reviewer who has it."""
    path = desk.copies.find(_own_recording(desk, review, caller), coding)
    return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=NO_STORE)


@routes.get("/verification/reviews/{review}/peaks", response_class=FileResponse, responses=PEAKS)
def outline(review: Id, desk: OpenDesk, caller: Reviewer) -> FileResponse:
    """The recording's outline."""
    path = desk.copies.find(_own_recording(desk, review, caller), "peaks")
    return FileResponse(path, media_type="application/json", headers=NO_STORE)


@routes.post("/admin/verification")
def draw(body: NewRound, desk: OpenDesk, caller: Administering) -> NewRoundView:
    """Draw samples of a subset for reviewers."""
    found = load_dataset(body.dataset)
    sha256 = dataset_sha256(found.samples)
    with desk.database.writing() as session:
        opened = verification.open_round(
            session,
            found,
            sha256,
            body.subset,
            seed=body.seed,
            actor=caller.account.id,
            keep_recording=_keep,
            must_listen=body.must_listen,
        )
        return NewRoundView(round=described(round_progress(session, opened)))


@routes.get("/admin/verification/{round_id}/verdicts", response_class=PlainTextResponse, responses=LINES)
def verdicts(round_id: Id, desk: OpenDesk, caller: Administrator) -> PlainTextResponse:
    """A round's verdicts as JSON lines, each with the share that was heard."""
    with desk.database.reading() as session:
        opened = verification.find_round(session, round_id)
        lines = [each.model_dump_json() for each in verification.verdict_lines(session, opened)]
    return PlainTextResponse("".join(f"{line}\n" for line in lines), media_type="application/jsonl")


def described(progress: RoundProgress) -> RoundView:
    """A round with its counts."""
    opened = progress.round
    return RoundView(
        id=opened.id,
        dataset=opened.dataset,
        dataset_sha256=opened.dataset_sha256,
        subset=opened.subset,
        number=opened.number,
        state=cast("RoundState", opened.state),
        reason=opened.reason,
        drawn=progress.drawn,
        reviewed=progress.reviewed,
        disagreements=progress.disagreements,
        population=opened.population,
        seed=opened.seed,
        must_listen=opened.must_listen,
        opened_at=opened.opened_at,
        decided_at=opened.decided_at,
    )


def in_hand(session: Session, review: Review) -> ReviewView:
    """A sample with everything that its reviewer needs; its right answer among it."""
    sample = session.get_one(VerificationSample, review.sample_id)
    opened = session.get_one(VerificationRound, sample.round_id)
    base = f"{PREFIX}/verification/reviews/{review.id}"
    return ReviewView(
        id=review.id,
        task=sample.task,
        question=sample.question,
        options=[option["text"] for option in sample.options],
        answer=sample.answer,
        reference=sample.reference,
        duration_s=session.get_one(Recording, sample.recording_id).duration_s,
        stated_duration_s=sample.stated_duration_s,
        audio={coding: f"{base}/audio.{coding}" for coding in MEDIA_TYPES},
        peaks=f"{base}/peaks",
        checklist=opened.checklist,
        listening=_listening(session, review),
    )


def _listening(session: Session, review: Review) -> ListeningView:
    needed = verification.round_of(session, review).must_listen
    share = review_listening.heard(session, review)
    return ListeningView(
        covered=review.covered,
        share=share,
        needed=needed,
        unlocked=review_listening.is_enough(share, needed),
    )


def _recording(session: Session, review: Review) -> Recording:
    sample = session.get_one(VerificationSample, review.sample_id)
    return session.get_one(Recording, sample.recording_id)


def _own_recording(desk: Desk, review: str, caller: Caller) -> Recording:
    with desk.database.reading() as session:
        return _recording(session, verification.own_review(session, review, caller.account.id))


def _keep(session: Session, sample: Sample) -> str:
    return enter(session, sample).id
