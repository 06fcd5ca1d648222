"""Routes of verification: rounds, the sample in a reviewer's hands, verdicts and their evidence."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, PlainTextResponse

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.tasks.sample import Sample
from human_eval.annotation.listening import body_digest
from human_eval.api.requests import NEVER, Access, Body, Caller, ClientId, Id, LongText, ShortText
from human_eval.assets import PREFIX
from human_eval.errors import UnknownError
from human_eval.recordings import MEDIA_TYPES, enter
from human_eval.service import Desk
from human_eval.storage.schema import Recording, Review, VerificationRound, VerificationSample
from human_eval.verification import rounds as verification
from human_eval.verification.history import history
from human_eval.verification.progress import RoundProgress, round_progress, rounds


class NextReview(Body):
    """Which round somebody wants to work on."""

    round: ShortText


class Judgement(Body):
    """A reviewer's verdict on a sample."""

    client_id: ClientId
    checks: dict[ShortText, bool]
    verdict: bool
    comment: LongText = ""


class NewRound(Body):
    """A subset to be drawn."""

    dataset: Annotated[ShortText, Field(min_length=1)]
    subset: ShortText
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add the routes of verification."""

    @routes.get("/verification")
    def all_rounds() -> dict[str, Any]:
        with desk.database.reading() as session:
            return {"rounds": [described(each) for each in rounds(session)]}

    @routes.get("/verification/rounds/{round_id}")
    def evidence(round_id: Id, caller: Annotated[Caller, Depends(access.reviewer)]) -> dict[str, Any]:
        with desk.database.reading() as session:
            decided, samples = history(session, round_id)
            progress = described(round_progress(session, decided))
            return {"round": progress, "samples": [asdict(each) for each in samples]}

    @routes.post("/verification/next")
    def take(body: NextReview, caller: Annotated[Caller, Depends(access.reviewing)]) -> dict[str, Any]:
        with desk.database.writing() as session:
            review = verification.next_review(session, body.round, caller.account.id)
            progress = round_progress(session, session.get_one(VerificationRound, body.round))
            shown = in_hand(session, review) if review else None
            return {"review": shown, "progress": described(progress)}

    @routes.put("/verification/reviews/{review}")
    def judge(
        review: Id, body: Judgement, caller: Annotated[Caller, Depends(access.reviewing)]
    ) -> dict[str, Any]:
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
        return {}

    @routes.get("/verification/reviews/{review}/audio.{coding}")
    def sound(
        review: Id, coding: Literal["opus", "mp3"], caller: Annotated[Caller, Depends(access.reviewer)]
    ) -> FileResponse:
        path = desk.copies.find(_recording(desk, review, caller), coding)
        return FileResponse(path, media_type=MEDIA_TYPES[coding], headers=NEVER)

    @routes.get("/verification/reviews/{review}/peaks")
    def outline(review: Id, caller: Annotated[Caller, Depends(access.reviewer)]) -> FileResponse:
        path = desk.copies.find(_recording(desk, review, caller), "peaks")
        return FileResponse(path, media_type="application/json", headers=NEVER)

    @routes.post("/admin/verification")
    def draw(body: NewRound, caller: Annotated[Caller, Depends(access.administering)]) -> dict[str, Any]:
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
            )
            return {"round": described(round_progress(session, opened))}

    @routes.get("/admin/verification/{round_id}/verdicts")
    def verdicts(round_id: Id, caller: Annotated[Caller, Depends(access.administrator)]) -> PlainTextResponse:
        with desk.database.reading() as session:
            opened = session.get(VerificationRound, round_id)
            if opened is None:
                raise UnknownError("There is no such round.")
            lines = [each.model_dump_json() for each in verification.verdict_lines(session, opened)]
        return PlainTextResponse("".join(f"{line}\n" for line in lines), media_type="application/jsonl")


def described(progress: RoundProgress) -> dict[str, Any]:
    """A round as JSON."""
    opened = progress.round
    return {
        "id": opened.id,
        "dataset": opened.dataset,
        "dataset_sha256": opened.dataset_sha256,
        "subset": opened.subset,
        "number": opened.number,
        "state": opened.state,
        "reason": opened.reason,
        "drawn": progress.drawn,
        "reviewed": progress.reviewed,
        "disagreements": progress.disagreements,
        "population": opened.population,
        "seed": opened.seed,
        "opened_at": opened.opened_at,
        "decided_at": opened.decided_at,
    }


def in_hand(session: Session, review: Review) -> dict[str, Any]:
    """A sample with everything that its reviewer needs; its right answer among it."""
    sample = session.get_one(VerificationSample, review.sample_id)
    opened = session.get_one(VerificationRound, sample.round_id)
    base = f"{PREFIX}/verification/reviews/{review.id}"
    return {
        "id": review.id,
        "task": sample.task,
        "question": sample.question,
        "options": [option["text"] for option in sample.options],
        "answer": sample.answer,
        "reference": sample.reference,
        "duration_s": session.get_one(Recording, sample.recording_id).duration_s,
        "stated_duration_s": sample.stated_duration_s,
        "audio": {coding: f"{base}/audio.{coding}" for coding in MEDIA_TYPES},
        "peaks": f"{base}/peaks",
        "checklist": opened.checklist,
    }


def _recording(desk: Desk, review: str, caller: Caller) -> Recording:
    with desk.database.reading() as session:
        own = verification.own_review(session, review, caller.account.id)
        sample = session.get_one(VerificationSample, own.sample_id)
        return session.get_one(Recording, sample.recording_id)


def _keep(session: Session, sample: Sample) -> str:
    return enter(session, sample).id
