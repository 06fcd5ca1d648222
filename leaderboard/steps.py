"""A step of a configuration, as rows show it."""

from pydantic import BaseModel

RankRange = tuple[int, int]


class Step(BaseModel):
    """One step of a configuration; `ratio` is the share removed, or a factor."""

    method: str
    title: str
    stage: str
    amount: float
