"""What is learned of a request while it is answered, for whoever counts requests."""

from dataclasses import dataclass

from starlette.types import Scope

NOTES = "amarathon.notes"
UNKNOWN = "other"


@dataclass
class Notes:
    """What is learned of a request while it is answered.

    Attributes
    ----------
    from_here : bool
        Whether it comes from this machine itself, and no proxy brought it.
    route : str
        The template of its route.
    refusal, fault : str or None
        Kind of the error that was told in a sentence, or that the program did not expect.
    """

    from_here: bool = False
    route: str = UNKNOWN
    refusal: str | None = None
    fault: str | None = None


def notes_of(scope: Scope) -> Notes:
    """The notes of a request; new ones, which nobody reads, where it was not counted."""
    found = scope.get(NOTES)
    return found if isinstance(found, Notes) else Notes()
