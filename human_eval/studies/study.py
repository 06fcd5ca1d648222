"""Making a study, and opening, pausing and closing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample, SampleSet
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.recordings import duration_of, find_or_add
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Assignment, Item, ItemKind, Recording, Study, StudyState
from human_eval.studies.sampling import StudySamples, by_task, named, stratified
from human_eval.studies.spec import StudySpec
from human_eval.studies.times import estimate

# Of files that state no hash; reading them takes a few seconds.
MOST_BYTES_HASHED = 2_000_000_000
STATE_ACTIONS: dict[StudyState, audit.Action] = {
    "open": "study open",
    "paused": "study paused",
    "closed": "study closed",
}
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
    candidates : SampleSet
        The dataset's samples of these tasks, and what was left out of them.
    samples : StudySamples
    whole : SampleSet
        The dataset with all of its tasks.
    """

    spec: StudySpec
    candidates: SampleSet
    samples: StudySamples
    whole: SampleSet

    @property
    def answers_wanted(self) -> int:
        """Answers to main questions."""
        return len(self.samples.main) * self.spec.overlap

    @property
    def hours(self) -> float:
        """Estimated work of all people together: hearing each main recording once, and answering."""
        return self.minutes_per_person * self.spec.overlap / 60

    @property
    def minutes_per_person(self) -> float:
        """Estimated work of one person who answers every main question."""
        return sum(estimate(sample.task, duration_of(sample)) for sample in self.samples.main) / 60

    def counts(self) -> dict[str, dict[ItemKind, int]]:
        """Number of items by task and kind."""
        kinds = {kind: by_task(samples) for kind, samples in self.samples_by_kind()}
        codes = [code for code in TASKS if any(code in tasks for tasks in kinds.values())]
        return {code: {kind: len(tasks.get(code, ())) for kind, tasks in kinds.items()} for code in codes}

    def samples_by_kind(self) -> list[tuple[ItemKind, tuple[Sample, ...]]]:
        """The samples by kind."""
        return [(kind, getattr(self.samples, kind)) for kind in get_args(ItemKind)]


def plan(spec: StudySpec) -> Plan:
    """Find the samples of a study; nothing is stored.

    Raises
    ------
    DatasetError, TaskError
        If the dataset cannot be read.
    HumanEvalError
        If a named sample is not in it, no main question is left, or it is another benchmark.
    """
    whole = load_dataset(spec.dataset)
    candidates = load_dataset(spec.dataset, spec.tasks) if spec.tasks else whole
    other = next((sample.task for sample in candidates.samples if sample.task not in TASKS), None)
    if other is not None:
        raise HumanEvalError(f"People are asked the ten tasks; {whole.name} has samples of the kind {other}.")
    gold, practice = named(candidates.samples, spec.gold), named(candidates.samples, spec.practice)
    main = named(candidates.samples, spec.samples)
    used = {sample.id for sample in (*gold, *practice, *main)}
    for samples in by_task(candidates.samples).values():
        unused = [sample for sample in samples if sample.id not in used]
        if not spec.practice:
            # A task's last sample is asked rather than practised on.
            chosen = stratified(unused, min(spec.practice_per_task, len(unused) - 1), spec.seed)
            practice += chosen
            unused = [sample for sample in unused if sample not in chosen]
        if not spec.gold:
            chosen = stratified(unused, spec.gold_per_task, spec.seed)
            gold += chosen
            unused = [sample for sample in unused if sample not in chosen]
        if not spec.samples:
            main += stratified(unused, spec.per_task or len(unused), spec.seed)
    if not main:
        raise HumanEvalError("The study has no main questions: the dataset has too few samples.")
    return Plan(spec, candidates, StudySamples(tuple(main), tuple(gold), tuple(practice)), whole)


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
    all_samples = [sample for _, samples in planned.samples_by_kind() for sample in samples]
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
    whole_sha256 = _hash_of_whole(planned.whole, all_samples)
    study = Study(
        id=new_id(),
        state="draft",
        dataset=planned.candidates.name,
        dataset_sha256=dataset_sha256(all_samples),
        whole_sha256=whole_sha256,
        whole_count=len(planned.whole.samples) if whole_sha256 else None,
        spec=spec.model_dump(mode="json"),
        created_at=now(),
        **settings,
    )
    session.add(study)
    session.flush()
    kinds = [kind for kind, samples in planned.samples_by_kind() for _ in samples]
    for index, (kind, sample) in enumerate(zip(kinds, all_samples, strict=True), start=1):
        session.add(_item(session, study, kind, index, sample))
    audit.record(
        session, actor, "create study", study.id, items=len(kinds), dataset_sha256=study.dataset_sha256
    )
    return study


def _item(session: Session, study: Study, kind: ItemKind, index: int, sample: Sample) -> Item:
    recording = find_or_add(session, sample)
    session.flush()
    task = TASKS[sample.task]
    return Item(
        id=new_id(),
        study_id=study.id,
        kind=kind,
        place=index,
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


def _hash_of_whole(whole: SampleSet, used: Sequence[Sample]) -> str | None:
    """The hash of the whole dataset, where only a part of it is used.

    It is left out where reading all files to hash them would take minutes: where too much audio has no
    stated hash.
    """
    if len(used) == len(whole.samples):
        return None
    unstated = {sample.audio.path for sample in whole.samples if sample.audio.sha256 is None}
    if sum(path.stat().st_size for path in unstated) > MOST_BYTES_HASHED:
        return None
    return dataset_sha256(whole.samples)


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


def by_name(session: Session, name: str) -> Study:
    """A study by its name.

    Raises
    ------
    UnknownError
    """
    found = session.scalars(select(Study).where(Study.name == name)).first()
    if found is None:
        raise UnknownError(f"There is no study named {name!r}.")
    return found


def items(session: Session, study: Study) -> list[dict[str, Any]]:
    """A study's questions and how often each is answered; right answers only once it is closed."""
    answered = (
        select(Assignment.item_id, func.count().label("number"))
        .where(Assignment.study_id == study.id, Assignment.state == "answered")
        .group_by(Assignment.item_id)
        .subquery()
    )
    rows = session.execute(
        select(Item, func.coalesce(answered.c.number, 0))
        .outerjoin(answered, answered.c.item_id == Item.id)
        .where(Item.study_id == study.id)
        .order_by(Item.place)
    )
    return [
        {
            "id": item.id,
            "sample_id": item.sample_id,
            "task": item.task,
            "kind": item.kind,
            "question": item.question,
            "options": [option["text"] for option in item.options],
            "answered": number,
            "free": item.free,
        }
        | ({"answer": item.answer, "reference": item.reference} if study.state == "closed" else {})
        for item, number in rows
    ]


def recordings(session: Session, study: Study) -> list[Recording]:
    """The recordings that a study asks about."""
    used = select(Item.recording_id).where(Item.study_id == study.id)
    return list(session.scalars(select(Recording).where(Recording.id.in_(used))))


def change_state(session: Session, study: Study, state: StudyState, actor: str) -> None:
    """Open, pause, continue or close a study; closing is for good, and final.

    Raises
    ------
    ConflictError
        If it cannot go there from where it is.
    """
    if state not in CHANGES[study.state]:
        raise ConflictError(f"The study is {study.state}: it cannot become {state}.")
    audit.record(session, actor, STATE_ACTIONS[state], study.id, was=study.state)
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
