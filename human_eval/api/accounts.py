"""Routes by which accounts are removed: one's own by its person, any by the administrator."""

from typing import cast

from fastapi.responses import JSONResponse

from human_eval import accounts
from human_eval.annotation import participation
from human_eval.api.dependencies import Administering, Administrator, Changing, OpenDesk, new_router
from human_eval.api.requests import COOKIE, Id
from human_eval.api.schemas import AccountEntry, AccountList, Done
from human_eval.errors import ConflictError
from human_eval.storage.schema import AccountSource
from web.routes import NO_STORE

routes = new_router()

KEPT = "The administrator's account stays as long as AMARATHON_ADMIN names it."


@routes.get("/admin/accounts")
def list_accounts(desk: OpenDesk, caller: Administrator) -> AccountList:
    """Everybody who can sign in; people who came by an invite or from Prolific have no name."""
    with desk.database.reading() as session:
        joined = participation.studies_by_account(session)
        return AccountList(
            accounts=[
                AccountEntry(
                    id=each.id,
                    name=each.name or (each.external_id if each.source == "huggingface" else None),
                    source=cast("AccountSource", each.source),
                    reviewer=each.reviewer,
                    admin=desk.is_admin(each),
                    studies=joined.get(each.id, 0),
                    created_at=each.created_at,
                )
                for each in accounts.everybody(session)
            ]
        )


@routes.delete("/admin/accounts/{account}")
def remove_account(account: Id, desk: OpenDesk, caller: Administering) -> Done:
    """Remove an account with everything that its person did in studies; verdicts stay without a name."""
    with desk.database.writing() as session:
        found = accounts.find(session, account)
        if desk.is_admin(found):
            raise ConflictError(KEPT)
        participation.delete_person(session, found, caller.account.id)
    return Done()


@routes.delete("/account", response_model=Done)
def remove_own_account(desk: OpenDesk, caller: Changing) -> JSONResponse:
    """Remove one's own account with everything that one did in studies, and sign out."""
    if caller.admin:
        raise ConflictError(KEPT)
    with desk.database.writing() as session:
        participation.delete_person(session, accounts.find(session, caller.account.id), caller.account.id)
    response = JSONResponse({}, headers=NO_STORE)
    response.delete_cookie(COOKIE, path="/")
    return response
