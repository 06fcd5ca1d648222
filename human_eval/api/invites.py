"""Routes of the administrator for invites, whose addresses are shown once."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import select

from human_eval import accounts
from human_eval.api.requests import NEVER, Access, Body, Caller, Id, ShortText
from human_eval.service import Desk
from human_eval.storage.schema import Invite
from human_eval.studies import study as studies


class NewInvite(Body):
    """An invite to be made; `days` is how long it is valid, for ever where empty."""

    label: ShortText = ""
    uses: Annotated[int, Field(ge=1, le=10_000)] = 1
    days: Annotated[float, Field(gt=0, le=3650)] | None = 30.0


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add the routes of invites."""
    changer = Annotated[Caller, Depends(access.administering)]

    @routes.get("/admin/studies/{study}/invites", dependencies=[Depends(access.administrator)])
    def list_invites(study: Id) -> Response:
        """A study's invites, without their secrets."""
        with desk.database.reading() as session:
            found = session.scalars(
                select(Invite).where(Invite.study_id == study).order_by(Invite.created_at)
            )
            return JSONResponse({"invites": [_described(each) for each in found]}, headers=NEVER)

    @routes.post("/admin/studies/{study}/invites", status_code=201)
    def make(study: Id, given: NewInvite, caller: changer) -> Response:
        """Make an invite to a study."""
        return _make(caller, given, study)

    @routes.post("/admin/reviewers/invites", status_code=201)
    def make_for_reviewers(given: NewInvite, caller: changer) -> Response:
        """Make an invite to review."""
        return _make(caller, given, None)

    @routes.delete("/admin/invites/{invite}")
    def revoke(invite: Id, caller: changer) -> Response:
        """End an invite."""
        with desk.database.writing() as session:
            accounts.revoke_invite(session, invite, caller.account.id)
        return JSONResponse({}, headers=NEVER)

    def _make(caller: Caller, given: NewInvite, study: str | None) -> Response:
        with desk.database.writing() as session:
            if study is not None:
                studies.find(session, study)
            invite, secret = accounts.make_invite(
                session, study, given.label, given.uses, given.days, caller.account.id
            )
            page = "verify" if study is None else "annotate"
            # Behind the mark, so that the secret is in no server's log.
            content = {"invite": _described(invite), "address": f"/{page}#invite={secret}"}
        return JSONResponse(content, 201, NEVER)


def _described(invite: Invite) -> dict[str, Any]:
    return {
        "id": invite.id,
        "label": invite.label,
        "uses_left": invite.uses_left,
        "expires_at": invite.expires_at,
        "revoked": invite.revoked_at is not None,
    }
