"""The administrator, for faces that have no accounts of their own."""

from fastapi import Request

from human_eval.api.requests import Access
from human_eval.service import Service
from web.administrators import Administrator, FindAdministrator

READING = {"GET", "HEAD"}


def administrator_of(service: Service) -> FindAdministrator:
    """Answers who administers, by the same cookie and the same protection as everywhere here."""
    access = Access(service)

    async def find(request: Request) -> Administrator | None:
        caller = await access.anybody(request)
        if caller is None or not caller.admin:
            return None
        if request.method not in READING:
            caller = await access.administering(request)
        return Administrator(service.settings.admin or "", caller.csrf)

    return find
