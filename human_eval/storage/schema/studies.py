"""Tables of studies and their questions."""

from typing import Any, Literal

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from human_eval.storage.schema.base import Base, Id, refers_to

StudyState = Literal["draft", "open", "paused", "closed"]
ItemKind = Literal["main", "gold", "practice"]


class Study(Base):
    """A set of questions put to people, and the rules under which they answer.

    `overlap` is how many people answer each main item; `must_listen` the share of a recording that has
    to be played before an answer, at no more than `max_speed`; every `gold_every`-th item is a
    gold check. `joining` lists ways to join. `spec` is the administrator's specification.
    `dataset_sha256` is the hash of all that is used; where that is a part of the dataset, `whole_sha256`
    and `whole_count` are the whole dataset's, unless they would have taken too long to find out.
    """

    __tablename__ = "studies"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    dataset: Mapped[str] = mapped_column(String(400))
    dataset_sha256: Mapped[str] = mapped_column(String(64))
    whole_sha256: Mapped[str | None] = mapped_column(String(64))
    whole_count: Mapped[int | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    overlap: Mapped[int]
    must_listen: Mapped[float]
    max_speed: Mapped[float]
    gold_every: Mapped[int]
    time_limit_s: Mapped[float | None]
    lease_s: Mapped[float]
    pause_after_s: Mapped[float]
    instructions: Mapped[str]
    consent: Mapped[str]
    sound_check: Mapped[bool]
    completion_code: Mapped[str | None] = mapped_column(String(80))
    joining: Mapped[list[Any]]
    spec: Mapped[dict[str, Any]]
    created_at: Mapped[float]
    opened_at: Mapped[float | None]
    closed_at: Mapped[float | None]


class Recording(Base):
    """A sound file on this machine. Neither its path nor its id reaches a browser."""

    __tablename__ = "recordings"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    path: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    pcm_sha256: Mapped[str | None] = mapped_column(String(64))
    duration_s: Mapped[float]


class Item(Base):
    """A question of a study, copied from the dataset so that a later change there changes nothing here.

    `free` counts the slots that nobody has taken yet, `place` is its number in the study; `options` holds
    ``{"text", "label"}``.
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("study_id", "sample_id"),
        Index("ix_items_study_id_kind_free", "study_id", "kind", "free"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    study_id: Mapped[str] = mapped_column(refers_to("studies.id"))
    kind: Mapped[str] = mapped_column(String(8))
    place: Mapped[int]
    sample_id: Mapped[str] = mapped_column(String(300))
    task: Mapped[str] = mapped_column(String(4))
    question: Mapped[str]
    options: Mapped[list[Any]]
    fixed_order: Mapped[bool]
    answer: Mapped[int | None]
    reference: Mapped[str | None]
    sources: Mapped[list[Any]]
    slices: Mapped[dict[str, Any]]
    recording_id: Mapped[str] = mapped_column(refers_to("recordings.id", "RESTRICT"))
    free: Mapped[int]
