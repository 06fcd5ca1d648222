"""The leaderboard's figures: each built by `plotly` from the records, in a file of its own.

>>> from leaderboard.figures import FIGURES
>>> "curves" in FIGURES
True
"""

from leaderboard.figures import (
    binaural,
    compare,
    composition,
    costs,
    curves,
    delta,
    duration,
    granularity,
    pairs,
    pareto,
    slices,
    speed,
    tasks,
    transcripts,
)
from leaderboard.figures.declared import Figure

_MODULES = (
    binaural,
    compare,
    composition,
    costs,
    curves,
    delta,
    duration,
    granularity,
    pairs,
    pareto,
    slices,
    speed,
    tasks,
    transcripts,
)
FIGURES: dict[str, Figure] = {module.FIGURE.name: module.FIGURE for module in _MODULES}
