"""Who a visitor is: nobody by name, but the same one as before.

A browser is known by a cookie with a random number, so that those behind one address do not take each
other's share. Whoever keeps no cookie is known by the address alone; and an address has a share of its
own, because cookies can be thrown away.
"""

import re
from dataclasses import dataclass

from fastapi import Request, Response

from web.identifiers import new_id

COOKIE = "amarathon_visitor"
KEPT_S = 30 * 86_400
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Visitor:
    """A visitor.

    Attributes
    ----------
    address : str
        Where the connection comes from, or what a trusted proxy says.
    cookie : str
        Empty where none was brought.
    """

    address: str = ""
    cookie: str = ""

    @property
    def id(self) -> str:
        """What tells visitors apart."""
        return f"{self.address} {self.cookie}"


def visitor_of(request: Request) -> Visitor:
    """The visitor that a request comes from."""
    cookie = request.cookies.get(COOKIE, "")
    address = request.client.host if request.client else ""
    return Visitor(address, cookie if _ID.fullmatch(cookie) else "")


def remember(request: Request, response: Response) -> None:
    """Give a visitor without one a cookie."""
    if not visitor_of(request).cookie:
        response.set_cookie(
            COOKIE,
            new_id(),
            max_age=KEPT_S,
            path="/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
