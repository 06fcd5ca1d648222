"""What came of a study, in one document: scores, agreement, flags, hard samples, methods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.runs.reading import BrokenRun, find_runs
from amarathon.runs.records import Prediction
from human_eval.results.agreement import Agreement, agreement
from human_eval.results.baseline import baseline
from human_eval.results.carelessness import find_flags
from human_eval.results.collecting import Submitted, answered_work, collect, counted
from human_eval.results.difficulty import sample_difficulties
from human_eval.results.export import StudyFacts
from human_eval.results.methods_section import Protocol, methods_paragraph
from human_eval.storage.schema import Participant, Study

HARDEST = 50


def study_results(
    session: Session, study: Study, models: Mapping[str, Iterable[Prediction]]
) -> dict[str, Any]:
    """Everything that a study found.

    Parameters
    ----------
    session : Session
    study : Study
    models : mapping of str to iterable of Prediction
        Models' answers to the same questions, by the name to show; see `runs_on`.

    Returns
    -------
    dict
        ``baseline`` and ``agreement`` by task, ``flags``, ``excluded`` (who, and which single answers),
        ``difficulty`` of the hardest samples, ``methods``.
    """
    submitted = collect(session, study.id)
    answers = counted(submitted)
    agreements = agreement(answers)
    return {
        "baseline": [asdict(each) for each in baseline(answers)],
        "agreement": [asdict(each) for each in agreements],
        "flags": [
            asdict(each) for each in find_flags(answered_work(submitted), least_heard=study.must_listen)
        ],
        "excluded": _excluded(submitted),
        "difficulty": [asdict(each) for each in sample_difficulties(answers, models)[:HARDEST]],
        "methods": _methods(session, study, submitted, agreements),
    }


def study_facts(session: Session, study: Study, submitted: Sequence[Submitted]) -> StudyFacts:
    """What every export of a study says of it."""
    text = _methods(session, study, submitted, agreement(counted(submitted)))
    return StudyFacts(study.name, study.dataset, study.dataset_sha256, study.seed, text)


def runs_on(dataset_sha256: str, *folders: Path) -> dict[str, list[Prediction]]:
    """Models' answers to the questions of a dataset, by model and configuration.

    Runs that cannot be read are left out: the leaderboard says what is wrong with them.
    """
    found: dict[str, list[Prediction]] = {}
    for run in (each for folder in folders for each in find_runs(folder)):
        if isinstance(run, BrokenRun) or run.header.kind != "model":
            continue
        if run.header.dataset.sha256 == dataset_sha256:
            own: dict[str, list[Prediction]] = {name: [] for name in run.header.configurations}
            for each in run.predictions():
                own[each.configuration].append(each)
            found |= {f"{run.header.model.name} {name}": answers for name, answers in own.items()}
    return found


def _methods(
    session: Session, study: Study, submitted: Sequence[Submitted], agreements: Sequence[Agreement]
) -> str:
    active = session.scalars(select(Participant.active_s).where(Participant.study_id == study.id))
    protocol = Protocol(
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


def _excluded(submitted: Sequence[Submitted]) -> dict[str, list[str]]:
    people: dict[str, list[bool]] = {}
    for each in submitted:
        people.setdefault(each.prediction.repeat, []).append(each.excluded)
    whole = {person for person, marks in people.items() if all(marks)}
    single = [
        each.assignment_id for each in submitted if each.excluded and each.prediction.repeat not in whole
    ]
    return {"annotators": sorted(whole), "answers": single}
