"""What the sample routes send."""

from typing import Literal

from pydantic import BaseModel, Field

WordKind = Literal["equal", "substitute", "delete", "insert"]


class SampleRow(BaseModel):
    """A sample in a list.

    Attributes
    ----------
    id : str
        Opaque.
    question : str or None
        None where it is not in the runs' records and the dataset is not here.
    duration_s : float or None
    answers, different : int or None
        Answers of models, and how many of them are not the same; None where a study holds them back.
    held_back : bool
        A study that is not closed asks people about it: no answer of it is shown anywhere.
    audible : bool
        Its recording can be played here.
    """

    id: str
    dataset: str
    task: str
    task_name: str
    question: str | None
    options: list[str]
    duration_s: float | None
    answers: int | None
    different: int | None
    held_back: bool
    audible: bool


class RunChoice(BaseModel):
    """A run that answered a dataset's samples."""

    folder: str
    model: str
    kind: Literal["model", "human"]


class DatasetChoice(BaseModel):
    """A dataset whose samples there are: what they can be filtered by."""

    key: str
    name: str
    sha256: str
    samples: int
    tasks: list[str]
    runs: list[RunChoice]
    slices: dict[str, list[str]]


class SampleList(BaseModel):
    """A page of the samples that fit, and what may be asked for.

    Attributes
    ----------
    notes : list of str
        What is missing and why, a sentence each.
    """

    total: int
    page: int
    pages: int
    samples: list[SampleRow]
    datasets: list[DatasetChoice]
    notes: list[str]


class Words(BaseModel):
    """Neighbouring words of the right transcript and of a reply that belong together."""

    kind: WordKind
    reference: str
    hypothesis: str


class GivenAnswer(BaseModel):
    """One answer under one configuration.

    Attributes
    ----------
    answer_read : int or None
        The option that the reply means.
    cut : bool
        The reply is longer than what is sent of it.
    correct : bool or None
    word_error_rate : float or None
        0 and up, strict protocol.
    words : list of Words or None
        The reply beside the right transcript. These three with the right answer only.
    """

    configuration: str
    title: str
    reply: str
    cut: bool
    answer_read: int | None
    error: str | None
    audio_tokens: int | None
    kept_tokens: int | None
    correct: bool | None = None
    word_error_rate: float | None = None
    words: list[Words] | None = None


class RunAnswers(BaseModel):
    """What one model, or people, answered."""

    folder: str
    model: str
    kind: Literal["model", "human"]
    notice: str | None
    answers: list[GivenAnswer]


class Sound(BaseModel):
    """Whether the recording can be played here, and whose it is.

    Attributes
    ----------
    reason : str or None
        Why it cannot.
    licence, author, source : str or None
        Left out while a study asks about it: they may tell real from made.
    """

    audible: bool
    reason: str | None = None
    licence: str | None = None
    author: str | None = None
    source: str | None = None


class Gold(BaseModel):
    """What is right, and all that would tell.

    Attributes
    ----------
    name : str
        The sample's id in its dataset; some datasets name samples by what is right.
    """

    name: str
    answer: int | None
    reference: str | None
    slices: dict[str, str]


class SampleDetail(BaseModel):
    """One sample with its answers.

    Attributes
    ----------
    held_back : str or None
        Why no answers are shown.
    gold : Gold or None
        With ``gold=true`` only, and never where it is held back.
    left_out : int
        Runs whose answers are to another question or recording under the same id.
    position, total : int or None, int
        Its place among the samples that fit the filters.
    """

    id: str
    dataset: str
    dataset_name: str
    task: str
    task_name: str
    question: str | None
    options: list[str]
    duration_s: float | None
    sound: Sound
    held_back: str | None
    gold: Gold | None
    runs: list[RunAnswers]
    left_out: int = Field(default=0)
    previous: str | None
    next: str | None
    position: int | None
    total: int
