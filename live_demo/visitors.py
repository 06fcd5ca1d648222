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
    key : str
        What proves that something was made by this visitor: the cookie that was brought, or the one that is
        given with the answer.
    """

    address: str = ""
    cookie: str = ""
    key: str = ""

    @property
    def id(self) -> str:
        """What tells visitors apart."""
        return f"{self.address} {self.cookie}"


def visitor_of(request: Request) -> Visitor:
    """The visitor that a request comes from."""
    brought = request.cookies.get(COOKIE, "")
    cookie = brought if _ID.fullmatch(brought) else ""
    address = request.client.host if request.client else ""
    return Visitor(address, cookie, cookie or _given(request))


def _given(request: Request) -> str:
    """The cookie that the answer to this request gives."""
    if not hasattr(request.state, "visitor_key"):
        request.state.visitor_key = new_id()
    return str(request.state.visitor_key)


def remember(request: Request, response: Response) -> None:
    """Give a visitor without one a cookie."""
    visitor = visitor_of(request)
    if not visitor.cookie:
        response.set_cookie(
            COOKIE,
            visitor.key,
            max_age=KEPT_S,
            path="/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
