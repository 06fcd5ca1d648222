"""How a figure is declared: its name, what it may be asked with, and the function that builds it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.tasks import EVERY_TASK
from leaderboard.figures.drawing import Drawn
from leaderboard.figures.sources import Sources, UnknownChoiceError
from leaderboard.records import Protocol
from leaderboard.texts import short


class Parameters(BaseModel):
    """Base of what a figure may be asked with; an unknown parameter is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScoreParameters(Parameters):
    """A score by a protocol.

    Attributes
    ----------
    score : str
        A task's code, or ``"overall"``.
    """

    score: str = "overall"
    protocol: Protocol = "strict"


@dataclass(frozen=True)
class Figure:
    """A figure of the leaderboard.

    Attributes
    ----------
    name : str
        In its address.
    about : str
        What it shows, in a sentence for the documentation.
    parameters : type
    draw : callable
        ``draw(sources, parameters)``.
    """

    name: str
    about: str
    parameters: type[Parameters]
    draw: Callable[[Sources, Any], Drawn]

    def read(self, items: Iterable[tuple[str, str]]) -> Parameters:
        """Read the parameters of an address.

        Raises
        ------
        UnknownChoiceError
            Naming what is unknown or cannot be read.
        """
        given: dict[str, str] = {}
        for name, value in items:
            if name in given:
                raise UnknownChoiceError(f"{short(name)} is given twice.")
            given[name] = value
        try:
            return self.parameters.model_validate(given)
        except ValidationError as error:
            fault = error.errors()[0]
            name = ".".join(map(str, fault["loc"]))
            known = ", ".join(self.parameters.model_fields) or "none"
            if fault["type"] == "extra_forbidden":
                raise UnknownChoiceError(
                    f"The figure {self.name} takes no parameter {short(name)}; it takes: {known}."
                ) from error
            raise UnknownChoiceError(f"{name}: {fault['msg']}.") from error


def score_name(score: str) -> str:
    """A score's name in words.

    Raises
    ------
    UnknownChoiceError
        If it is neither a task's code nor ``"overall"``.
    """
    if score == "overall":
        return "Overall"
    if score not in EVERY_TASK:
        raise UnknownChoiceError(f"There is no task {short(score)!r}; there are {', '.join(EVERY_TASK)}.")
    return f"{score} {EVERY_TASK[score].name}"


def short_score(score: str) -> str:
    """A score's name where there is little room."""
    return "Overall" if score == "overall" else score


def first_of(found: list[str], chosen: str) -> str:
    """What was chosen, or the first there is where nothing was."""
    return chosen or (found[0] if found else "")
