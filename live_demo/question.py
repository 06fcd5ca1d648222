"""What a visitor asks: a question about a recording, and the configurations to compare."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from amarathon.compression import parse_configurations
from amarathon.compression.configuration import VANILLA
from amarathon.datasets.options import make_option
from amarathon.tasks import TASKS, Message, Task, free_question
from amarathon.tasks.sample import OPTION_LETTERS, Option, Sample, SampleAudio
from live_demo.errors import DemoError
from live_demo.limits import (
    LONGEST_NAME,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    LONGEST_REPLY_TOKENS,
    MOST_CONFIGURATIONS,
    MOST_REPEATS,
)
from live_demo.recording import StoredRecording

FREE = "free"


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text has no zero characters")
    return text


OptionText = Annotated[str, Field(min_length=1, max_length=LONGEST_OPTION), AfterValidator(_storable)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_storable)]


class AskRecord(BaseModel):
    """The question, as it is kept: it may name methods and tasks that a later version has not.

    Attributes
    ----------
    recording : str
        Its id.
    task : str
        A task's code, whose prompt is used, or ``"free"``.
    question : str
        The task's own where empty.
    options : list of str
        Where the task's prompt shows options.
    configurations : list of str
        Canonical names, vanilla first: everything is compared with it.
    max_new_tokens : int
        Longest reply.
    seed : int
        Of random methods.
    model : str
        Name of one of the models that the page offers; empty for the server's own.
    repeats : int
        How often everything is done, for the spread of the times.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    recording: str
    task: str
    question: str = ""
    options: list[str] = []
    configurations: list[str]
    max_new_tokens: int
    seed: int = 0
    model: str = ""
    repeats: int = 1

    @property
    def option_texts(self) -> list[str]:
        """Options in their order, those that the task's prompt itself fixes included."""
        return self.options or (list(TASKS[self.task].labels) if self.task in TASKS else [])

    def asks_as(self, sample: Sample) -> bool:
        """Whether this is a sample's own question, so that its right answer counts."""
        task: Task | None = TASKS.get(self.task)
        if task is None or task.code != sample.task or self.option_texts != sample.option_texts:
            return False
        return (self.question or task.question) == (sample.question or task.question)


class Ask(AskRecord):
    """A comparison as the page sends it, checked."""

    recording: Name
    task: Name
    question: Annotated[str, Field(max_length=LONGEST_QUESTION), AfterValidator(_storable)] = ""
    options: Annotated[list[OptionText], Field(max_length=len(OPTION_LETTERS))] = []
    configurations: list[Name]
    max_new_tokens: Annotated[int, Field(ge=1, le=LONGEST_REPLY_TOKENS)]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    model: Name = ""
    repeats: Annotated[int, Field(ge=1, le=MOST_REPEATS)] = 1

    @field_validator("configurations")
    @classmethod
    def _vanilla_comes_first(cls, names: list[str]) -> list[str]:
        others = [name for name in names if name.strip() != VANILLA]
        if len(others) >= MOST_CONFIGURATIONS:
            raise DemoError(
                f"At most {MOST_CONFIGURATIONS} configurations are compared at once, with vanilla; "
                f"there are {len(others) + 1}."
            )
        return [configuration.name for configuration in parse_configurations([VANILLA, *others])]

    @field_validator("task")
    @classmethod
    def _task_exists(cls, code: str) -> str:
        if code != FREE and code not in TASKS:
            raise DemoError(f"There is no task {code!r}; there are {', '.join(TASKS)} and {FREE}.")
        return code

    @classmethod
    def read(cls, content: Any) -> "Ask":
        """Check what a page sent.

        Raises
        ------
        ConfigurationError
            If a configuration's name does not parse, or two mean the same.
        DemoError
            If anything else is wrong with the question.
        """
        try:
            ask = cls.model_validate(content)
        except ValidationError as error:
            fault = error.errors()[0]
            where = " ".join(str(part) for part in fault["loc"])
            what = fault["msg"].removeprefix("Value error, ")
            raise DemoError(f"{where or 'The request'}: {what}.") from error
        ask._check_question()
        return ask

    def _check_question(self) -> None:
        if self.task == FREE:
            if not self.question:
                raise DemoError("Write a question, or choose a task.")
            if self.options:
                raise DemoError("A free question has no options.")
            return
        task = TASKS[self.task]
        if task.prompt.option and len(self.options) < 2:
            raise DemoError(f"{task.code} is a multiple-choice task: write at least two options.")
        if not task.prompt.option and self.options:
            raise DemoError(f"The prompt of {task.code} shows no options of its own.")
        if len(set(self.options)) != len(self.options):
            raise DemoError("Two options are the same.")

    def messages(self) -> list[Message]:
        """The chat messages, as an evaluation would build them."""
        if self.task == FREE:
            return free_question(self.question)
        task = TASKS[self.task]
        return task.free_messages(self.question or task.question, self.options)

    def sample(self, recording: StoredRecording, known: Sample | None = None) -> Sample:
        """The question as a sample.

        Parameters
        ----------
        recording : StoredRecording
        known : Sample, optional
            The bundled sample that the recording is. Its right answer is not written: whether it may
            be seen is known when somebody looks.
        """
        record = recording.record
        audio = SampleAudio(
            path=recording.folder,
            name=record.name,
            sources=known.audio.sources if known else (record.sha256,),
            duration_s=record.duration_s,
            sha256=record.sha256,
            pcm_sha256=record.pcm_sha256,
        )
        return Sample(
            id=record.id,
            task=self.task,
            audio=audio,
            question=self.question,
            options=self._options(),
        )

    def _options(self) -> tuple[Option, ...]:
        labels = TASKS[self.task].labels if self.task != FREE else ()
        return tuple(make_option(text, labels) for text in self.option_texts)

    @property
    def letters(self) -> str:
        """The letters of its options; empty where there are none."""
        return OPTION_LETTERS[: len(self.option_texts)]
