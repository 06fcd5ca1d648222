"""The results of a study in one document: scores, agreement, careless work, hard samples, methods."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.runs.records import WholeRecord
from human_eval.results.agreement import AnnotatorAgreement, agreement
from human_eval.results.baseline import TaskBaseline, baseline
from human_eval.results.carelessness import CarelessnessSign, find_signs
from human_eval.results.collecting import Submitted, answered_work, collect, counted
from human_eval.results.comparison import ModelComparison, by_name, compare_with, models_that_answered
from human_eval.results.difficulty import SampleDifficulty, sample_difficulties
from human_eval.results.explanations import Explanation, explain
from human_eval.results.export import StudyFacts
from human_eval.results.methods_section import StudyProtocol, methods_paragraph
from human_eval.results.remarks import Remarks, remarks
from human_eval.storage.schema import Item, Participant, Study

HARDEST = 50
# Seconds for each second of a recording where a study lets people answer without hearing any of it.
PACE_UNASKED = 0.5


@dataclass(frozen=True)
class Excluded:
    """What was left out by hand: whole participants, and single answers of others, by their ids."""

    annotators: list[str]
    answers: list[str]


@dataclass(frozen=True)
class StudyResults:
    """Everything that a study found.

    Attributes
    ----------
    baseline, agreement : list
        By task.
    explanations : list of Explanation
        The same in sentences.
    comparison : list of ModelComparison
        Models beside people on the same questions, best first.
    flags : list of CarelessnessSign
        Signs of careless work.
    remarks : list of Remarks
        What annotators wrote, by question.
    excluded : Excluded
    difficulty : list of SampleDifficulty
        Of the hardest samples.
    methods : str
    """

    baseline: list[TaskBaseline]
    agreement: list[AnnotatorAgreement]
    explanations: list[Explanation]
    comparison: list[ModelComparison]
    flags: list[CarelessnessSign]
    remarks: list[Remarks]
    excluded: Excluded
    difficulty: list[SampleDifficulty]
    methods: str


def study_results(session: Session, study: Study, *runs: Path) -> StudyResults:
    """Work out everything that a study found.

    Parameters
    ----------
    session : Session
    study : Study
    *runs : Path
        Folders of runs, in which models are looked for that answered the same questions.
    """
    submitted = collect(session, study.id)
    answers = counted(submitted)
    agreements = agreement(answers)
    scores = baseline(answers)
    models = models_that_answered(answers, *runs)
    return StudyResults(
        baseline=scores,
        agreement=agreements,
        explanations=explain(scores, agreements),
        comparison=compare_with(answers, models),
        flags=find_signs(answered_work(submitted), min_coverage=study.must_listen, min_pace=min_pace(study)),
        remarks=remarks(session, study.id),
        excluded=_excluded(submitted),
        difficulty=sample_difficulties(answers, by_name(models))[:HARDEST],
        methods=_methods(session, study, submitted, agreements),
    )


def study_facts(session: Session, study: Study, submitted: Sequence[Submitted]) -> StudyFacts:
    """What every export of a study says of it."""
    text = _methods(session, study, submitted, agreement(counted(submitted)))
    return StudyFacts(
        study.name, study.dataset, study.dataset_sha256, study.seed, text, _whole(session, study)
    )


def _whole(session: Session, study: Study) -> WholeRecord | None:
    """The dataset that a study asks a part of: practice questions are in no result."""
    if study.whole_sha256 is not None and study.whole_count is not None:
        return WholeRecord(sha256=study.whole_sha256, count=study.whole_count)
    kinds = Counter(session.scalars(select(Item.kind).where(Item.study_id == study.id)))
    if not kinds["practice"]:
        return None
    return WholeRecord(sha256=study.dataset_sha256, count=kinds.total())


def min_pace(study: Study) -> float:
    """Seconds for each second of a recording below which an answer is a sign of haste.

    Who hears the share that the study asks for, as fast as it allows, did what was asked.
    """
    return study.must_listen / study.max_speed if study.must_listen else PACE_UNASKED


def _methods(
    session: Session, study: Study, submitted: Sequence[Submitted], agreements: Sequence[AnnotatorAgreement]
) -> str:
    active = session.scalars(select(Participant.active_s).where(Participant.study_id == study.id))
    protocol = StudyProtocol(
        dataset=study.dataset,
        dataset_sha256=study.dataset_sha256,
        overlap=study.overlap,
        must_listen=study.must_listen,
        max_speed=study.max_speed,
        gold_every=study.gold_every,
        sound_check=study.sound_check,
        hours=sum(active) / 3600,
    )
    return methods_paragraph(protocol, submitted, agreements)


def _excluded(submitted: Sequence[Submitted]) -> Excluded:
    marks_of: dict[str, list[bool]] = {}
    for answer in submitted:
        marks_of.setdefault(answer.prediction.repeat, []).append(answer.excluded)
    whole = {person for person, marks in marks_of.items() if all(marks)}
    single = [
        answer.assignment_id
        for answer in submitted
        if answer.excluded and answer.prediction.repeat not in whole
    ]
    return Excluded(sorted(whole), single)
