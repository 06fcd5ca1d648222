"""How far the rounds of verification are, and what follows from their verdicts."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.storage.schema import Item, Review, Study, VerificationRound, VerificationSample
from human_eval.verification.rounds import REVIEWERS


@dataclass(frozen=True)
class RoundProgress:
    """A round and its counts.

    Attributes
    ----------
    round : VerificationRound
    drawn, reviewed : int
        Samples, and those that are decided.
    disagreements : int
        Samples that the first two reviewers did not agree on.
    """

    round: VerificationRound
    drawn: int
    reviewed: int
    disagreements: int


def all_rounds(session: Session) -> list[RoundProgress]:
    """All rounds, by dataset and subset, the newest of each first."""
    order = (VerificationRound.dataset, VerificationRound.subset, VerificationRound.number.desc())
    return [
        round_progress(session, opened)
        for opened in session.scalars(select(VerificationRound).order_by(*order))
    ]


def round_progress(session: Session, opened: VerificationRound) -> RoundProgress:
    """Count what was done in a round."""
    samples = list(
        session.scalars(select(VerificationSample).where(VerificationSample.round_id == opened.id))
    )
    votes: dict[str, Counter[bool]] = defaultdict(Counter)
    verdicts = session.execute(
        select(Review.sample_id, Review.verdict)
        .join(VerificationSample, VerificationSample.id == Review.sample_id)
        .where(VerificationSample.round_id == opened.id, Review.verdict.is_not(None))
    )
    for sample_id, verdict in verdicts:
        votes[sample_id][bool(verdict)] += 1
    return RoundProgress(
        round=opened,
        drawn=len(samples),
        reviewed=sum(sample.passed is not None for sample in samples),
        disagreements=sum(len(counts) > 1 for counts in votes.values() if counts.total() >= REVIEWERS),
    )


def unverified(session: Session, study: Study) -> list[str]:
    """The tasks of a study whose samples have not passed verification as they are, in the tasks' order.

    Rounds are drawn of whole datasets: a study's samples are covered where its dataset, or the one it is a
    part of, is what was verified.
    """
    codes = set(session.scalars(select(Item.task).where(Item.study_id == study.id).distinct()))
    hashes = [sha256 for sha256 in (study.dataset_sha256, study.whole_sha256) if sha256]
    passed = set(
        session.scalars(
            select(VerificationRound.subset).where(
                VerificationRound.dataset_sha256.in_(hashes), VerificationRound.state == "passed"
            )
        )
    )
    return [code for code in TASKS if code in codes - passed]


def next_step(opened: VerificationRound) -> str:
    """What happens now that a round is decided, in sentences."""
    subset, dataset = opened.subset, opened.dataset
    command = "“python -m human_eval verdicts” writes the verdicts beside the dataset"
    if opened.state == "passed":
        return f"{subset} of {dataset} is verified. {command}; “amarathon build verify” reads them."
    return (
        f"{subset} has to be built again with another seed: repair or replace what was found, run "
        "“amarathon build” for this task into the same dataset, then start a new round here. Samples that "
        f"have not changed since their review are not drawn again. {command}; “amarathon build verify” reads "
        "them and puts them on the dataset's card. Until a round has passed the task counts as not verified."
    )
