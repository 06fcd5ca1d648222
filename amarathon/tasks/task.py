"""What a task is, and how its prompt is put together for one sample."""

from collections.abc import Sequence
from string import Formatter
from typing import Annotated, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field, model_validator

from amarathon.errors import TaskError
from amarathon.tasks.sample import ALL_LETTERS, OPTION_LETTERS, Sample

Group = Literal[
    "Speech Content Extraction", "Audio Classification", "Speaker Information Modeling", "Other benchmarks"
]
Metric = Literal["macro_f1", "accuracy", "war", "bleu"]


class ContentPart(TypedDict, total=False):
    """One part of a message: ``{"type": "audio"}`` or ``{"type": "text", "text": ...}``."""

    type: str
    text: str


class Message(TypedDict):
    """One chat message in the form that transformers' chat templates take."""

    role: str
    content: list[ContentPart]


class PromptTemplate(BaseModel):
    """A task's system and user texts.

    The user text is a template over ``{question}`` and ``{options}``; the audio stands before it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str
    user: str
    option: str = ""

    @model_validator(mode="after")
    def _templates_are_sound(self) -> "PromptTemplate":
        shown = _placeholders("user", self.user, allowed={"question", "options"})
        line = _placeholders("option", self.option, allowed={"letter", "text"})
        if bool(self.option) and line != {"letter", "text"}:
            raise ValueError("an option line needs both {letter} and {text}")
        if ("options" in shown) != bool(self.option):
            raise ValueError("a prompt that shows options needs both {options} in user and an option line")
        return self


def _placeholders(field: str, template: str, allowed: set[str]) -> set[str]:
    """Names of a template's placeholders, which must be plain: no index, conversion or format."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{field} is no template: {error}") from error
    found = set()
    for _, name, specification, conversion in parts:
        if name is None:
            continue
        if name not in allowed or specification or conversion:
            choices = " and ".join(f"{{{placeholder}}}" for placeholder in sorted(allowed))
            raise ValueError(f"{field} may hold only {choices}, not {{{name}}}")
        found.add(name)
    return found


class Task(BaseModel):
    """One of the ten tasks, or a kind of imported benchmark; see the YAML files beside this module.

    Attributes
    ----------
    code, name, group, source : str
        The code that every record uses, the paper's name, its group, its source set.
    word : str
        One or a few words of what is asked, for the head of a table's column; the code where there are none.
    order : int
        Place in the paper's tables.
    metric : {"macro_f1", "accuracy", "war", "bleu"}
        The task's headline score.
    tokenizer : {"", "13a", "char"}
        How BLEU cuts a text, by sacrebleu's names; empty for other scores.
    letters : str
        The letters of its options, e.g. ``"ABCD"``; empty for transcription.
    labels : tuple of str
        The fixed label set, or empty.
    fixed_order : bool
        The prompt itself fixes the order of the options, so it is never shuffled.
    question : str
        The question put to a person where the samples have no question of their own.
    prompt : PromptTemplate
    max_new_tokens : int
        Longest reply of a model, in tokens.
    max_new_tokens_per_second : float
        Added to `max_new_tokens` for each second of audio (transcripts grow with the audio).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    name: str
    word: Annotated[str, Field(max_length=14)] = ""
    group: Group
    source: str
    order: Annotated[int, Field(ge=1)]
    metric: Metric
    tokenizer: Literal["", "13a", "char"] = ""
    letters: str = ""
    labels: tuple[str, ...] = ()
    fixed_order: bool = False
    question: str
    prompt: PromptTemplate
    max_new_tokens: Annotated[int, Field(ge=1)]
    max_new_tokens_per_second: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _fields_agree(self) -> "Task":
        if not ALL_LETTERS.startswith(self.letters):
            raise ValueError(f"letters must be a beginning of {ALL_LETTERS}, not {self.letters!r}")
        if bool(self.letters) != (self.metric in ("macro_f1", "accuracy")):
            raise ValueError(
                "a task with options is scored by macro_f1 or accuracy, one without by war or bleu"
            )
        if bool(self.tokenizer) != (self.metric == "bleu"):
            raise ValueError("a tokenizer belongs to bleu, and bleu needs one")
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("a label is listed twice")
        return self

    @property
    def is_multiple_choice(self) -> bool:
        """Whether a reply names one of several options."""
        return bool(self.letters)

    @property
    def is_transcription(self) -> bool:
        """Whether a reply is compared with its reference word by word."""
        return self.metric == "war"

    def reply_budget(self, duration_s: float) -> int:
        """Longest reply in tokens for `duration_s` seconds of audio."""
        return self.max_new_tokens + int(self.max_new_tokens_per_second * duration_s)

    def messages(self, sample: Sample, order: Sequence[int] | None = None) -> list[Message]:
        """Build the chat messages for one sample.

        Parameters
        ----------
        sample : Sample
            A sample of this task.
        order : sequence of int, optional
            The canonical option indices in the order shown; the sample's own order by default.

        Returns
        -------
        list of Message
            System text, then the audio followed by the user text.

        Raises
        ------
        TaskError
            If the sample is of another task, or `order` is not a permutation of its options.
        """
        if sample.task != self.code:
            raise TaskError(f"Sample {sample.id} belongs to task {sample.task}, not {self.code}.")
        indices = list(range(len(sample.options))) if order is None else list(order)
        if sorted(indices) != list(range(len(sample.options))):
            raise TaskError(f"{indices} is not an order of the {len(sample.options)} options of {sample.id}.")
        shown = [sample.options[index].text for index in indices]
        return self.free_messages(sample.question or self.question, shown)

    def free_messages(self, question: str, options: Sequence[str]) -> list[Message]:
        """Build this task's chat messages around any question and options (the live demo's).

        Raises
        ------
        TaskError
            If there are more options than letters.
        """
        letters = max(self.letters, OPTION_LETTERS, key=len)
        if len(options) > len(letters):
            raise TaskError(f"A question has at most {len(letters)} options, not {len(options)}.")
        lines = "\n".join(
            self.prompt.option.format(letter=letter, text=text)
            for letter, text in zip(letters, options, strict=False)
        )
        user = self.prompt.user.format(question=question, options=lines).strip()
        return [
            {"role": "system", "content": [{"type": "text", "text": self.prompt.system}]},
            {"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": user}]},
        ]


def free_question(question: str) -> list[Message]:
    """Build the chat messages of a question that belongs to no task (the live demo's).

    Examples
    --------
    >>> free_question("What is it about? ")[-1]["content"][1]["text"]
    'What is it about?'
    """
    system = (
        "You are a helpful assistant that analyzes audio. Please listen carefully and answer the question."
    )
    return [
        {"role": "system", "content": [{"type": "text", "text": system}]},
        {"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": question.strip()}]},
    ]
