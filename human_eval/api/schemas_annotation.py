"""What the routes of people who take part answer: one model for each, with an example.

Fields are described where a name does not say it; times are UTC seconds since 1970, lengths of time seconds.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

ITEM_ID, STUDY_ID, PERSON_ID = "a3" * 16, "5f" * 16, "c0" * 16
AUDIO = f"/v1/human/items/{ITEM_ID}"


def _example(**fields: Any) -> ConfigDict:
    return ConfigDict(frozen=True, json_schema_extra={"examples": [fields]})


class Problem(BaseModel):
    """A refusal, in one sentence."""

    model_config = _example(error="Sign in first; your session may have ended.")
    error: str


class Nothing(BaseModel):
    """It is done, and there is nothing to say."""

    model_config = _example()


class AccountView(BaseModel):
    """Who is signed in; people who were invited have no name."""

    model_config = _example(name="maria", admin=False, reviewer=False)
    name: str | None
    admin: bool
    reviewer: bool


class StudyOffered(BaseModel):
    """A study to work on, or to join."""

    model_config = _example(id=STUDY_ID, name="First study", state="open", joined=True)
    id: str
    name: str
    state: str
    joined: bool


class SignInWays(BaseModel):
    """Ways to sign in that not every app offers."""

    model_config = _example(huggingface=False)
    huggingface: bool


class SessionView(BaseModel):
    """Who is signed in, and what there is for them. `csrf` goes into the header ``X-CSRF-Token``."""

    model_config = _example(
        account={"name": "maria", "admin": False, "reviewer": False},
        csrf="Zk3...",
        ways={"huggingface": False},
        studies=[{"id": STUDY_ID, "name": "First study", "state": "open", "joined": True}],
    )
    account: AccountView | None
    csrf: str | None
    ways: SignInWays
    studies: list[StudyOffered]


class JoinedView(BaseModel):
    """What was joined; `way_back`, shown once, signs an invited person in on another device."""

    model_config = _example(
        study=STUDY_ID,
        way_back="7KQ2M-...",
        session={
            "account": {"name": None, "admin": False, "reviewer": False},
            "csrf": "Zk3...",
            "ways": {"huggingface": False},
            "studies": [{"id": STUDY_ID, "name": "First study", "state": "open", "joined": True}],
        },
    )
    study: str | None
    way_back: str | None
    session: SessionView


StepState = Literal["needed", "done"]


class Steps(BaseModel):
    """What comes before the questions."""

    model_config = _example(consent="done", sound_check="needed", practice="needed")
    consent: StepState
    sound_check: StepState
    practice: StepState


class SoundCheckView(BaseModel):
    """The tones of the sound check: how many, and how long from one to the next."""

    model_config = _example(tones=6, every_s=1.5)
    tones: int
    every_s: float


class Progress(BaseModel):
    """How far one is; practice counts apart. `minutes_left` is at one's own pace."""

    model_config = _example(answered=3, skipped=0, to_do=37, practice_to_do=0, minutes_left=62.0)
    answered: int
    skipped: int
    to_do: int
    practice_to_do: int
    minutes_left: float | None


EXAMPLE_STUDY: dict[str, Any] = {
    "id": STUDY_ID,
    "name": "First study",
    "state": "open",
    "instructions": "Listen to the recording, then answer the question.",
    "consent": "You will listen to recordings.",
    "must_listen": 0.8,
    "max_speed": 2.0,
    "time_limit_s": None,
    "annotator": PERSON_ID,
    "steps": {"consent": "done", "sound_check": "needed", "practice": "needed"},
    "sound_check": {"tones": 6, "every_s": 1.5},
    "progress": {"answered": 0, "skipped": 0, "to_do": 40, "practice_to_do": 2, "minutes_left": None},
    "pause_suggested": False,
    "paused": False,
    "submitted": False,
    "completion_code": None,
}


class StudyView(BaseModel):
    """A study as somebody who takes part sees it. `annotator` is their number in all results."""

    model_config = _example(**EXAMPLE_STUDY)
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


class SoundChecked(BaseModel):
    """Whether the sound check was passed; `hint` is what may be wrong. A failed check makes new tones."""

    model_config = _example(
        passed=False,
        hint="swapped",
        study=EXAMPLE_STUDY,
    )
    passed: bool
    hint: Literal["swapped", "one speaker", "other"] | None
    study: StudyView


class OptionView(BaseModel):
    """An option; `index` is its place in the dataset, which an answer names."""

    model_config = _example(index=2, text="Happy")
    index: int
    text: str


class Sound(BaseModel):
    """Addresses of the recording in two codings."""

    model_config = _example(opus=f"{AUDIO}/audio.opus", mp3=f"{AUDIO}/audio.mp3")
    opus: str
    mp3: str


