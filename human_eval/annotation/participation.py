"""Taking part in a study: joining, consent, time at work, pauses, submitting, and leaving for good."""

import hashlib
import secrets
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from human_eval import accounts
from human_eval.annotation.assignment import free_slot
from human_eval.errors import ConflictError, ForbiddenError, UnknownError
from human_eval.storage import audit
from human_eval.storage.database import SCRUB
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Account, Assignment, Participant, Study
from human_eval.studies import secrecy

# A longer silence is not time at work, and begins work anew.
LONGEST_GAP_S = 120.0
# Enough of a pause for the next one to be suggested a full stretch later.
PAUSE_S = 300.0


def join(
    session: Session, study: Study, account: Account, prolific: dict[str, Any] | None = None
) -> Participant:
    """Enter an account into a study, or find that it takes part.

    Raises
    ------
    ConflictError
        If the study takes nobody.
    """
    found = session.scalars(
        select(Participant).where(Participant.study_id == study.id, Participant.account_id == account.id)
    ).first()
    if found:
        return found
    if study.state not in {"open", "paused"}:
        raise ConflictError("The study is not open.")
    secrecy.check_may_join(session, study, account)
    participant = Participant(
        id=new_id(),
        study_id=study.id,
        account_id=account.id,
        seed=secrets.randbits(53),
        prolific=prolific,
        joined_at=now(),
    )
    session.add(participant)
    session.flush()
    audit.record(session, participant.id, "join", study.id, participant.id, by=account.source)
    return participant


def of_account(session: Session, study: str, account: Account, *, locked: bool = False) -> Participant:
    """An account's participation in a study.

    Parameters
    ----------
    locked : bool
        Let what the same person does at the same time wait until this transaction ends.

    Raises
    ------
    UnknownError
        If it does not take part; the same as for a study that is not there.
    """
    query = select(Participant).where(Participant.study_id == study, Participant.account_id == account.id)
    if locked:
        query = query.with_for_update(key_share=True)
    found = session.scalars(query).first()
    if found is None:
        raise UnknownError("You do not take part in this study.")
    return found


def consent(session: Session, study: Study, participant: Participant, text: str) -> None:
    """Agree to a study's consent text.

    Raises
    ------
    ConflictError
        If the text is another one.
    """
    if text != study.consent:
        raise ConflictError("The consent text has changed; read it again.")
    if participant.consented_at is None:
        participant.consented_at = now()
        participant.consent_sha256 = hashlib.sha256(text.encode()).hexdigest()
        audit.record(
            session, participant.id, "consent", study.id, participant.id, sha256=participant.consent_sha256
        )


def check_ready(study: Study, participant: Participant) -> None:
    """See that consent and sound check are done.

    Raises
    ------
    ForbiddenError
    """
    if study.consent and participant.consented_at is None:
        raise ForbiddenError("Agree to the consent text first.")
    if study.sound_check and participant.sound_checked_at is None:
        raise ForbiddenError("Pass the sound check first.")


def note_activity(participant: Participant) -> None:
    """Count the time since the last sign of life as work, unless it was a break."""
    at = now()
    gap = at - participant.active_at if participant.active_at is not None else 0.0
    if gap <= LONGEST_GAP_S:
        participant.active_s += gap
    if participant.working_since is None or gap > PAUSE_S:
        participant.working_since = at
    participant.active_at = at


def pause_suggested(study: Study, participant: Participant) -> bool:
    """Whether somebody has worked for long without a break."""
    if participant.working_since is None or participant.paused_at is not None:
        return False
    return now() - participant.working_since > study.pause_after_s


def pause(session: Session, participant: Participant) -> None:
    """Take a break; leases stay until they expire."""
    if participant.paused_at is None:
        participant.paused_at = now()
        audit.record(session, participant.id, "pause", participant.study_id, participant.id)


def resume(session: Session, participant: Participant) -> None:
    """Come back from a break."""
    if participant.paused_at is not None:
        participant.paused_at = None
        participant.working_since = participant.active_at = now()
        audit.record(session, participant.id, "continue", participant.study_id, participant.id)


def submit(session: Session, study: Study, participant: Participant) -> None:
    """Make one's answers final; what is still leased goes back to the pool."""
    if participant.submitted_at is not None:
        return
    leased_items = session.execute(
        update(Assignment)
        .where(Assignment.participant_id == participant.id, Assignment.state == "leased")
        .values(state="returned", took_place=False)
        .returning(Assignment.item_id)
    ).scalars()
    for item in sorted(leased_items):
        free_slot(session, item)
    participant.submitted_at = now()
    participant.completion_code = study.completion_code or secrets.token_hex(4).upper()
    audit.record(session, participant.id, "submit", study.id, participant.id)


def delete_data(
    session: Session, participant: Participant, actor: str, *, keep_account: bool = False
) -> None:
    """Remove everything of a participant; their slots go back to the pool. The audit log names only the id.

    The account goes with its last study, whatever it signs in with: name and password are personal data,
    too. A reviewer's stays, for they have work of another kind.

    Parameters
    ----------
    keep_account : bool
        The account is the administrator's.
    """
    session.info[SCRUB] = True
    slots = session.scalars(
        select(Assignment.item_id).where(Assignment.participant_id == participant.id, Assignment.took_place)
    ).all()
    for item in sorted(slots):
        free_slot(session, item)
    account = session.get_one(Account, participant.account_id)
    session.execute(delete(Participant).where(Participant.id == participant.id))
    audit.record(session, actor, "delete data", participant.study_id, participant.id)
    others = select(Participant.id).where(Participant.account_id == account.id)
    if not (keep_account or account.reviewer or session.scalars(others).first()):
        accounts.remove(session, account, actor)


def find(session: Session, participant: str) -> Participant:
    """A participant by their id.

    Raises
    ------
    UnknownError
    """
    found = session.get(Participant, participant)
    if found is None:
        raise UnknownError("There is no such participant.")
    return found


def studies_by_account(session: Session) -> dict[str, int]:
    """How many studies each account takes part in; those with none are left out."""
    counted = select(Participant.account_id, func.count()).group_by(Participant.account_id)
    return dict(session.execute(counted).all())


def delete_person(session: Session, account: Account, actor: str) -> None:
    """Remove an account and everything that its person did in any study."""
    for participant in session.scalars(select(Participant).where(Participant.account_id == account.id)).all():
        delete_data(session, participant, actor, keep_account=True)
    accounts.remove(session, account, actor)
