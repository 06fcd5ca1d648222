"""Routes of verification: rounds, a reviewer's current sample, listening, verdicts and their evidence."""

from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, PlainTextResponse

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.tasks.sample import Sample
from human_eval.annotation.listening import body_digest
from human_eval.api.dependencies import (
    Administering,
    Administrator,
    Reviewer,
    Reviewing,
    ServiceDep,
    new_router,
)
from human_eval.api.listening import PlaybackBody
from human_eval.api.requests import Body, Caller, ClientId, Id, LongText, ShortText
from human_eval.api.schemas.base import Done
from human_eval.api.schemas.listening import ListeningView, RefusedInterval
from human_eval.api.schemas.verification import (
    Evidence,
    NewRoundView,
    NextReviewView,
    ReviewListening,
    ReviewView,
    RoundList,
    RoundView,
)
from human_eval.assets import PREFIX
from human_eval.recordings import find_or_add
from human_eval.service import Service
from human_eval.storage.schema import Recording, Review, RoundState, VerificationRound, VerificationSample
from human_eval.studies.spec import Share
from human_eval.verification import listening as review_listening
from human_eval.verification import reviews, rounds
from human_eval.verification.export import verdict_lines
from human_eval.verification.history import history
from human_eval.verification.progress import RoundProgress, all_rounds, next_step, round_progress
from web.audio_copies import CopyKind
from web.media_types import MEDIA_TYPES
from web.routes import NO_STORE

routes = new_router()
AUDIO: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The audio; Range requests are answered.",
        "content": {kind: {} for kind in MEDIA_TYPES.values()},
    }
}
PEAKS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The peaks of the recording's waveform, in hundredths of full scale.",
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


class NextReviewBody(Body):
    """Which round somebody wants to work on."""

    round: ShortText


class VerdictBody(Body):
    """A reviewer's verdict on a sample."""

    client_id: ClientId
    checks: dict[ShortText, bool]
    verdict: bool
    comment: LongText = ""


class NewRoundBody(Body):
    """A subset to be drawn; `must_listen` is the share of each recording to be heard before a verdict."""

    dataset: Annotated[ShortText, Field(min_length=1)]
    subset: ShortText
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    must_listen: Share = rounds.MUST_LISTEN


@routes.get("/verification")
def list_rounds(service: ServiceDep) -> RoundList:
    """Every round and how far it is. Open to everybody: that a benchmark is being verified is no secret."""
    with service.database.reading() as session:
        return RoundList(rounds=[described(progress) for progress in all_rounds(session)])


@routes.get("/verification/rounds/{round_id}")
def evidence(round_id: Id, service: ServiceDep, caller: Reviewer) -> Evidence:
    """What was found in a round, once it is decided, and what happens now."""
    with service.database.reading() as session:
        decided, samples = history(session, round_id, caller.account.id)
        progress = described(round_progress(session, decided))
        return Evidence(round=progress, samples=samples, next_step=next_step(decided))


@routes.post("/verification/next")
def next_review(body: NextReviewBody, service: ServiceDep, caller: Reviewing) -> NextReviewView:
    """The reviewer's current sample, or another one that still needs a reviewer."""
    with service.database.writing() as session:
        review = reviews.next_review(session, body.round, caller.account.id)
        progress = round_progress(session, rounds.find_round(session, body.round))
        view = review_view(session, review) if review else None
        return NextReviewView(review=view, progress=described(progress))


@routes.post("/verification/reviews/{review}/listening")
def listen(review: Id, body: PlaybackBody, service: ServiceDep, caller: Reviewing) -> ReviewListening:
    """Credit what was played, as far as there was time to play it. Sent again, it changes nothing."""
    report = body.report()
    with service.database.writing() as session:
        own = reviews.own_review(session, review, caller.account.id)
        duration_s = _recording(session, own).duration_s
        refused = review_listening.credit(session, own, duration_s, report)
        return ReviewListening(
            listening=_listening(session, own),
            refused=[RefusedInterval(index=index, reason=reason) for index, reason in refused],
        )


@routes.put("/verification/reviews/{review}")
def judge(review: Id, body: VerdictBody, service: ServiceDep, caller: Reviewing) -> Done:
    """Save a verdict, once enough was played."""
    with service.database.writing() as session:
        own = reviews.own_review(session, review, caller.account.id)
        reviews.save_verdict(
            session,
            own,
            client_id=body.client_id,
            body_sha256=body_digest(body.model_dump()),
            checks=body.checks,
            verdict=body.verdict,
            comment=body.comment,
        )
    return Done()


@routes.get("/verification/reviews/{review}/audio.{coding}", response_class=FileResponse, responses=AUDIO)
def audio(review: Id, coding: Literal["opus", "mp3"], service: ServiceDep, caller: Reviewer) -> FileResponse:
    """A sample's recording, for the reviewer who has it."""
    path = _own_copy(service, review, caller, coding)
    return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=NO_STORE)


@routes.get("/verification/reviews/{review}/peaks", response_class=FileResponse, responses=PEAKS)
def peaks(review: Id, service: ServiceDep, caller: Reviewer) -> FileResponse:
    """The peaks of the recording's waveform."""
    path = _own_copy(service, review, caller, "peaks")
    return FileResponse(path, media_type="application/json", headers=NO_STORE)


@routes.post("/admin/verification")
def draw(body: NewRoundBody, service: ServiceDep, caller: Administering) -> NewRoundView:
    """Start a round: draw samples of a subset for reviewers."""
    dataset = load_dataset(body.dataset)
    sha256 = dataset_sha256(dataset.samples)
    with service.database.writing() as session:
        opened = rounds.open_round(
            session,
            dataset,
            sha256,
            body.subset,
            seed=body.seed,
            actor=caller.account.id,
            add_recording=_add_recording,
            must_listen=body.must_listen,
        )
        return NewRoundView(round=described(round_progress(session, opened)))


@routes.get("/admin/verification/{round_id}/verdicts", response_class=PlainTextResponse, responses=LINES)
def verdicts(round_id: Id, service: ServiceDep, caller: Administrator) -> PlainTextResponse:
    """A round's verdicts as JSON lines, each with the share that was heard."""
    with service.database.reading() as session:
        opened = rounds.find_round(session, round_id)
        lines = [verdict.model_dump_json() for verdict in verdict_lines(session, opened)]
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


def review_view(session: Session, review: Review) -> ReviewView:
    """A sample as its reviewer sees it, with the right answer."""
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
    needed = reviews.round_of(session, review).must_listen
    share = review_listening.coverage_of(session, review)
    return ListeningView(
        covered=review.covered,
        share=share,
        needed=needed,
        unlocked=review_listening.is_enough(share, needed),
    )


def _recording(session: Session, review: Review) -> Recording:
    sample = session.get_one(VerificationSample, review.sample_id)
    return session.get_one(Recording, sample.recording_id)


def _own_copy(service: Service, review: str, caller: Caller, kind: CopyKind) -> Path:
    with service.database.reading() as session:
        recording = _recording(session, reviews.own_review(session, review, caller.account.id))
    return service.audio_cache.find(Path(recording.path), recording.sha256, kind)


def _add_recording(session: Session, sample: Sample) -> str:
    return find_or_add(session, sample).id
