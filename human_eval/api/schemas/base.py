"""What the models of all routes share."""

from typing import Any

from pydantic import BaseModel, ConfigDict

# Ids and a time for examples.
STUDY, ITEM = "5f0c9b7d3a2e4f61b8c7d6e5f4a3b2c1", "a3" * 16
ANNOTATOR = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
AT = 1_780_000_000.0


def example(content: dict[str, Any]) -> ConfigDict:
    """The settings of a view with an example of it, which stands in ``/openapi.json``."""
    return ConfigDict(frozen=True, json_schema_extra={"examples": [content]})


class View(BaseModel):
    """Base of what routes answer. Times are UTC seconds since 1970, ids opaque strings."""

    model_config = ConfigDict(frozen=True)


class Done(View):
    """It is done; there is nothing to add."""

    model_config = example({})


class Problem(View):
    """A refusal, in one sentence."""

    model_config = example({"error": "Sign in first; your session may have ended."})
    error: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in {
        401: "Nobody is signed in, or the password, code or invite is not valid.",
        403: "Not allowed, or not asked by the app's own page.",
        404: "Nothing by this id that one may see.",
        409: "It contradicts what is stored, or the study's state.",
        413: "The body is too large.",
        422: "Not understood.",
        429: "Too often; see ``Retry-After``.",
        503: "The database cannot be used now.",
    }.items()
}
