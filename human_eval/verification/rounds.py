"""Manual verification: samples drawn at random, two reviewers and a third where they disagree, a verdict.

A subset (one task of a dataset) passes when every drawn sample has passed. It fails with the first that
has not: it is built again and drawn again, and samples that were reviewed before, as they are, are not
drawn. What reviewers do is in `human_eval.verification.reviews`.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.construction.verification import draw
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample, SampleSet
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import VerificationRound, VerificationSample
from human_eval.verification.checklist import checklist
from human_eval.verification.history import reviewed_samples

# Reviewers of each sample; one more decides where they disagree.
REVIEWERS = 2
# Whether a recording plays to its end without a fault is the first thing to be checked.
MUST_LISTEN = 0.9


def open_round(
    session: Session,
    dataset: SampleSet,
    dataset_sha256: str,
    subset: str,
    *,
    seed: int,
    actor: str,
    add_recording: Callable[[Session, Sample], str],
    must_listen: float = 0.0,
) -> VerificationRound:
    """Draw the samples of a subset that reviewers will check.

    Parameters
    ----------
    session : Session
    dataset : SampleSet
        As it is now.
    dataset_sha256 : str
    subset : str
        A task code.
    seed : int
    actor : str
        Who opens it.
    add_recording : callable
        Adds a sample's recording to the database and returns its id.
    must_listen : float
        Share of a recording, 0 to 1, that has to be heard before a verdict; see `MUST_LISTEN`.

    Returns
    -------
    VerificationRound

    Raises
    ------
    HumanEvalError
        The dataset has no such subset, or nothing of it that was not reviewed before; or the subset is none
        of the ten tasks.
    ConflictError
        A round of it is open, or it has passed as it is.
    """
    if subset not in TASKS:
        raise HumanEvalError(f"{subset!r} is none of the ten tasks, which alone are reviewed.")
    own = [sample for sample in dataset.samples if sample.task == subset]
    if not own:
        raise HumanEvalError(f"{dataset.name} has no sample of {subset}.")
    earlier = _rounds(session, dataset.name, subset)
    _check_needed(earlier, dataset_sha256)
    number = len(earlier) + 1
    reviewed = reviewed_samples(session, earlier, own)
    chosen = draw(own, seed, reviewed, number).samples[subset]
    if not chosen:
        raise HumanEvalError(
            f"Every sample of {subset} has been reviewed and has not changed since: build the subset again "
            "with another seed, or add samples."
        )
    opened = VerificationRound(
        id=new_id(),
        dataset=dataset.name,
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
    for index, sample_id in enumerate(chosen):
        session.add(_sample(opened, index, by_id[sample_id], add_recording(session, by_id[sample_id])))
    audit.record(session, actor, "open round", subject=opened.id, drawn=len(chosen), seed=seed)
    session.flush()
    return opened


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


def _check_needed(earlier: Sequence[VerificationRound], dataset_sha256: str) -> None:
    if not earlier:
        return
    last = earlier[-1]
    if last.state == "open":
        raise ConflictError(f"Round {last.number} of {last.subset} is still open.")
    if last.dataset_sha256 == dataset_sha256:
        if last.state == "passed":
            raise ConflictError(f"{last.subset} has passed, and the dataset has not changed since.")
        raise ConflictError(
            f"{last.subset} failed and has not changed since: build it again with another seed, then start a "
            "new round."
        )


def _sample(opened: VerificationRound, index: int, sample: Sample, recording_id: str) -> VerificationSample:
    return VerificationSample(
        id=new_id(),
        round_id=opened.id,
        place=index,
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
