"""Making a study, and opening, pausing and closing it."""

from dataclasses import dataclass
from typing import get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample, SampleSet
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.recordings import enter
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Item, ItemKind, Study, StudyState
from human_eval.studies.sampling import Drawn, by_task, named, stratified
from human_eval.studies.spec import StudySpec

# From each state to those it can go to.
CHANGES: dict[str, tuple[StudyState, ...]] = {
    "draft": ("open",),
    "open": ("paused", "closed"),
    "paused": ("open", "closed"),
    "closed": (),
}


@dataclass(frozen=True)
class Plan:
    """What a study would ask.

    Attributes
    ----------
    spec : StudySpec
    found : SampleSet
        The dataset's samples of these tasks, and what was left out of them.
    drawn : Drawn
    """

    spec: StudySpec
    found: SampleSet
    drawn: Drawn

    @property
    def answers_wanted(self) -> int:
        """Answers to main questions."""
        return len(self.drawn.main) * self.spec.overlap

    @property
    def hours(self) -> float:
        """Listening time of all main answers at normal speed and the required share."""
        heard = sum(each.audio.duration_s or 0.0 for each in self.drawn.main) * self.spec.must_listen
        return heard * self.spec.overlap / 3600

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of items by task and kind."""
        kinds = {kind: by_task(samples) for kind, samples in self.parts()}
        present = [code for code in TASKS if any(code in found for found in kinds.values())]
        return {code: {kind: len(found.get(code, ())) for kind, found in kinds.items()} for code in present}

    def parts(self) -> list[tuple[ItemKind, tuple[Sample, ...]]]:
        """The samples by kind."""
        return [(kind, getattr(self.drawn, kind)) for kind in get_args(ItemKind)]


def plan(spec: StudySpec) -> Plan:
    """Find the samples of a study; nothing is stored.

    Raises
    ------
    DatasetError, TaskError
        If the dataset cannot be read.
    HumanEvalError
        If a named sample is not in it, or no main question is left.
    """
    found = load_dataset(spec.dataset, spec.tasks)
    gold, practice = named(found.samples, spec.gold), named(found.samples, spec.practice)
    main = named(found.samples, spec.samples)
    used = {each.id for each in (*gold, *practice, *main)}
    for samples in by_task(found.samples).values():
        left = [each for each in samples if each.id not in used]
        if not spec.practice:
            drawn = stratified(left, spec.practice_per_task, spec.seed)
            practice += drawn
            left = [each for each in left if each not in drawn]
        if not spec.gold:
            drawn = stratified(left, spec.gold_per_task, spec.seed)
            gold += drawn
            left = [each for each in left if each not in drawn]
        if not spec.samples:
            main += stratified(left, spec.per_task or len(left), spec.seed)
    if not main:
        raise HumanEvalError("The study has no main questions: the dataset has too few samples.")
    return Plan(spec, found, Drawn(tuple(main), tuple(gold), tuple(practice)))


def create(session: Session, planned: Plan, actor: str) -> Study:
    """Store a study as a draft.

    Raises
    ------
    ConflictError
        If there is one of this name.
    AudioError, DatasetError
        If a recording cannot be read.
    """
    spec = planned.spec
    if session.scalars(select(Study.id).where(Study.name == spec.name)).first():
        raise ConflictError(f"There is a study named {spec.name!r} already.")
    every = [sample for _, samples in planned.parts() for sample in samples]
    settings = spec.model_dump(
        include={
            "name",
            "seed",
            "overlap",
            "must_listen",
            "max_speed",
            "gold_every",
            "time_limit_s",
            "lease_s",
        }
        | {"pause_after_s", "instructions", "consent", "sound_check", "completion_code", "joining"}
    )
    study = Study(
        id=new_id(),
        state="draft",
        dataset=planned.found.name,
        dataset_sha256=dataset_sha256(every),
        spec=spec.model_dump(mode="json"),
        created_at=now(),
        **settings,
    )
    session.add(study)
    session.flush()
    place = 0
    for kind, samples in planned.parts():
        for sample in samples:
            place += 1
            session.add(_item(session, study, kind, place, sample))
    audit.record(session, actor, "create study", study.id, items=place, dataset_sha256=study.dataset_sha256)
    return study


def _item(session: Session, study: Study, kind: ItemKind, place: int, sample: Sample) -> Item:
    recording = enter(session, sample)
    session.flush()
    task = TASKS[sample.task]
    return Item(
        id=new_id(),
        study_id=study.id,
        kind=kind,
        place=place,
        sample_id=sample.id,
        task=sample.task,
        question=sample.question or task.question,
        options=[{"text": option.text, "label": option.label} for option in sample.options],
        fixed_order=task.fixed_order,
        answer=sample.answer,
        reference=sample.reference,
        sources=list(sample.audio.sources),
        slices=dict(sample.slices),
        recording_id=recording.id,
        free=study.overlap if kind == "main" else 0,
    )


def find(session: Session, study: str) -> Study:
    """A study by its id.

    Raises
    ------
    UnknownError
    """
    found = session.get(Study, study)
    if found is None:
        raise UnknownError("There is no such study.")
    return found


def change_state(session: Session, study: Study, state: StudyState, actor: str) -> None:
    """Open, pause, continue or close a study; closing is for good, and final.

    Raises
    ------
    ConflictError
        If it cannot go there from where it is.
    """
    if state not in CHANGES[study.state]:
        raise ConflictError(f"The study is {study.state}: it cannot become {state}.")
    audit.record(session, actor, f"study {state}", study.id, was=study.state)
    study.state = state
    if state == "open" and study.opened_at is None:
        study.opened_at = now()
    if state == "closed":
        study.closed_at = now()


def delete_draft(session: Session, study: Study, actor: str) -> None:
    """Remove a study that was never opened.

    Raises
    ------
    ConflictError
        If it was.
    """
    if study.state != "draft":
        raise ConflictError("Only a draft can be removed; close the study instead.")
    audit.record(session, actor, "delete draft", study.id)
    session.delete(study)
