"""The bundled runs as sources of figures, read once."""

import pytest

from amarathon.assets import BUNDLED_RUNS
from leaderboard.figures.sources import Sources
from tests.leaderboard.figures.drawing import sources_of


@pytest.fixture(scope="session")
def bundled() -> Sources:
    """The printed tables and the bundled runs."""
    return sources_of(BUNDLED_RUNS)
