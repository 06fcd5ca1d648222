"""Routes of Hugging Face sign-in on a Space: OpenID Connect's code flow with PKCE (RFC 7636)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from amarathon.settings import Settings
from human_eval import accounts, logins
from human_eval.api.dependencies import ApiStateDep, new_router
from human_eval.api.requests import ENTRANCES
from human_eval.api.sign_in import set_cookie
from human_eval.assets import PREFIX
from human_eval.errors import SignInError, StorageError, UnknownError
from human_eval.service import Service, public_address
from web.routes import NO_STORE

STATE_COOKIE, VERIFIER_COOKIE = "amarathon_oauth_state", "amarathon_oauth_verifier"
STATE_LASTS_S = 600
WAITS_S = 10.0
PAGE = "/annotate"
routes = new_router()


@routes.get("/huggingface", response_class=RedirectResponse, status_code=302)
def begin(request: Request, api: ApiStateDep) -> Response:
    """Send the browser to Hugging Face."""
    service = api.service
    _check_offered(service)
    api.access.limit(ENTRANCES, request.client.host if request.client else "")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    query = {
        "client_id": service.settings.oauth_client_id,
        "redirect_uri": return_address(service.settings),
        "response_type": "code",
        "scope": "openid profile",
        "state": state,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    address = f"{service.settings.openid_provider_url}/oauth/authorize?{urlencode(query)}"
    response = RedirectResponse(address, 302, NO_STORE)
    for name, value in ((STATE_COOKIE, state), (VERIFIER_COOKIE, verifier)):
        response.set_cookie(
            name,
            value,
            max_age=STATE_LASTS_S,
            path=f"{PREFIX}/huggingface",
            httponly=True,
            samesite="lax",
            secure=service.settings.space_host is not None,
        )
    return response


@routes.get("/huggingface/back", response_class=RedirectResponse, status_code=303)
def back(request: Request, api: ApiStateDep, code: str = "", state: str = "") -> Response:
    """Come back from Hugging Face: ask it who this is, and sign them in."""
    service = api.service
    _check_offered(service)
    api.access.limit(ENTRANCES, request.client.host if request.client else "")
    expected = request.cookies.get(STATE_COOKIE, "")
    verifier = request.cookies.get(VERIFIER_COOKIE, "")
    if not code or not expected or not secrets.compare_digest(state.encode(), expected.encode()):
        raise SignInError("This sign-in was not begun here; begin it again.")
    user = _ask_who(service, code, verifier)
    with service.database.writing() as session:
        account = accounts.of_huggingface(session, user.subject, user.name)
        login = logins.open_session(session, account)
    response = RedirectResponse(f"../../..{PAGE}", 303, NO_STORE)
    set_cookie(service, request, response, login.cookie)
    for name in (STATE_COOKIE, VERIFIER_COOKIE):
        response.delete_cookie(name, path=f"{PREFIX}/huggingface")
    return response


def return_address(settings: Settings) -> str:
    """Where Hugging Face sends people back to; see `public_address`."""
    return f"{public_address(settings)}{PREFIX}/huggingface/back"


@dataclass(frozen=True)
class _User:
    """Who signed in: `subject` stays with a person for good, `name` does not."""

    subject: str
    name: str


def _check_offered(service: Service) -> None:
    if service.settings.oauth_client_id is None:
        raise UnknownError("Hugging Face sign-in is offered on a Space only.")


def _ask_who(service: Service, code: str, verifier: str) -> _User:
    """The user who agreed to sign in."""
    settings = service.settings
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(settings),
        "client_id": settings.oauth_client_id or "",
        "code_verifier": verifier,
    }
    secret = (settings.oauth_client_id or "", settings.oauth_client_secret or "")
    try:
        with httpx.Client(base_url=settings.openid_provider_url, timeout=WAITS_S) as provider:
            token = provider.post("/oauth/token", data=form, auth=secret)
            if token.status_code != 200:
                raise SignInError("Hugging Face does not know this sign-in; begin it again.")
            bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
            user = provider.get("/oauth/userinfo", headers=bearer).raise_for_status().json()
            return _User(str(user["sub"]), str(user["preferred_username"]))
    except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
        raise StorageError("Hugging Face cannot be asked who you are; try again later.") from error
