"""The desk of one app, as its settings say."""

from amarathon.assets import BUNDLED_RUNS
from amarathon.settings import Settings
from leaderboard.submissions.desk import Desk
from leaderboard.tables import footnotes

FOLDER = "submissions"


def open_desk(settings: Settings) -> Desk:
    """The desk in the data folder; nothing is made or read yet."""
    return Desk(
        settings.data / FOLDER,
        (BUNDLED_RUNS, settings.runs),
        footnotes().dataset.sha256,
        settings.max_submissions_bytes,
    )
