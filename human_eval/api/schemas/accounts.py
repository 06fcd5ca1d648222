"""What the administrator's routes of accounts and invites answer."""

from typing import Any

from human_eval.api.schemas.base import ANNOTATOR, AT, STUDY, View, example
from human_eval.storage.schema import AccountSource

INVITE: dict[str, Any] = {
    "id": STUDY,
    "label": "class of May",
    "uses_left": 20,
    "expires_at": AT,
    "revoked": False,
}


class InviteView(View):
    """An invite without its secret."""

    id: str
    label: str
    uses_left: int
    expires_at: float | None
    revoked: bool


class InviteList(View):
    """A study's invites."""

    model_config = example({"invites": [INVITE]})

    invites: list[InviteView]


class NewInviteView(View):
    """A new invite, and its address, which is given this once.

    `caution` is a sentence about who must not get it: reviewers see right answers.
    """

    model_config = example({"invite": INVITE, "address": "/annotate#invite=SECRET", "caution": None})

    invite: InviteView
    address: str
    caution: str | None


class AccountEntry(View):
    """A person who can sign in, and how many studies they take part in."""

    id: str
    name: str | None
    source: AccountSource
    reviewer: bool
    admin: bool
    studies: int
    created_at: float


class AccountList(View):
    """Everybody who can sign in."""

    model_config = example(
        {
            "accounts": [
                {
                    "id": ANNOTATOR,
                    "name": "rita",
                    "source": "local",
                    "reviewer": True,
                    "admin": False,
                    "studies": 0,
                    "created_at": AT,
                }
            ]
        }
    )

    accounts: list[AccountEntry]
