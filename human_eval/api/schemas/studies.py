"""What the administrator's routes of studies answer."""

from typing import Any

from pydantic import Field

from human_eval.api.schemas.base import ANNOTATOR, AT, STUDY, View, example
from human_eval.storage.audit import Action
from human_eval.storage.schema import ItemKind, StudyState

SUMMARY: dict[str, Any] = {
    "id": STUDY,
    "name": "First study",
    "state": "open",
    "dataset": "bundled",
    "items": 30,
    "answers": 12,
    "wanted": 90,
    "places_free": 75,
    "participants": 2,
    "created_at": AT,
    "opened_at": AT,
    "closed_at": None,
}


class StudySummary(View):
    """A study in one line; `wanted` counts the answers sought, `places_free` those nobody works on yet."""

    id: str
    name: str
    state: StudyState
    dataset: str
    items: int
    answers: int
    wanted: int
    places_free: int
    participants: int
    created_at: float
    opened_at: float | None
    closed_at: float | None


class StudyList(View):
    """Every study, the newest first."""

    model_config = example({"studies": [SUMMARY]})

    studies: list[StudySummary]


class StudySummaryView(View):
    """One study."""

    model_config = example({"study": SUMMARY})

    study: StudySummary


class LeftOut(View):
    """A record of the dataset that cannot be asked, and why."""

    record: str
    reason: str


class Preview(View):
    """What a study would ask: items by task and kind, and how long that takes.

    `hours` is the work of all people together, `minutes_per_person` that of one who answers everything.
    """

    model_config = example(
        {
            "items": {"MC": {"main": 3, "gold": 0, "practice": 0}},
            "hours": 0.28,
            "minutes_per_person": 5.5,
            "answers_wanted": 9,
            "exclusions": [],
        }
    )

    items: dict[str, dict[ItemKind, int]]
    hours: float
    minutes_per_person: float
    answers_wanted: int
    exclusions: list[LeftOut]


class StudyItem(View):
    """A question of a study. What is right is there once the study is closed."""

    id: str
    sample_id: str
    task: str
    kind: ItemKind
    question: str
    options: list[str]
    answered: int
    free: int
    answer: int | None = None
    reference: str | None = None


class StudyDetail(View):
    """A study, what was asked for when it was made, and its questions.

    `unverified` lists its tasks whose samples have not passed verification as they are.
    """

    model_config = example(
        {
            "study": SUMMARY,
            "spec": {"name": "First study", "overlap": 3},
            "items": [
                {
                    "id": STUDY,
                    "sample_id": "mini-mc-test-00002",
                    "task": "MC",
                    "kind": "main",
                    "question": "Which genre is it?",
                    "options": ["Blues", "Jazz"],
                    "answered": 1,
                    "free": 2,
                }
            ],
            "unverified": ["MC"],
        }
    )

    study: StudySummary
    spec: dict[str, Any]
    items: list[StudyItem]
    unverified: list[str]


class TaskProgress(View):
    """A task's answers, and the minutes of work left.

    `seconds_per_answer` is the median so far, listening included; before there are enough answers it is
    `"estimated"` from the length of the audio.
    """

    task: str
    answered: int
    wanted: int
    minutes_left: float
    seconds_per_answer: float
    basis: str = Field(examples=["measured", "estimated"])


class AnnotatorProgress(View):
    """A participant's work so far, by opaque id; whoever has submitted has no time left."""

    id: str
    answered: int
    skipped: int
    minutes_left: float
    flags: int
    active_minutes: float
    last_seen: float | None
    submitted: bool


class ProgressView(View):
    """How far a study is."""

    model_config = example(
        {
            "study": SUMMARY,
            "tasks": [
                {
                    "task": "MC",
                    "answered": 4,
                    "wanted": 9,
                    "minutes_left": 9.6,
                    "seconds_per_answer": 115.0,
                    "basis": "estimated",
                }
            ],
            "annotators": [
                {
                    "id": ANNOTATOR,
                    "answered": 4,
                    "skipped": 0,
                    "minutes_left": 12.0,
                    "flags": 1,
                    "active_minutes": 8.4,
                    "last_seen": AT,
                    "submitted": False,
                }
            ],
        }
    )

    study: StudySummary
    tasks: list[TaskProgress]
    annotators: list[AnnotatorProgress]


class EventView(View):
    """Who did what, when; `actor` is an opaque id, or ``command line``."""

    id: int
    at: float
    actor: str
    action: Action
    study: str | None
    subject: str | None
    detail: dict[str, Any]


class EventList(View):
    """Some events of the audit log, in order."""

    model_config = example(
        {
            "events": [
                {
                    "id": 1,
                    "at": AT,
                    "actor": ANNOTATOR,
                    "action": "answer",
                    "study": STUDY,
                    "subject": STUDY,
                    "detail": {"revision": 1},
                }
            ]
        }
    )

    events: list[EventView]
