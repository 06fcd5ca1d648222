"""Who administers: the question that every face may ask, whichever face knows the answer.

Accounts belong to one face. `app.py` hands its answer to the others as a `FindAdministrator`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request


@dataclass(frozen=True)
class Administrator:
    """Who is signed in as an administrator.

    Attributes
    ----------
    name : str
    csrf : str
        What a page sends back with each change, in the header ``X-CSRF-Token``.
    """

    name: str
    csrf: str


# The administrator who sends a request, or `None`. One that changes something is refused where it comes
# from another site or without the token.
FindAdministrator = Callable[[Request], Awaitable[Administrator | None]]


async def nobody(request: Request) -> Administrator | None:
    """Where there are no accounts, nobody administers."""
    return None
