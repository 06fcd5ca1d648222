"""What the administrator's and the reviewers' routes answer; an annotator's are in `schemas_annotation`."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from human_eval.results.agreement import Agreement
from human_eval.results.baseline import TaskBaseline
from human_eval.results.carelessness import Flag as CarelessnessSign
from human_eval.results.comparison import Comparison
from human_eval.results.difficulty import SampleDifficulty
from human_eval.results.explanations import Explanation
from human_eval.results.remarks import FlagRemark, Remarks
from human_eval.results.report import Excluded
from human_eval.storage.audit import Action
from human_eval.storage.schema import AccountSource, ItemKind, RoundState, StudyState
from human_eval.verification.history import JudgedSample

STUDY = "5f0c9b7d3a2e4f61b8c7d6e5f4a3b2c1"
ANNOTATOR = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
AT = 1_780_000_000.0
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
ROUND: dict[str, Any] = {
    "id": STUDY,
    "dataset": "bundled",
    "dataset_sha256": "1b51" + 60 * "0",
    "subset": "SED",
    "number": 1,
    "state": "open",
    "reason": "",
    "drawn": 20,
    "reviewed": 14,
    "disagreements": 3,
    "population": 48,
    "seed": 0,
    "must_listen": 0.9,
    "opened_at": AT,
    "decided_at": None,
}
INVITE: dict[str, Any] = {
    "id": STUDY,
    "label": "class of May",
    "uses_left": 20,
    "expires_at": AT,
    "revoked": False,
}


def example(content: dict[str, Any]) -> ConfigDict:
    """The settings of a view with an example of it, which stands in ``/openapi.json``."""
    return ConfigDict(frozen=True, json_schema_extra={"examples": [content]})


class View(BaseModel):
    """Base of what routes answer. Times are UTC seconds since 1970, ids opaque strings."""

    model_config = ConfigDict(frozen=True)


class Done(View):
    """It is done; there is nothing to say."""

    model_config = example({})


class StudySummary(View):
    """A study in one line; `wanted` counts the answers sought, `places_free` those nobody works on."""

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


class StudyView(View):
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


class ItemView(View):
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
    items: list[ItemView]
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


FLAG: dict[str, Any] = {
    "sample_id": "mini-mc-test-00002",
    "task": "MC",
    "annotator": ANNOTATOR,
    "fault": "audio",
    "comment": "It clicks.",
    "at": AT,
}


class FlagList(View):
    """Faults that annotators reported, in the order of time."""

    model_config = example({"flags": [FLAG]})

    flags: list[FlagRemark]


class RemarkList(View):
    """What annotators wrote, question by question: flags, reasons of skips, comments."""

    model_config = example(
        {
            "items": [
                {
                    "item": STUDY,
                    "sample_id": "mini-mc-test-00002",
                    "task": "MC",
                    "question": "Which genre is it?",
                    "flags": [FLAG],
                    "skips": [{"annotator": ANNOTATOR, "text": "I hear nothing."}],
                    "comments": [],
                }
            ]
        }
    )

    items: list[Remarks]


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
    """A stretch of the audit log."""

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


class InviteView(View):
    """An invite without its secret."""

    id: str
    label: str
    uses_left: int
    expires_at: float | None
    revoked: bool


class InviteList(View):
    """A study's invites."""

    model_config = example({"invites": [INVITE]})

    invites: list[InviteView]


class NewInviteView(View):
    """A new invite, and its address, which is given this once.

    `caution` is a sentence about who must not get it: reviewers see right answers.
    """

    model_config = example({"invite": INVITE, "address": "/annotate#invite=SECRET", "caution": None})

    invite: InviteView
    address: str
    caution: str | None


class AccountEntry(View):
    """A person who can sign in, and how many studies they take part in."""

    id: str
    name: str | None
    source: AccountSource
    reviewer: bool
    admin: bool
    studies: int
    created_at: float


class AccountList(View):
    """Everybody who can sign in."""

    model_config = example(
        {
            "accounts": [
                {
                    "id": ANNOTATOR,
                    "name": "rita",
                    "source": "local",
                    "reviewer": True,
                    "admin": False,
                    "studies": 0,
                    "created_at": AT,
                }
            ]
        }
    )

    accounts: list[AccountEntry]


class Published(View):
    """The folder of the run that the leaderboard shows."""

    model_config = example({"run": "people-5f0c9b7d-20261126-174500"})

    run: str


