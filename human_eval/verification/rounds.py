"""Manual verification: samples drawn by lot, two reviewers and a third where they disagree, a verdict.

A subset (one task of a dataset) passes when every drawn sample has passed. It fails with the first that
has not: it is built again and drawn afresh, and samples that were looked at before are not drawn.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amarathon.construction.verification import Verdict, draw
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample, SampleSet
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Review, VerificationRound, VerificationSample
from human_eval.verification.checklist import checklist

LEASE_S = 3600.0
REVIEWERS, WITH_A_TIE = 2, 3


def open_round(
    session: Session,
    found: SampleSet,
    dataset_sha256: str,
    subset: str,
    *,
    seed: int,
    actor: str,
    keep_recording: Callable[[Session, Sample], str],
) -> VerificationRound:
    """Draw the samples of a subset that reviewers will look at.

    Parameters
    ----------
    session : Session
    found : SampleSet
        The dataset as it is now.
    dataset_sha256 : str
    subset : str
        A task code.
    seed : int
    actor : str
        Who asks for it.
    keep_recording : callable
        Makes a sample's recording known and returns its id.

    Returns
    -------
    VerificationRound

    Raises
    ------
    HumanEvalError
        The dataset has no such subset, or nothing of it that was not looked at before.
    ConflictError
        A round of it is open, or it has passed as it is.
    """
    own = [sample for sample in found.samples if sample.task == subset]
    if not own:
        raise HumanEvalError(f"{found.name} has no sample of {subset}.")
    earlier = _rounds(session, found.name, subset)
    _refuse_needless(earlier, dataset_sha256)
    number = len(earlier) + 1
    chosen = draw(own, seed, _seen(session, earlier), number).samples[subset]
    if not chosen:
        raise HumanEvalError(f"Every sample of {subset} was looked at before; add samples first.")
    opened = VerificationRound(
        id=new_id(),
        dataset=found.name,
        dataset_sha256=dataset_sha256,
        subset=subset,
        number=number,
        seed=seed,
        population=len(own),
        state="open",
        checklist=[{"name": name, "text": text} for name, text in checklist(TASKS[subset]).items()],
        reason="",
        opened_at=now(),
    )
    session.add(opened)
    session.flush()
    by_id = {sample.id: sample for sample in own}
    for place, sample_id in enumerate(chosen):
        session.add(_sample(opened, place, by_id[sample_id], keep_recording(session, by_id[sample_id])))
    audit.record(session, actor, "open round", subject=opened.id, drawn=len(chosen), seed=seed)
    session.flush()
    return opened


def next_review(session: Session, round_id: str, reviewer_id: str) -> Review | None:
    """The sample that a reviewer has in hand, or another that still needs one.

    Returns
    -------
    Review or None
        `None` where there is nothing for this reviewer now.

    Raises
    ------
    UnknownError
        There is no such round.
    ConflictError
        It has its verdict.
    """
    opened = session.get(VerificationRound, round_id)
    if opened is None:
        raise UnknownError("There is no such round.")
    if opened.state != "open":
        raise ConflictError("This round has its verdict.")
    time = now()
    samples = session.scalars(
        select(VerificationSample)
        .where(VerificationSample.round_id == round_id, VerificationSample.passed.is_(None))
        .order_by(VerificationSample.place)
    )
    for sample in samples:
        reviews = _reviews(session, sample.id)
        own = next((each for each in reviews if each.reviewer_id == reviewer_id), None)
        if own is not None and own.verdict is None:
            own.expires_at = time + LEASE_S
            return own
        held = [each for each in reviews if each.verdict is not None or each.expires_at > time]
        if own is None and len(held) < sample.needed:
            review = Review(
                id=new_id(),
                sample_id=sample.id,
                reviewer_id=reviewer_id,
                leased_at=time,
                expires_at=time + LEASE_S,
                comment="",
            )
            session.add(review)
            session.flush()
            return review
    return None


def own_review(session: Session, review_id: str, reviewer_id: str) -> Review:
    """A review by its id.

    Raises
    ------
    UnknownError
        There is none, or it is somebody else's.
    """
    review = session.get(Review, review_id)
    if review is None or review.reviewer_id != reviewer_id:
        raise UnknownError("There is no such review.")
    return review


def save_verdict(
    session: Session,
    review: Review,
    *,
    client_id: str,
    body_sha256: str,
    checks: Mapping[str, bool],
    verdict: bool,
    comment: str,
) -> None:
    """Store a reviewer's verdict, and what follows from it.

    Raises
    ------
    HumanEvalError
        The checks are not those of the round, or contradict the verdict.
    ConflictError
        It is stored already with another content.
    """
    if review.client_id is not None:
        if (review.client_id, review.body_sha256) == (client_id, body_sha256):
            return
        raise ConflictError("This review has its verdict.")
    sample = session.get_one(VerificationSample, review.sample_id)
    opened = session.get_one(VerificationRound, sample.round_id, with_for_update=True)
    if set(checks) != {each["name"] for each in opened.checklist}:
        raise HumanEvalError("Every point of the checklist needs a tick or a cross.")
    if verdict != all(checks.values()):
        raise HumanEvalError("A sample passes when every point of the checklist does, and only then.")
    review.client_id, review.body_sha256 = client_id, body_sha256
    review.checks, review.verdict, review.comment = dict(checks), verdict, comment
    review.decided_at = now()
    session.flush()
    audit.record(session, review.reviewer_id, "review", subject=review.id, passed=verdict)
    _decide_sample(session, sample)
    _decide_round(session, opened)


def verdict_lines(session: Session, opened: VerificationRound) -> list[Verdict]:
    """A round's verdicts as the construction pipeline reads them back."""
    found = []
    names = [each["name"] for each in opened.checklist]
    for sample in _samples(session, opened.id):
        for review in _reviews(session, sample.id):
            if review.verdict is not None and review.checks is not None:
                faults = [place for place, name in enumerate(names) if not review.checks[name]]
                found.append(
                    Verdict(
                        sample=sample.sample_id,
                        reviewer=review.reviewer_id,
                        passed=review.verdict,
                        faults=faults,
                        comment=review.comment,
                    )
                )
    return found


