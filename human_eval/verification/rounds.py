"""Manual verification: samples drawn by lot, two reviewers and a third where they disagree, a verdict.

A subset (one task of a dataset) passes when every drawn sample has passed. It fails with the first that
has not: it is built again and drawn afresh, and samples that were looked at before, as they are, are not
drawn. A reviewer hears a share of the recording before a verdict, see `human_eval.verification.listening`.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.construction.verification import draw
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample, SampleSet
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Review, VerificationRound, VerificationSample
from human_eval.studies.secrecy import asked_recordings, check_may_review
from human_eval.verification.checklist import checklist
from human_eval.verification.export import verdict_lines
from human_eval.verification.history import seen_samples
from human_eval.verification.listening import check_heard

__all__ = [
    "find_round",
    "next_review",
    "open_round",
    "own_review",
    "round_of",
    "save_verdict",
    "verdict_lines",
]

LEASE_S = 3600.0
REVIEWERS, WITH_A_TIE = 2, 3
# Whether a recording plays to its end without a fault is the first thing to be checked.
MUST_LISTEN = 0.9


def open_round(
    session: Session,
    found: SampleSet,
    dataset_sha256: str,
    subset: str,
    *,
    seed: int,
    actor: str,
    keep_recording: Callable[[Session, Sample], str],
    must_listen: float = 0.0,
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
    must_listen : float
        Share of a recording, 0 to 1, that has to be heard before a verdict; see `MUST_LISTEN`.

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
    seen = seen_samples(session, earlier, own)
    chosen = draw(own, seed, seen, number).samples[subset]
    if not chosen:
        raise HumanEvalError(
            f"Every sample of {subset} was reviewed before, as it is: build the subset again with another "
            "seed, or add samples."
        )
    opened = VerificationRound(
        id=new_id(),
        dataset=found.name,
        dataset_sha256=dataset_sha256,
        subset=subset,
        number=number,
        seed=seed,
        population=len(own),
        must_listen=must_listen,
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
        It is decided.
    ForbiddenError
        All that is left is asked by an open study that this reviewer takes part in.
    """
    opened = find_round(session, round_id)
    if opened.state != "open":
        raise ConflictError("This round is decided: it has its verdict.")
    time, withheld = now(), []
    asked = asked_recordings(session, reviewer_id)
    samples = session.scalars(
        select(VerificationSample)
        .where(VerificationSample.round_id == round_id, VerificationSample.passed.is_(None))
        .order_by(VerificationSample.place)
    )
    for sample in samples:
        if sample.recording_id in asked:
            withheld.append(sample.recording_id)
            continue
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
    if withheld:
        check_may_review(session, reviewer_id, withheld)
    return None


def find_round(session: Session, round_id: str) -> VerificationRound:
    """A round by its id.

    Raises
    ------
    UnknownError
    """
    found = session.get(VerificationRound, round_id)
    if found is None:
        raise UnknownError("There is no such round.")
    return found


def round_of(session: Session, review: Review) -> VerificationRound:
    """The round that a review belongs to."""
    sample = session.get_one(VerificationSample, review.sample_id)
    return session.get_one(VerificationRound, sample.round_id)


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
        It is stored already with another content, or too little was heard.
    ForbiddenError
        An open study asks this reviewer about the recording.
    """
    if review.client_id is not None:
        if (review.client_id, review.body_sha256) == (client_id, body_sha256):
            return
        raise ConflictError("You have given your verdict on this sample already.")
    sample = session.get_one(VerificationSample, review.sample_id)
    opened = session.get_one(VerificationRound, sample.round_id, with_for_update=True)
    if set(checks) != {each["name"] for each in opened.checklist}:
        raise HumanEvalError("Every point of the checklist needs a yes or a no.")
    if verdict != all(checks.values()):
        raise HumanEvalError("A sample passes when every point of the checklist does, and only then.")
    check_may_review(session, review.reviewer_id, [sample.recording_id])
    review.coverage = check_heard(session, review, opened, sample)
    review.client_id, review.body_sha256 = client_id, body_sha256
    review.checks, review.verdict, review.comment = dict(checks), verdict, comment
    review.decided_at = now()
    session.flush()
    audit.record(session, review.reviewer_id, "review", subject=review.id, passed=verdict)
    _decide_sample(session, sample)
    _decide_round(session, opened)


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
        if last.state == "passed":
            raise ConflictError(f"{last.subset} has passed as it is.")
        raise ConflictError(
            f"{last.subset} failed and was not rebuilt: build it again with another seed, then draw it again."
        )


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


def _samples(session: Session, round_id: str) -> list[VerificationSample]:
    where = VerificationSample.round_id == round_id
    return list(session.scalars(select(VerificationSample).where(where).order_by(VerificationSample.place)))


def _reviews(session: Session, sample_id: str) -> list[Review]:
    where = Review.sample_id == sample_id
    return list(session.scalars(select(Review).where(where).order_by(Review.leased_at)))