class ResultsView(View):
    """Everything that a study found; see `human_eval.results.StudyResults`."""

    model_config = example(
        {
            "baseline": [
                {
                    "task": "MC",
                    "metric": "macro_f1",
                    "samples": 3,
                    "answers": 3,
                    "people": [{"annotator": ANNOTATOR, "score": 100.0, "answers": 3}],
                    "mean": 100.0,
                    "mean_interval": None,
                    "together": 100.0,
                    "together_interval": None,
                    "majority": 100.0,
                    "majority_interval": None,
                }
            ],
            "agreement": [],
            "explanations": [{"task": "MC", "sentences": ["This one person scores 100.0."]}],
            "comparison": [
                {
                    "model": "small vanilla",
                    "folder": "small-on-bundled",
                    "sentence": "On all 3 questions that people answered it is 20.0 points below them.",
                    "gaps": [
                        {
                            "task": "overall",
                            "people": 100.0,
                            "system": 80.0,
                            "interval": {"low": -35.0, "high": -5.0, "method": "bonett-price-satterthwaite"},
                            "samples": 3,
                            "answers": 3,
                        }
                    ],
                }
            ],
            "flags": [{"annotator": ANNOTATOR, "kind": "speed", "reason": "Answers take 0.20 s."}],
            "remarks": [],
            "excluded": {"annotators": [], "answers": []},
            "difficulty": [],
            "methods": "1 annotator gave 3 answers to 3 samples of 1 task of bundled.",
        }
    )

    baseline: list[TaskBaseline]
    agreement: list[Agreement]
    explanations: list[Explanation]
    comparison: list[Comparison]
    flags: list[CarelessnessSign]
    remarks: list[Remarks]
    excluded: Excluded
    difficulty: list[SampleDifficulty]
    methods: str


class RoundView(View):
    """A round of verification; `reason` says what it was decided by."""

    id: str
    dataset: str
    dataset_sha256: str
    subset: str
    number: int
    state: RoundState
    reason: str
    drawn: int
    reviewed: int
    disagreements: int
    population: int
    seed: int
    must_listen: float
    opened_at: float
    decided_at: float | None


class RoundList(View):
    """All rounds, by dataset and subset, the newest of each first."""

    model_config = example({"rounds": [ROUND]})

    rounds: list[RoundView]


class NewRoundView(View):
    """A round that was drawn."""

    model_config = example({"round": ROUND})

    round: RoundView


class Evidence(View):
    """A decided round and every drawn sample with what reviewers found.

    `next_step` says what happens now.
    """

    model_config = example(
        {
            "round": ROUND | {"state": "failed", "reason": "19 of 20 drawn samples passed; x did not."},
            "samples": [
                {
                    "sample": "mini-sed-test-00001",
                    "question": "Which sound is heard?",
                    "passed": False,
                    "votes": [
                        {
                            "reviewer": 1,
                            "passed": False,
                            "faults": ["The label is right."],
                            "comment": "It is a dog.",
                            "heard": 1.0,
                            "decided_at": AT,
                        }
                    ],
                }
            ],
            "next_step": "SED has to be built again.",
        }
    )

    round: RoundView
    samples: list[JudgedSample]
    next_step: str


class ListeningView(View):
    """What of a recording counts as heard, and how much a verdict needs; shares from 0 to 1."""

    covered: list[tuple[float, float]]
    share: float
    needed: float
    unlocked: bool


class ChecklistPoint(View):
    """A point to be checked."""

    name: str
    text: str


class ReviewView(View):
    """A sample in a reviewer's hands, with what is right."""

    id: str
    task: str
    question: str
    options: list[str]
    answer: int | None
    reference: str | None
    duration_s: float
    stated_duration_s: float | None
    audio: dict[str, str]
    peaks: str
    checklist: list[ChecklistPoint]
    listening: ListeningView


LISTENING: dict[str, Any] = {"covered": [[0.0, 60.0]], "share": 0.5, "needed": 0.9, "unlocked": False}


class NextReviewView(View):
    """The sample in hand or the next one; `null` where nothing is left for this reviewer now."""

    model_config = example(
        {
            "review": {
                "id": STUDY,
                "task": "SED",
                "question": "Which sound is heard?",
                "options": ["Dog", "Cat"],
                "answer": 0,
                "reference": None,
                "duration_s": 120.0,
                "stated_duration_s": 120.0,
                "audio": {"opus": "/v1/human/verification/reviews/5f0c/audio.opus"},
                "peaks": "/v1/human/verification/reviews/5f0c/peaks",
                "checklist": [{"name": "audio", "text": "The audio plays to its end without a fault."}],
                "listening": LISTENING,
            },
            "progress": ROUND,
        }
    )

    review: ReviewView | None
    progress: RoundView


class RefusedInterval(View):
    """A reported interval that is not possible: its place in the report, and why."""

    index: int
    reason: str


class ReviewListening(View):
    """What counts as heard after a report."""

    model_config = example({"listening": LISTENING, "refused": []})

    listening: ListeningView
    refused: list[RefusedInterval]
