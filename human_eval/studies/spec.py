"""The specification of a study, as an administrator writes it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Joining = Literal["invite", "account", "huggingface", "prolific"]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(max_length=20_000)]
SampleIds = Annotated[list[str], Field(max_length=20_000)]

INSTRUCTIONS = (
    "Listen to the recording, then answer the question. Wear headphones and work in a quiet place. "
    "You can answer once you have heard enough of the recording; the page shows how much. If you are not "
    "sure, choose the most likely answer and say that you are not sure."
)
CONSENT = (
    "You will listen to recordings and answer questions about them. We store your answers, how long you "
    "listened, and the times of both, under a random number instead of your name. Results are published "
    "without anything that identifies you. You can stop at any time, and you can have your data deleted."
)


class StudySpec(BaseModel):
    """A study to be made.

    Attributes
    ----------
    name : str
    dataset : str
        ``"bundled"`` or a folder.
    tasks : list of str or None
        Task codes; all of the dataset by default.
    samples : list of str
        Ids of the main questions. Where empty, `per_task` of each task are sampled.
    per_task : int or None
        Main questions of each task, sampled by strata; all by default.
    gold, practice : list of str
        Ids of gold checks and of practice items.
    gold_per_task, practice_per_task : int
        Sampled where no ids are named.
    gold_every : int
        A gold check comes after this many other questions, while there are any.
    overlap : int
        People for each main question.
    seed : int
    must_listen : float
        Share of a recording that has to be played before an answer.
    max_speed : float
        Fastest playing that counts.
    time_limit_s : float or None
        Seconds for a question; an answer that takes longer is kept and marked.
    lease_s : float
        Seconds after which an item goes to somebody else once its page is silent.
    pause_after_s : float
        Seconds of work after which a pause is suggested.
    instructions, consent : str
        Markdown. No consent is asked where it is empty.
    sound_check : bool
    completion_code : str or None
        Shown to everyone who finishes; by default a random code each.
    joining : list of str
        Who may join.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    dataset: Annotated[str, Field(min_length=1, max_length=400)] = "bundled"
    tasks: list[str] | None = None
    samples: SampleIds = []
    per_task: Annotated[int, Field(ge=1, le=20_000)] | None = None
    gold: SampleIds = []
    practice: SampleIds = []
    gold_per_task: Annotated[int, Field(ge=0, le=1000)] = 0
    practice_per_task: Annotated[int, Field(ge=0, le=1000)] = 0
    gold_every: Annotated[int, Field(ge=1, le=1000)] = 10
    overlap: Annotated[int, Field(ge=1, le=1000)] = 3
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    must_listen: Share = 0.8
    max_speed: Annotated[float, Field(ge=1, le=4)] = 2.0
    time_limit_s: Annotated[float, Field(gt=0, le=86_400)] | None = None
    lease_s: Annotated[float, Field(ge=1, le=86_400)] = 900.0
    pause_after_s: Annotated[float, Field(ge=60, le=86_400)] = 1800.0
    instructions: Text = INSTRUCTIONS
    consent: Text = CONSENT
    sound_check: bool = True
    completion_code: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    joining: Annotated[list[Joining], Field(min_length=1)] = ["invite"]

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\0" in text for text in texts):
            raise ValueError("a text has no zero characters")
        return value

    @model_validator(mode="after")
    def _parts_are_apart(self) -> "StudySpec":
        listed = [*self.samples, *self.gold, *self.practice]
        if len(set(listed)) != len(listed):
            raise ValueError("a sample is listed twice")
        return self
