"""What the routes of signing in answer."""

from human_eval.api.schemas.base import STUDY, View, example


class AccountView(View):
    """Who is signed in; people who were invited have no name."""

    model_config = example({"name": "maria", "admin": False, "reviewer": False})
    name: str | None
    admin: bool
    reviewer: bool


class StudyOffered(View):
    """A study to work on, or to join."""

    model_config = example({"id": STUDY, "name": "First study", "state": "open", "joined": True})
    id: str
    name: str
    state: str
    joined: bool


class SignInWays(View):
    """Ways to sign in that not every app offers."""

    model_config = example({"huggingface": False})
    huggingface: bool


class SessionView(View):
    """Who is signed in, and what there is for them. `csrf` goes into the header ``X-CSRF-Token``."""

    model_config = example(
        {
            "account": {"name": "maria", "admin": False, "reviewer": False},
            "csrf": "Zk3...",
            "ways": {"huggingface": False},
            "studies": [{"id": STUDY, "name": "First study", "state": "open", "joined": True}],
        }
    )
    account: AccountView | None
    csrf: str | None
    ways: SignInWays
    studies: list[StudyOffered]


class JoinedView(View):
    """What was joined; `way_back`, shown once, signs an invited person in on another device."""

    model_config = example(
        {
            "study": STUDY,
            "way_back": "7KQ2M-...",
            "session": {
                "account": {"name": None, "admin": False, "reviewer": False},
                "csrf": "Zk3...",
                "ways": {"huggingface": False},
                "studies": [{"id": STUDY, "name": "First study", "state": "open", "joined": True}],
            },
        }
    )
    study: str | None
    way_back: str | None
    session: SessionView