def _decide_sample(session: Session, sample: VerificationSample) -> None:
    votes = [each.verdict for each in _reviews(session, sample.id) if each.verdict is not None]
    if len(votes) < REVIEWERS:
        return
    passed = sum(votes)
    if 2 * passed == len(votes):
        sample.needed = WITH_A_TIE
    else:
        sample.passed = 2 * passed > len(votes)
    session.flush()


def _decide_round(session: Session, opened: VerificationRound) -> None:
    samples = _samples(session, opened.id)
    failed = [each.sample_id for each in samples if each.passed is False]
    if any(each.passed is None for each in samples) or opened.state != "open":
        return
    opened.state = "failed" if failed else "passed"
    opened.decided_at = now()
    opened.reason = f"{len(samples) - len(failed)} of {len(samples)} drawn samples passed" + (
        f"; {', '.join(failed)} did not." if failed else "."
    )
    audit.record(session, "reviewers", "verdict", subject=opened.id, state=opened.state)
    session.flush()


def _refuse_needless(earlier: Sequence[VerificationRound], dataset_sha256: str) -> None:
    if not earlier:
        return
    last = earlier[-1]
    if last.state == "open":
        raise ConflictError(f"Round {last.number} of {last.subset} is open.")
    if last.dataset_sha256 == dataset_sha256:
        words = "has passed" if last.state == "passed" else "failed and was not rebuilt"
        raise ConflictError(f"{last.subset} {words} as it is.")


def _sample(opened: VerificationRound, place: int, sample: Sample, recording_id: str) -> VerificationSample:
    return VerificationSample(
        id=new_id(),
        round_id=opened.id,
        place=place,
        sample_id=sample.id,
        task=sample.task,
        question=sample.question,
        options=[{"text": option.text, "label": option.label} for option in sample.options],
        answer=sample.answer,
        reference=sample.reference,
        stated_duration_s=sample.audio.duration_s,
        recording_id=recording_id,
        needed=REVIEWERS,
    )


def _rounds(session: Session, dataset: str, subset: str) -> list[VerificationRound]:
    where = (VerificationRound.dataset == dataset, VerificationRound.subset == subset)
    return list(session.scalars(select(VerificationRound).where(*where).order_by(VerificationRound.number)))


def _seen(session: Session, rounds: Sequence[VerificationRound]) -> set[str]:
    ids = [each.id for each in rounds]
    return set(
        session.scalars(
            select(VerificationSample.sample_id).where(
                VerificationSample.round_id.in_(ids),
                select(func.count()).where(Review.sample_id == VerificationSample.id).scalar_subquery() > 0,
            )
        )
    )


def _samples(session: Session, round_id: str) -> list[VerificationSample]:
    where = VerificationSample.round_id == round_id
    return list(session.scalars(select(VerificationSample).where(where).order_by(VerificationSample.place)))


def _reviews(session: Session, sample_id: str) -> list[Review]:
    where = Review.sample_id == sample_id
    return list(session.scalars(select(Review).where(where).order_by(Review.leased_at)))
