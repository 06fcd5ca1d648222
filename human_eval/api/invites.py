"""Routes of the administrator for invites, whose addresses are shown once."""

from typing import Annotated

from pydantic import Field

from human_eval import invites
from human_eval.api.dependencies import Administering, Administrator, ServiceDep, new_router
from human_eval.api.requests import Body, Caller, Id, ShortText
from human_eval.api.schemas.accounts import InviteList, InviteView, NewInviteView
from human_eval.api.schemas.base import Done
from human_eval.service import Service
from human_eval.storage.schema import Invite
from human_eval.studies import secrecy
from human_eval.studies import study as studies

routes = new_router()


class NewInviteBody(Body):
    """An invite to be made; `days` is how long it is valid, for ever where empty."""

    label: ShortText = ""
    uses: Annotated[int, Field(ge=1, le=10_000)] = 1
    days: Annotated[float, Field(gt=0, le=3650)] | None = 30.0


@routes.get("/admin/studies/{study}/invites")
def list_invites(study: Id, service: ServiceDep, caller: Administrator) -> InviteList:
    """A study's invites, without their secrets."""
    with service.database.reading() as session:
        return InviteList(invites=[_described(invite) for invite in invites.list_invites(session, study)])


@routes.post("/admin/studies/{study}/invites", status_code=201)
def make(study: Id, body: NewInviteBody, service: ServiceDep, caller: Administering) -> NewInviteView:
    """Make an invite to a study."""
    return _made(service, caller, body, study)


@routes.post("/admin/reviewers/invites", status_code=201)
def make_for_reviewers(body: NewInviteBody, service: ServiceDep, caller: Administering) -> NewInviteView:
    """Make an invite to review."""
    return _made(service, caller, body, None)


@routes.delete("/admin/invites/{invite}")
def revoke(invite: Id, service: ServiceDep, caller: Administering) -> Done:
    """End an invite."""
    with service.database.writing() as session:
        invites.revoke_invite(session, invite, caller.account.id)
    return Done()


def _made(service: Service, caller: Caller, body: NewInviteBody, study: str | None) -> NewInviteView:
    with service.database.writing() as session:
        if study is not None:
            studies.find(session, study)
        invite, secret = invites.make_invite(
            session, study, body.label, body.uses, body.days, caller.account.id
        )
        caution = secrecy.caution_for_reviewers(session) if study is None else None
    page = "verify" if study is None else "annotate"
    # Behind the #, so that the secret is in no server's log.
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
