"""What the routes of a study answer, to somebody who takes part in it."""

from typing import Any, Literal

from human_eval.api.schemas.annotation import EXAMPLE_ITEM, ItemView
from human_eval.api.schemas.base import ANNOTATOR, ITEM, STUDY, View, example

StepState = Literal["needed", "done"]


class Steps(View):
    """What comes before the questions."""

    model_config = example({"consent": "done", "sound_check": "needed", "practice": "needed"})
    consent: StepState
    sound_check: StepState
    practice: StepState


class SoundCheckView(View):
    """The tones of the sound check: how many, and how long from one to the next."""

    model_config = example({"tones": 6, "every_s": 1.5})
    tones: int
    every_s: float


class Progress(View):
    """How far one is; practice counts apart. `minutes_left` is at one's own pace."""

    model_config = example(
        {"answered": 3, "skipped": 0, "to_do": 37, "practice_to_do": 0, "minutes_left": 62.0}
    )
    answered: int
    skipped: int
    to_do: int
    practice_to_do: int
    minutes_left: float | None


EXAMPLE_STUDY: dict[str, Any] = {
    "id": STUDY,
    "name": "First study",
    "state": "open",
    "instructions": "Listen to the recording, then answer the question.",
    "consent": "You will listen to recordings.",
    "must_listen": 0.8,
    "max_speed": 2.0,
    "time_limit_s": None,
    "annotator": ANNOTATOR,
    "steps": {"consent": "done", "sound_check": "needed", "practice": "needed"},
    "sound_check": {"tones": 6, "every_s": 1.5},
    "progress": {"answered": 0, "skipped": 0, "to_do": 40, "practice_to_do": 2, "minutes_left": None},
    "pause_suggested": False,
    "paused": False,
    "submitted": False,
    "completion_code": None,
}


class StudyView(View):
    """A study as somebody who takes part sees it. `annotator` is their id in all results."""

    model_config = example(EXAMPLE_STUDY)
    id: str
    name: str
    state: str
    instructions: str
    consent: str
    must_listen: float
    max_speed: float
    time_limit_s: float | None
    annotator: str
    steps: Steps
    sound_check: SoundCheckView
    progress: Progress
    pause_suggested: bool
    paused: bool
    submitted: bool
    completion_code: str | None


class SoundChecked(View):
    """Whether the sound check was passed; `hint` is what may be wrong. A failed check makes new tones."""

    model_config = example({"passed": False, "hint": "swapped", "study": EXAMPLE_STUDY})
    passed: bool
    hint: Literal["swapped", "one speaker", "other"] | None
    study: StudyView


class NextItem(View):
    """The item to work on, or why there is none: all is done, or others are working on what is left."""

    model_config = example({"item": EXAMPLE_ITEM, "reason": None})
    item: ItemView | None
    reason: Literal["done", "waiting"] | None


EXAMPLE_OWN: dict[str, Any] = {
    "id": ITEM,
    "place": 3,
    "number": 2,
    "task": "SER",
    "task_name": "Speech Emotion Recognition",
    "question": "What emotion does the speaker express?",
    "said": "Happy",
    "state": "answered",
    "practice": False,
    "opened": True,
}


class OwnItemView(View):
    """One of one's own items, to go back to. `said` is the answer in words, or why there is none.

    One that was only prefetched was not `opened` on the screen yet.
    """

    model_config = example(EXAMPLE_OWN)
    id: str
    place: int
    number: int
    task: str
    task_name: str
    question: str
    said: str | None
    state: Literal["leased", "answered", "skipped", "returned"]
    practice: bool
    opened: bool


class OwnItems(View):
    """All of one's own items, in the order in which they were assigned."""

    model_config = example({"items": [EXAMPLE_OWN]})
    items: list[OwnItemView]
