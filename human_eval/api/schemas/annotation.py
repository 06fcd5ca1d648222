"""What the routes of one item answer, to its annotator."""

from typing import Any, Literal

from pydantic import Field

from human_eval.api.schemas.base import ITEM, View, example
from human_eval.api.schemas.listening import ListeningView, RefusedInterval

AUDIO = f"/v1/human/items/{ITEM}"


class OptionView(View):
    """An option; `index` is its index in the dataset, which an answer names."""

    model_config = example({"index": 2, "text": "Happy"})
    index: int
    text: str


class AudioLinks(View):
    """Addresses of the recording in two codings."""

    model_config = example({"opus": f"{AUDIO}/audio.opus", "mp3": f"{AUDIO}/audio.mp3"})
    opus: str
    mp3: str


class AnswerView(View):
    """The newest answer."""

    model_config = example({"choice": 2, "transcript": None, "confidence": 4, "comment": "", "revision": 1})
    choice: int | None
    transcript: str | None
    confidence: int | None
    comment: str
    revision: int


EXAMPLE_ITEM: dict[str, Any] = {
    "id": ITEM,
    "place": 3,
    "number": 2,
    "task": "SER",
    "task_name": "Speech Emotion Recognition",
    "practice": False,
    "question": "What emotion does the speaker express?",
    "options": [{"index": 2, "text": "Happy"}, {"index": 0, "text": "Sad"}],
    "duration_s": 98.7,
    "audio": {"opus": f"{AUDIO}/audio.opus", "mp3": f"{AUDIO}/audio.mp3"},
    "peaks": f"{AUDIO}/peaks",
    "state": "leased",
    "expires_at": 1790000900.0,
    "seconds_left": None,
    "listening": {"covered": [[0.0, 61.5]], "share": 0.62, "needed": 0.8, "unlocked": False},
    "draft": None,
    "answer": None,
    "changeable": True,
}


class ItemView(View):
    """A question that is assigned to somebody, without the right answer.

    `place` counts all that were assigned, `number` practice and questions separately. `options` are in the
    order to be shown; empty where a transcript is asked. Until `expires_at` nobody else gets it.
    """

    model_config = example(EXAMPLE_ITEM)
    id: str
    place: int
    number: int
    task: str
    task_name: str
    practice: bool
    question: str
    options: list[OptionView]
    duration_s: float
    audio: AudioLinks
    peaks: str
    state: Literal["leased", "answered", "skipped", "returned"]
    expires_at: float
    seconds_left: float | None
    listening: ListeningView
    draft: dict[str, Any] | None
    answer: AnswerView | None
    changeable: bool


class ListeningCredited(View):
    """What is credited by now; the item stays one's own until `expires_at`."""

    model_config = example(
        {
            "listening": {"covered": [[0.0, 61.5]], "share": 0.62, "needed": 0.8, "unlocked": False},
            "expires_at": 1790000900.0,
            "refused": [],
        }
    )
    listening: ListeningView
    expires_at: float
    refused: list[RefusedInterval]


class DraftKept(View):
    """When the draft was kept."""

    model_config = example({"draft_at": 1790000000.0})
    draft_at: float


class WordsView(View):
    """Words of the right transcript and of what was written that belong together."""

    model_config = example({"kind": "substitute", "reference": "friday", "hypothesis": "sunday"})
    kind: Literal["equal", "substitute", "delete", "insert"]
    reference: str
    hypothesis: str


class FeedbackView(View):
    """What was right, on practice only: an option's index, or a transcript and how the answer differs.

    `difference` is there for transcripts only.
    """

    model_config = example(
        {
            "correct": False,
            "choice": None,
            "reference": "The market is closed on Friday.",
            "difference": [
                {
                    "kind": "equal",
                    "reference": "the market is closed on",
                    "hypothesis": "the market is closed on",
                },
                {"kind": "substitute", "reference": "friday", "hypothesis": "sunday"},
            ],
        }
    )
    correct: bool
    choice: int | None
    reference: str | None
    difference: list[WordsView] = Field(default=[])


class AnswerSaved(View):
    """The answer is stored."""

    model_config = example({"revision": 1, "saved_at": 1790000000.0, "item": EXAMPLE_ITEM, "feedback": None})
    revision: int
    saved_at: float
    item: ItemView
    feedback: FeedbackView | None


class ItemSkipped(View):
    """The item as it is now; an answer given later takes it back."""

    model_config = example({"item": EXAMPLE_ITEM | {"state": "skipped"}})
    item: ItemView
