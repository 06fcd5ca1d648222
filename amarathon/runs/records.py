"""The records of a run, as they lie on disk.

``run.json`` holds one `RunHeader`, ``predictions.jsonl`` one `Prediction` a line and
``summary.json`` what can be derived from the two. Every field has one meaning for models and for
people: a person's answers are the records of one more model.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from amarathon.models.reply import Reply

SCHEMA_VERSION = 1
# Of runs that a service answered: older programs say that they cannot read them.
SERVICE_SCHEMA_VERSION = 2
PROTOCOL_VERSION = "1"

# What random methods draw from; runs from before there was a choice drew from their seed alone.
Seeding = Literal["seed", "sample", "recording"]
SEEDING: Seeding = "sample"


class Record(BaseModel):
    """Base of everything written: unknown fields are refused when it is read back."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelRecord(Record):
    """Which model answered; see `amarathon.models.model_api.ModelIdentity`."""

    name: str
    revision: str
    adapter: str
    dtype: str
    device: str
    parameters: int
    notice: str | None = None
    untrained: bool = False
    # Of a model on this machine; None in runs from before it was noted, and for answers from elsewhere.
    attention: str | None = None


class ExclusionRecord(Record):
    """A record of the dataset that was left out, and why."""

    record: str
    reason: str


class WholeRecord(Record):
    """The dataset that the questions of a run are a part of: its hash, and how many it has."""

    sha256: str
    count: int


class DatasetRecord(Record):
    """The questions of a run.

    `sha256` is taken over every sample's id, task, question, options, answer and audio hash, so
    two runs with equal hashes answered the same questions about the same sound. `samples_sha256` is
    that of the ids and tasks alone, so that records of other samples are found out. `part_of` is the whole
    dataset, where people were asked only some of its questions: they stand beside models on that part.
    """

    name: str
    sha256: str
    samples_sha256: str | None = None
    count: int
    tasks: dict[str, int]
    exclusions: list[ExclusionRecord] = []
    part_of: WholeRecord | None = None


class SessionRecord(Record):
    """Where a run was continued, if that differs from where it began."""

    at: str
    engine: str
    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None


def _is_none(value: Any) -> bool:
    return value is None


def _is_one(value: Any) -> bool:
    return bool(value == 1)


class PriceRecord(Record):
    """US dollars per million tokens, on a day; see `amarathon.models.remote.service.Price`."""

    text: float
    audio: float
    output: float
    on: str
    source: str


class ServiceHeader(Record):
    """Which service answered a run, and how it was asked.

    `host` is None where the server was the user's own: where it is stays out of records. `served` is the
    model that the service said had answered, once it did: none but this one answers the rest. `sent` is what
    went out with every question, `form` how recordings did, `repeats` how often each question is asked; it
    is not written where that is once.
    """

    name: str
    host: str | None
    asked: str
    served: str | None = None
    form: str
    sent: dict[str, str]
    price: PriceRecord | None = None
    repeats: int = Field(default=1, ge=1, exclude_if=_is_one)


class ServiceAnswer(Record):
    """What a service told beside its reply; see `amarathon.models.reply.Reply`."""

    stop: Literal["stop", "length", "refused", "blocked", "empty"]
    reason: str | None = None
    said: str | None = None
    served: str | None = None
    fingerprint: str | None = None
    request_id: str | None = None
    input_tokens: int | None = None
    audio_tokens: int | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    usd: float | None = None
    seconds: float
    attempts: int

    @classmethod
    def of(cls, reply: "Reply") -> "ServiceAnswer":
        """The record of a reply."""
        usage = reply.usage
        return cls(
            stop=reply.stop,
            reason=reply.reason,
            said=reply.said,
            served=reply.served,
            fingerprint=reply.fingerprint,
            request_id=reply.request_id,
            input_tokens=usage.input_tokens,
            audio_tokens=usage.audio_tokens,
            output_tokens=usage.output_tokens,
            thinking_tokens=usage.thinking_tokens,
            usd=reply.usd,
            seconds=round(reply.seconds, 3),
            attempts=reply.attempts,
        )


class RunHeader(Record):
    """What a run is: ``run.json``.

    Random methods drew from `seed` and what `seeding` says: nothing else, so that all recordings of one
    length kept the same positions; each sample's id; or a digest of each recording. `hardware`, `libraries`
    and `commit` are those of the first start; `continued` names every later
    start that differed in one of them. `service` is there where a service answered, and nowhere else.
    """

    schema_version: int = SCHEMA_VERSION
    run_id: str
    kind: Literal["model", "human", "efficiency"] = "model"
    created_at: str
    finished_at: str | None = None
    model: ModelRecord
    dataset: DatasetRecord
    configurations: list[str]
    seed: int
    seeding: Seeding = "seed"
    protocol_version: str = PROTOCOL_VERSION
    engine: str
    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None
    continued: list[SessionRecord] = []
    service: ServiceHeader | None = Field(default=None, exclude_if=_is_none)

    @property
    def provenance(self) -> Literal["measured", "human", "service"]:
        """Who answered: weights on a machine of ours, people, or a service."""
        if self.service is not None:
            return "service"
        return "human" if self.kind == "human" else "measured"

    @property
    def repeats(self) -> int:
        """How often each question is asked under each configuration."""
        return self.service.repeats if self.service is not None else 1


def _to_microseconds(seconds: float) -> float:
    return round(seconds, 6)


# Further digits are noise, and noise is most of a packed run.
Seconds = Annotated[float, AfterValidator(_to_microseconds)]


class TimingRecord(Record):
    """Seconds, to the microsecond; see `amarathon.generation.outcome.Timings`."""

    encoder_s: Seconds | None = None
    prefill_s: Seconds | None = None
    first_token_s: Seconds | None = None
    decode_s: Seconds | None = None
    shared: bool = False


class Prediction(Record):
    """One answer: a line of ``predictions.jsonl``.

    The record key is (`sample_id`, `configuration`, `repeat`). `repeat` is the seed of a random
    method, an opaque annotator id, or how often a service was asked the same before. `order` is the canonical
    option index shown at each place,
    `answer_read` and `answer` are canonical option indices. `audio_warnings` is what reading the file told
    (`amarathon.audio.Audio.warnings`), empty where nothing was wrong with it; None where nobody noted it: in
    records from before it was, where the file could not be read, and in people's. A failed record may be
    followed by another of the same key, which then counts; an answered one is final. `service` is there in
    answers of a service, and nowhere else.
    """

    sample_id: str
    task: str
    configuration: str
    repeat: str = "0"
    order: list[int] = []
    options: list[str] = []
    labels: list[str] = []
    answer: int | None = None
    reference: str | None = None
    reply: str = ""
    answer_read: int | None = None
    correct: bool | None = None
    duration_s: float | None = None
    sources: list[str] = []
    slices: dict[str, str] = {}
    audio_sha256: str | None = None
    pcm_sha256: str | None = None
    audio_warnings: list[str] | None = None
    audio_tokens: int | None = None
    kept_tokens: int | None = None
    new_tokens: int | None = None
    timings: TimingRecord = TimingRecord()
    peak_bytes: int | None = None
    cache_bytes: int | None = None
    service: ServiceAnswer | None = Field(default=None, exclude_if=_is_none)
    error: str | None = None
    at: Annotated[str, Field(description="UTC time it was written, ISO 8601")]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes this record unique in its run."""
        return (self.sample_id, self.configuration, self.repeat)
