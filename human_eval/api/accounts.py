"""Routes by which accounts are removed: one's own by its person, any by the administrator."""

from typing import cast

from fastapi.responses import JSONResponse

from human_eval import accounts
from human_eval.annotation import participation
from human_eval.api.dependencies import Administering, Administrator, Changing, ServiceDep, new_router
from human_eval.api.requests import COOKIE, Id
from human_eval.api.schemas.accounts import AccountEntry, AccountList
from human_eval.api.schemas.base import Done
from human_eval.errors import ConflictError
from human_eval.storage.schema import AccountSource
from web.routes import NO_STORE

routes = new_router()

KEPT = "The administrator's account stays as long as AMARATHON_ADMIN names it."


@routes.get("/admin/accounts")
def list_accounts(service: ServiceDep, caller: Administrator) -> AccountList:
    """Everybody who can sign in; people who came by an invite or from Prolific have no name."""
    with service.database.reading() as session:
        joined = participation.studies_by_account(session)
        return AccountList(
            accounts=[
                AccountEntry(
                    id=account.id,
                    name=account.name or (account.external_id if account.source == "huggingface" else None),
                    source=cast("AccountSource", account.source),
                    reviewer=account.reviewer,
                    admin=service.is_admin(account),
                    studies=joined.get(account.id, 0),
                    created_at=account.created_at,
                )
                for account in accounts.all_accounts(session)
            ]
        )


@routes.delete("/admin/accounts/{account}")
def remove_account(account: Id, service: ServiceDep, caller: Administering) -> Done:
    """Remove an account with everything that its person did in studies; verdicts stay without a name."""
    with service.database.writing() as session:
        found = accounts.find(session, account)
        if service.is_admin(found):
            raise ConflictError(KEPT)
        participation.delete_person(session, found, caller.account.id)
    return Done()


@routes.delete("/account", response_model=Done)
def remove_own_account(service: ServiceDep, caller: Changing) -> JSONResponse:
    """Remove one's own account with everything that one did in studies, and sign out."""
    if caller.admin:
        raise ConflictError(KEPT)
    with service.database.writing() as session:
        participation.delete_person(session, accounts.find(session, caller.account.id), caller.account.id)
    response = JSONResponse({}, headers=NO_STORE)
    response.delete_cookie(COOKIE, path="/")
    return response
