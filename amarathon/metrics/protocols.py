"""The two ways of counting replies that cannot be read; see `amarathon.metrics.scores`."""

from typing import Literal, get_args

ScoringProtocol = Literal["strict", "published"]
PROTOCOLS: tuple[ScoringProtocol, ...] = get_args(ScoringProtocol)
