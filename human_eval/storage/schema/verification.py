"""Tables of the verification of subsets."""

from typing import Any, Literal

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from human_eval.storage.schema.base import Base, Id, refers_to

RoundState = Literal["open", "passed", "failed"]


class VerificationRound(Base):
    """A random sample of one subset (a task of a dataset) for reviewers to check.

    `population` counts the samples that it was drawn from. `must_listen` is the share of a recording that a
    reviewer has to hear before a verdict. `reason` says why its verdict was given.
    """

    __tablename__ = "verification_rounds"
    __table_args__ = (UniqueConstraint("dataset", "subset", "number"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(String(400))
    dataset_sha256: Mapped[str] = mapped_column(String(64))
    subset: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    population: Mapped[int]
    must_listen: Mapped[float]
    state: Mapped[str] = mapped_column(String(8))
    checklist: Mapped[list[Any]]
    reason: Mapped[str]
    opened_at: Mapped[float]
    decided_at: Mapped[float | None]


class VerificationSample(Base):
    """A drawn sample, copied from the dataset; `needed` is how many reviewers it takes, 2 or 3."""

    __tablename__ = "verification_samples"
    __table_args__ = (UniqueConstraint("round_id", "sample_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(refers_to("verification_rounds.id"))
    place: Mapped[int]
    sample_id: Mapped[str] = mapped_column(String(300))
    task: Mapped[str] = mapped_column(String(4))
    question: Mapped[str]
    options: Mapped[list[Any]]
    answer: Mapped[int | None]
    reference: Mapped[str | None]
    stated_duration_s: Mapped[float | None]
    recording_id: Mapped[str] = mapped_column(refers_to("recordings.id", "RESTRICT"))
    needed: Mapped[int]
    passed: Mapped[bool | None]


class Review(Base):
    """A drawn sample assigned to a reviewer: a lease until `verdict` is there, then one vote.

    `covered` holds the played spans, joined, as ``[start, end]`` in seconds, `listened_s` the seconds
    that playing them took; `heard_to` is the server's time up to which the reviewer's listening is
    credited, `reports` the client ids of the listening reports. `coverage` is the share heard when the
    verdict was given.
    """

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("sample_id", "reviewer_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    sample_id: Mapped[str] = mapped_column(refers_to("verification_samples.id"))
    reviewer_id: Mapped[str] = mapped_column(refers_to("accounts.id", "RESTRICT"))
    leased_at: Mapped[float]
    expires_at: Mapped[float]
    client_id: Mapped[str | None] = mapped_column(String(64))
    body_sha256: Mapped[str | None] = mapped_column(String(64))
    checks: Mapped[dict[str, Any] | None]
    verdict: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[float | None]
    covered: Mapped[list[Any]] = mapped_column(default=list)
    reports: Mapped[list[Any]] = mapped_column(default=list)
    listened_s: Mapped[float] = mapped_column(default=0.0)
    heard_to: Mapped[float | None]
    coverage: Mapped[float | None]
