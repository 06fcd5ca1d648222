"""The tables of human evaluation's database.

Ids are random and opaque: a browser only ever sees those. Times are UTC seconds since 1970. Secrets
(invites, sessions, return codes) are kept as SHA-256 only. A person's name stands in `Account` alone; all
other tables and every export know people by their opaque `Participant.id`.
"""

from human_eval.storage.schema.answering import (
    Answer,
    Assignment,
    AssignmentState,
    ExclusionDecision,
    Flag,
    ListeningReport,
)
from human_eval.storage.schema.audit import AuditEvent
from human_eval.storage.schema.base import Base
from human_eval.storage.schema.people import Account, AccountSource, Invite, LoginSession, Participant
from human_eval.storage.schema.studies import Item, ItemKind, Recording, Study, StudyState
from human_eval.storage.schema.verification import Review, RoundState, VerificationRound, VerificationSample

__all__ = [
    "Account",
    "AccountSource",
    "Answer",
    "Assignment",
    "AssignmentState",
    "AuditEvent",
    "Base",
    "ExclusionDecision",
    "Flag",
    "Invite",
    "Item",
    "ItemKind",
    "ListeningReport",
    "LoginSession",
    "Participant",
    "Recording",
    "Review",
    "RoundState",
    "Study",
    "StudyState",
    "VerificationRound",
    "VerificationSample",
]
