"""What the routes of verification answer."""

from typing import Any

from human_eval.api.schemas.base import AT, STUDY, View, example
from human_eval.api.schemas.listening import ListeningView, RefusedInterval
from human_eval.storage.schema import RoundState
from human_eval.verification.history import JudgedSample

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


class RoundView(View):
    """A round of verification; `reason` is why it was decided so."""

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


class ChecklistPoint(View):
    """A point to be checked."""

    name: str
    text: str


class ReviewView(View):
    """A sample that is assigned to a reviewer, with its right answer."""

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
    """The reviewer's current sample or the next one; `null` where nothing is left for them now."""

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


class ReviewListening(View):
    """What counts as heard after a report."""

    model_config = example({"listening": LISTENING, "refused": []})

    listening: ListeningView
    refused: list[RefusedInterval]
