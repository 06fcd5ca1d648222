"""A study's answers as records: what scores, flags and exports are made from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_uppercase

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.runs.records import Prediction
from human_eval.annotation.exclusions import newest
from human_eval.results.carelessness import WorkedAnswer
from human_eval.results.remarks import flags_by_assignment
from human_eval.storage.schema import Answer, Assignment, Flag, Item, Recording

CONFIGURATION = "vanilla"


@dataclass(frozen=True)
class Submitted:
    """One submitted answer or skip, everything about it.

    Attributes
    ----------
    assignment_id : str
    kind : {"main", "gold", "practice"}
    prediction : Prediction
    work : WorkedAnswer
    confidence : int or None
    comment : str
        Of the annotator, or why they skipped; it may name people, and is in nothing that is published.
    skip_reason : str or None
        Why they skipped, where they did.
    flags : tuple of (str, str)
        Faults that they reported of the question, each with a comment.
    excluded : bool
        By a decision about the answer or about its annotator.
    """

    assignment_id: str
    kind: str
    prediction: Prediction
    work: WorkedAnswer
    confidence: int | None
    comment: str
    excluded: bool
    skip_reason: str | None = None
    flags: tuple[tuple[str, str], ...] = ()


def collect(session: Session, study_id: str) -> list[Submitted]:
    """Read a study's current answers and skips, by annotator and in the order they were given.

    Parameters
    ----------
    session : Session
    study_id : str

    Returns
    -------
    list of Submitted
        Excluded ones among them, and practice.
    """
    decisions, reported = newest(session, study_id), flags_by_assignment(session, study_id)
    rows = session.execute(
        select(Assignment, Item, Recording, Answer)
        .join(Item, Item.id == Assignment.item_id)
        .join(Recording, Recording.id == Item.recording_id)
        .outerjoin(Answer, (Answer.assignment_id == Assignment.id) & Answer.current)
        .where(Assignment.study_id == study_id, Assignment.state.in_(("answered", "skipped")))
        .order_by(Assignment.participant_id, Assignment.place)
    )
    return [_submitted(*row, decisions=decisions, flags=reported.get(row.Assignment.id, ())) for row in rows]


def counted(submitted: Iterable[Submitted]) -> list[Prediction]:
    """The records that results are made from: no practice, nothing excluded.

    Gold checks count: they are samples of the dataset like any other.
    """
    return [answer.prediction for answer in submitted if not answer.excluded and answer.kind != "practice"]


def _submitted(
    assignment: Assignment,
    item: Item,
    recording: Recording,
    answer: Answer | None,
    *,
    decisions: Mapping[tuple[str, str | None], bool],
    flags: Iterable[Flag],
) -> Submitted:
    annotator = assignment.participant_id
    prediction = _prediction(assignment, item, recording, answer)
    return Submitted(
        assignment_id=assignment.id,
        kind=item.kind,
        prediction=prediction,
        work=_work(assignment, item, recording, answer, prediction),
        confidence=answer.confidence if answer else None,
        comment=(answer.comment if answer else assignment.skip_reason) or "",
        excluded=decisions.get((annotator, None), False) or decisions.get((annotator, assignment.id), False),
        skip_reason=assignment.skip_reason if assignment.state == "skipped" else None,
        flags=tuple((flag.fault, flag.comment) for flag in flags),
    )


def _prediction(
    assignment: Assignment, item: Item, recording: Recording, answer: Answer | None
) -> Prediction:
    skipped = assignment.state == "skipped" or answer is None
    at = answer.saved_at if answer else assignment.opened_at or assignment.leased_at
    choice = None if answer is None else answer.choice
    return Prediction(
        sample_id=item.sample_id,
        task=item.task,
        configuration=CONFIGURATION,
        repeat=assignment.participant_id,
        order=assignment.option_order,
        options=[option["text"] for option in item.options],
        labels=[option["label"] for option in item.options],
        answer=item.answer,
        reference=item.reference,
        reply="" if skipped else _reply(assignment, answer),
        answer_read=None if skipped else choice,
        correct=None if skipped or item.answer is None else choice == item.answer,
        duration_s=recording.duration_s,
        sources=item.sources,
        slices=item.slices,
        audio_sha256=recording.sha256,
        pcm_sha256=recording.pcm_sha256,
        error="Skipped." if skipped else None,
        at=datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
    )


def _reply(assignment: Assignment, answer: Answer | None) -> str:
    """The answer as a model's reply: the letter as it was shown, or the transcript."""
    if answer is None or answer.choice is None:
        return (answer.transcript if answer else None) or ""
    return ascii_uppercase[assignment.option_order.index(answer.choice)]


def _work(
    assignment: Assignment, item: Item, recording: Recording, answer: Answer | None, prediction: Prediction
) -> WorkedAnswer:
    choice = answer.choice if answer else None
    return WorkedAnswer(
        annotator=assignment.participant_id,
        sample_id=item.sample_id,
        seconds=answer.elapsed_s if answer else 0.0,
        duration_s=recording.duration_s,
        coverage=answer.coverage if answer else 0.0,
        shown_position=None if choice is None else assignment.option_order.index(choice),
        check_passed=prediction.correct if item.kind == "gold" else None,
    )


def answered_work(submitted: Iterable[Submitted]) -> Iterator[WorkedAnswer]:
    """How each answer was worked on; practice and skips left out."""
    return (
        answer.work for answer in submitted if answer.kind != "practice" and answer.prediction.error is None
    )
