"""What a sample asks, as a dataset or a run's records have it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from amarathon.runs.records import Prediction
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.identity import identities
from amarathon.tasks.sample import Sample


@dataclass(frozen=True)
class Question:
    """A question about a recording; named like the fields of a run's records.

    Attributes
    ----------
    question : str or None
        None where a run's records are all that is known: they do not have it.
    """

    sample_id: str
    task: str
    question: str | None
    options: tuple[str, ...]
    answer: int | None
    reference: str | None
    duration_s: float | None
    slices: Mapping[str, str]
    audio_sha256: str | None
    pcm_sha256: str | None

    @classmethod
    def of_sample(cls, sample: Sample) -> "Question":
        """From a dataset."""
        return cls(
            sample_id=sample.id,
            task=sample.task,
            question=sample.question or EVERY_TASK[sample.task].question,
            options=tuple(sample.option_texts),
            answer=sample.answer,
            reference=sample.reference,
            duration_s=sample.audio.duration_s,
            slices=dict(sample.slices),
            audio_sha256=sample.audio.sha256,
            pcm_sha256=sample.audio.pcm_sha256,
        )

    @classmethod
    def of_record(cls, record: Prediction) -> "Question":
        """From a run's record."""
        return cls(
            sample_id=record.sample_id,
            task=record.task,
            question=None,
            options=tuple(record.options),
            answer=record.answer,
            reference=record.reference,
            duration_s=record.duration_s,
            slices=record.slices,
            audio_sha256=record.audio_sha256,
            pcm_sha256=record.pcm_sha256,
        )

    @property
    def marks(self) -> frozenset[str]:
        """What it is known by elsewhere."""
        return identities(
            self.task,
            self.sample_id,
            file_sha256=self.audio_sha256,
            pcm_sha256=self.pcm_sha256,
            reference=self.reference,
        )

    @property
    def has_options(self) -> bool:
        """Whether an answer to it is right or wrong, and nothing between."""
        return bool(self.options)


def opaque_id(dataset_sha256: str, sample_id: str) -> str:
    """A sample's id in addresses: a dataset's own ids may say what is right."""
    return hashlib.sha256(f"{dataset_sha256}\0{sample_id}".encode()).hexdigest()[:20]