class ListeningView(BaseModel):
    """What was heard: stretches in seconds, their share, and the share at which the answer opens."""

    model_config = _example(covered=[[0.0, 61.5]], share=0.62, needed=0.8, unlocked=False)
    covered: list[tuple[float, float]]
    share: float
    needed: float
    unlocked: bool


class AnswerView(BaseModel):
    """The newest answer."""

    model_config = _example(choice=2, transcript=None, confidence=4, comment="", revision=1)
    choice: int | None
    transcript: str | None
    confidence: int | None
    comment: str
    revision: int


EXAMPLE_ITEM: dict[str, Any] = {
    "id": ITEM_ID,
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


class ItemView(BaseModel):
    """A question in somebody's hands, without what is right.

    `place` counts all that one was given, `number` practice and questions each by themselves. `options` are
    in the order to be shown; empty where a transcript is asked. Until `expires_at` nobody else gets it.
    """

    model_config = _example(**EXAMPLE_ITEM)
    id: str
    place: int
    number: int
    task: str
    task_name: str
    practice: bool
    question: str
    options: list[OptionView]
    duration_s: float
    audio: Sound
    peaks: str
    state: Literal["leased", "answered", "skipped", "returned"]
    expires_at: float
    seconds_left: float | None
    listening: ListeningView
    draft: dict[str, Any] | None
    answer: AnswerView | None
    changeable: bool


class NextItem(BaseModel):
    """The item to work on, or why there is none: all is done, or others work on what is left."""

    model_config = _example(item=EXAMPLE_ITEM, reason=None)
    item: ItemView | None
    reason: Literal["done", "waiting"] | None


EXAMPLE_OWN: dict[str, Any] = {
    "id": ITEM_ID,
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


class OwnItem(BaseModel):
    """One of one's own items, to go back to. `said` is the answer in words, or why there is none.

    One that was given out ahead was not `opened` on the screen yet.
    """

    model_config = _example(**EXAMPLE_OWN)
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


class OwnItems(BaseModel):
    """All of one's own items, in the order in which they were given."""

    model_config = _example(items=[EXAMPLE_OWN])
    items: list[OwnItem]


class RefusedInterval(BaseModel):
    """A stretch that cannot have been heard; `index` is its place in the report."""

    model_config = _example(index=0, reason="longer than the time that has passed")
    index: int
    reason: str


class ListeningCredited(BaseModel):
    """What is heard by now; the item stays one's own until `expires_at`."""

    model_config = _example(
        listening={"covered": [[0.0, 61.5]], "share": 0.62, "needed": 0.8, "unlocked": False},
        expires_at=1790000900.0,
        refused=[],
    )
    listening: ListeningView
    expires_at: float
    refused: list[RefusedInterval]


class DraftKept(BaseModel):
    """When the draft was kept."""

    model_config = _example(draft_at=1790000000.0)
    draft_at: float


class WordsView(BaseModel):
    """Words of the right transcript and of what was written that belong together."""

    model_config = _example(kind="substitute", reference="friday", hypothesis="sunday")
    kind: Literal["equal", "substitute", "delete", "insert"]
    reference: str
    hypothesis: str


class FeedbackView(BaseModel):
    """What was right, on practice only: an option's index, or a transcript and how one's own differs.

    `difference` is there for transcripts only.
    """

    model_config = _example(
        correct=False,
        choice=None,
        reference="The market is closed on Friday.",
        difference=[
            {
                "kind": "equal",
                "reference": "the market is closed on",
                "hypothesis": "the market is closed on",
            },
            {"kind": "substitute", "reference": "friday", "hypothesis": "sunday"},
        ],
    )
    correct: bool
    choice: int | None
    reference: str | None
    difference: list[WordsView] = []


class AnswerSaved(BaseModel):
    """The answer is on the disk."""

    model_config = _example(revision=1, saved_at=1790000000.0, item=EXAMPLE_ITEM, feedback=None)
    revision: int
    saved_at: float
    item: ItemView
    feedback: FeedbackView | None


class ItemSkipped(BaseModel):
    """The item as it is now; an answer given later takes it back."""

    model_config = _example(item=EXAMPLE_ITEM | {"state": "skipped"})
    item: ItemView


class Outline(BaseModel):
    """The recording's lowest and highest values, in hundredths of full scale."""

    model_config = _example(duration_s=98.7, peaks=[[-12, 14], [-40, 38]])
    duration_s: float
    peaks: list[tuple[int, int]]


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in {
        401: "Nobody is signed in, or what was given signs nobody in.",
        403: "Not allowed, or not asked by the app's own page.",
        404: "Nothing by this id that one may see.",
        409: "It contradicts what is stored, or the study's state.",
        413: "The body is too large.",
        422: "Not understood.",
        429: "Too often; see ``Retry-After``.",
        503: "The database cannot be used now.",
    }.items()
}
