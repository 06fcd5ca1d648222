"""Tables of people: accounts, sessions, invites, participants."""

from typing import Any, Literal

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from human_eval.storage.schema.base import Base, Id, refers_to

# removed: the person asked for it; only an opaque id is left, which their verdicts as a reviewer refer to
AccountSource = Literal["local", "huggingface", "invite", "prolific", "removed"]


class Account(Base):
    """A person who can come back.

    `secret_hash` is an argon2 hash of the password of a local account, the SHA-256 of the return
    code of an invited one. `external_id` is the name at Hugging Face, or Prolific's ids of a person and of
    their visit, with a colon between.
    `subject` is who Hugging Face says it is, whatever the name: names are given up and taken by others.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_accounts_source_subject", "source", "subject", unique=True),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(80), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(120))
    subject: Mapped[str | None] = mapped_column(String(120))
    secret_hash: Mapped[str | None] = mapped_column(String(200), index=True)
    reviewer: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[float]
    disabled_at: Mapped[float | None]


class LoginSession(Base):
    """A signed-in browser. The key is the SHA-256 of its cookie."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(refers_to("accounts.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]


class Invite(Base):
    """A link that lets people join a study, or become reviewers where `study_id` is empty."""

    __tablename__ = "invites"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    study_id: Mapped[str | None] = mapped_column(refers_to("studies.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    uses_left: Mapped[int]
    created_at: Mapped[float]
    expires_at: Mapped[float | None]
    revoked_at: Mapped[float | None]


class Participant(Base):
    """An account in a study. `id` is the annotator's id in every record; `seed` orders options and items.

    `active_s` is time at work, gaps longer than `participation.LONGEST_GAP_S` left out; `working_since`
    begins anew after a pause.
    """

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("study_id", "account_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    study_id: Mapped[str] = mapped_column(refers_to("studies.id"))
    account_id: Mapped[str] = mapped_column(refers_to("accounts.id"), index=True)
    seed: Mapped[int] = mapped_column(BigInteger)
    prolific: Mapped[dict[str, Any] | None]
    joined_at: Mapped[float]
    consented_at: Mapped[float | None]
    consent_sha256: Mapped[str | None] = mapped_column(String(64))
    sound_attempts: Mapped[int] = mapped_column(default=0)
    sound_checked_at: Mapped[float | None]
    headphones: Mapped[bool | None]
    active_s: Mapped[float] = mapped_column(default=0.0)
    active_at: Mapped[float | None]
    working_since: Mapped[float | None]
    paused_at: Mapped[float | None]
    submitted_at: Mapped[float | None]
    completion_code: Mapped[str | None] = mapped_column(String(80))
