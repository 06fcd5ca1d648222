"""The leaderboard's page: one component; its scripts fetch ``/v1/leaderboard`` and do the rest."""

from amarathon.settings import Settings
from leaderboard.api import PREFIX
from leaderboard.assets import STATIC
from web.components import scripted_component

STYLES = ("toolbar.css", "table.css", "chart.css")


def build_leaderboard(settings: Settings) -> None:
    """Add the leaderboard's components to the current Blocks page."""
    scripted_component("leaderboard", STATIC, "page.html", STYLES, PREFIX)
