"""The leaderboard's page: one component; its scripts fetch ``/v1/leaderboard`` and do the rest."""

from amarathon.settings import Settings
from leaderboard.api import PREFIX
from leaderboard.assets import STATIC
from web.components import scripted_component
from web.plotly_bundle import ADDRESS

STYLES = (
    *("frame.css", "toolbar.css", "menus.css", "table.css", "head.css", "rows.css"),
    *("figure.css", "playback.css", "samples.css", "submit.css"),
)


def build_leaderboard(settings: Settings) -> None:
    """Add the leaderboard's components to the current Blocks page."""
    scripted_component("leaderboard", STATIC, "page.html", STYLES, PREFIX, setup={"plotly": ADDRESS})
