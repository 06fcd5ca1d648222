"""Records of a probing, as they lie on disk: ``probe.json`` and, a line each, ``probes.jsonl``."""

from pydantic import Field

from amarathon.probes.averages import Average
from amarathon.probes.clips import Domain
from amarathon.runs.records import Record, SessionRecord

PROBE_SCHEMA_VERSION = 1
# How figures are taken; figures of two versions are never ranked with each other.
PROBE_PROTOCOL_VERSION = "1"


class EncoderRecord(Record):
    """Which encoder; see `amarathon.probes.encoders.encoder.EncoderIdentity`."""

    name: str
    title: str
    version: str
    weights_sha256: str
    licence: str
    author: str
    parameters: int
    notice: str
    pooling: str
    key: str
    layers: list[str]


class TaskRecord(Record):
    """What was asked, and the right answers of its test split in the order of all predictions.

    `data_sha256` is taken over every clip's id, label, split, group and sound. `chance` is the accuracy of
    always choosing the class that is most frequent in training, 0 to 100.
    """

    name: str
    title: str
    domain: Domain
    held_out: str
    note: str
    data_sha256: str
    labels: list[str]
    train: int
    validation: int
    test: int
    chance: float
    ids: list[str]
    truth: list[int]
    groups: list[str]
    licences: list[str]


class ProbeHeader(Record):
    """What a probing is: ``probe.json``.

    `hardware`, `libraries` and `commit` are those of the first start; `continued` names every later start
    that differed in one of them.
    """

    schema_version: int = PROBE_SCHEMA_VERSION
    run_id: str
    created_at: str
    suite: str
    protocol: str
    protocol_version: str = PROBE_PROTOCOL_VERSION
    seed: int
    tasks: list[TaskRecord]
    encoders: list[EncoderRecord] = Field(default_factory=list)
    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None
    continued: list[SessionRecord] = Field(default_factory=list)


class ProbeRecord(Record):
    """One figure: a line of ``probes.jsonl``.

    Attributes
    ----------
    encoder, layer, task, probe : str
        Together its key.
    score : float
        Accuracy on the test split, 0 to 100.
    low, high : float or None
        Ends of the 95% interval by groups that were held out; None for fewer than five of them.
    n, groups : int
        Test clips, and groups of them.
    width : int
        Of the embedding.
    chosen : dict
        What was chosen on validation, and `validation` the accuracy there.
    predicted : list of int
        Classes taken, in the order of the task's `ids`.
    embedding_sha256 : str
        Of the three splits' embeddings as float32.
    fit_s : float
    """

    encoder: str
    layer: str
    task: str
    probe: str
    score: float
    low: float | None
    high: float | None
    interval_method: str | None
    n: int
    groups: int
    width: int
    chosen: dict[str, float]
    validation: float | None
    predicted: list[int]
    embedding_sha256: str
    fit_s: float
    commit: str | None
    at: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes this record unique in its folder."""
        return (self.encoder, self.layer, self.task, self.probe)


class AverageRecord(Record):
    """One average of an encoder's layer under a probe, over a domain's tasks or all of them.

    `average` is one of `amarathon.probes.averages.AVERAGES`. Only `macro` has an interval.
    """

    encoder: str
    layer: str
    probe: str
    domain: str
    average: Average
    score: float
    low: float | None = None
    high: float | None = None
    tasks: int


class ProbeSummary(Record):
    """What can be derived from header and records: ``probes-summary.json``."""

    schema_version: int = PROBE_SCHEMA_VERSION
    averages: list[AverageRecord]
    # Encoders' layers and probes that lack a task: no average is taken of them.
    unfinished: list[str] = Field(default_factory=list)
