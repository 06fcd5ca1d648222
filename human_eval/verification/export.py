"""Verdicts of reviewers, in the files that the construction pipeline reads."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amarathon.construction.verification import Draw, Verdict, hand_over, write_verdicts
from human_eval.errors import HumanEvalError
from human_eval.storage.schema import Recording, Review, VerificationRound, VerificationSample

# Indices of the checklist's points in `amarathon.construction.verification.CHECKLIST`.
POINTS = {
    "audio": 0,
    "answerable": 1,
    "one_option": 2,
    "label": 3,
    "transcript": 3,
    "duration": 4,
    "no_leak": 5,
}


def verdict_lines(session: Session, opened: VerificationRound) -> list[Verdict]:
    """A round's verdicts, in the order of the draw and of the reviews."""
    rows = session.execute(
        select(VerificationSample.sample_id, Recording.sha256, Review)
        .join(Review, Review.sample_id == VerificationSample.id)
        .join(Recording, Recording.id == VerificationSample.recording_id)
        .where(VerificationSample.round_id == opened.id, Review.verdict.is_not(None))
        .order_by(VerificationSample.place, Review.leased_at)
    )
    return [
        Verdict(
            sample=sample_id,
            reviewer=review.reviewer_id,
            passed=bool(review.verdict),
            faults=[POINTS[name] for name, fine in (review.checks or {}).items() if not fine],
            comment=review.comment,
            heard=review.coverage,
            audio_sha256=sha256,
        )
        for sample_id, sha256, review in rows
    ]


def write_verdict_files(session: Session, dataset: str, folder: Path) -> list[VerificationRound]:
    """Write the drawn samples and their verdicts beside a dataset, for ``amarathon build verify``.

    Parameters
    ----------
    session : Session
    dataset : str
        The name that its rounds were drawn under.
    folder : Path
        The dataset's.

    Returns
    -------
    list of VerificationRound
        The newest round of each subset; earlier ones speak of what was built before.

    Raises
    ------
    HumanEvalError
        No round was drawn of this dataset, or the files cannot be written.
    """
    newest = (
        select(VerificationRound.subset, func.max(VerificationRound.number).label("number"))
        .where(VerificationRound.dataset == dataset)
        .group_by(VerificationRound.subset)
        .subquery()
    )
    rounds = list(
        session.scalars(
            select(VerificationRound)
            .join(
                newest,
                (VerificationRound.subset == newest.c.subset) & (VerificationRound.number == newest.c.number),
            )
            .where(VerificationRound.dataset == dataset)
            .order_by(VerificationRound.subset)
        )
    )
    if not rounds:
        raise HumanEvalError(f"No samples of {dataset} were drawn for verification.")
    samples = {latest.subset: _sample_ids(session, latest) for latest in rounds}
    try:
        hand_over(folder, Draw(rounds[0].seed, max(latest.number for latest in rounds), samples))
        write_verdicts(folder, [line for latest in rounds for line in verdict_lines(session, latest)])
    except OSError as error:
        raise HumanEvalError(f"{folder} cannot be written: {error.strerror}.") from error
    return rounds


def _sample_ids(session: Session, opened: VerificationRound) -> list[str]:
    where = VerificationSample.round_id == opened.id
    query = select(VerificationSample.sample_id).where(where).order_by(VerificationSample.place)
    return list(session.scalars(query))
