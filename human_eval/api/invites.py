"""Routes of the administrator for invites, whose addresses are shown once."""

from typing import Annotated

from pydantic import Field

from human_eval import accounts
from human_eval.api.dependencies import Administering, Administrator, OpenDesk, new_router
from human_eval.api.requests import Body, Caller, Id, ShortText
from human_eval.api.schemas import Done, InviteList, InviteView, NewInviteView
from human_eval.service import Desk
from human_eval.storage.schema import Invite
from human_eval.studies import secrecy
from human_eval.studies import study as studies

routes = new_router()


class NewInvite(Body):
    """An invite to be made; `days` is how long it is valid, for ever where empty."""

    label: ShortText = ""
    uses: Annotated[int, Field(ge=1, le=10_000)] = 1
    days: Annotated[float, Field(gt=0, le=3650)] | None = 30.0


@routes.get("/admin/studies/{study}/invites")
def list_invites(study: Id, desk: OpenDesk, caller: Administrator) -> InviteList:
    """A study's invites, without their secrets."""
    with desk.database.reading() as session:
        return InviteList(invites=[_described(each) for each in accounts.invites(session, study)])


@routes.post("/admin/studies/{study}/invites", status_code=201)
def make(study: Id, given: NewInvite, desk: OpenDesk, caller: Administering) -> NewInviteView:
    """Make an invite to a study."""
    return _made(desk, caller, given, study)


@routes.post("/admin/reviewers/invites", status_code=201)
def make_for_reviewers(given: NewInvite, desk: OpenDesk, caller: Administering) -> NewInviteView:
    """Make an invite to review."""
    return _made(desk, caller, given, None)


@routes.delete("/admin/invites/{invite}")
def revoke(invite: Id, desk: OpenDesk, caller: Administering) -> Done:
    """End an invite."""
    with desk.database.writing() as session:
        accounts.revoke_invite(session, invite, caller.account.id)
    return Done()


def _made(desk: Desk, caller: Caller, given: NewInvite, study: str | None) -> NewInviteView:
    with desk.database.writing() as session:
        if study is not None:
            studies.find(session, study)
        invite, secret = accounts.make_invite(
            session, study, given.label, given.uses, given.days, caller.account.id
        )
        caution = secrecy.caution_for_reviewers(session) if study is None else None
    page = "verify" if study is None else "annotate"
    # Behind the mark, so that the secret is in no server's log.
    address = f"/{page}#invite={secret}"
    return NewInviteView(invite=_described(invite), address=address, caution=caution)


def _described(invite: Invite) -> InviteView:
    return InviteView(
        id=invite.id,
        label=invite.label,
        uses_left=invite.uses_left,
        expires_at=invite.expires_at,
        revoked=invite.revoked_at is not None,
    )
