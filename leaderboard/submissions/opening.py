"""The submissions of one app, as its settings say, and where all runs lie that its leaderboard shows."""

from pathlib import Path

from amarathon.assets import BUNDLED_RUNS
from amarathon.settings import Settings
from leaderboard.submissions.folders import ACCEPTED
from leaderboard.submissions.review_queue import ReviewQueue
from leaderboard.tables import footnotes

FOLDER = "submissions"


def runs_folders(settings: Settings) -> tuple[Path, Path, Path]:
    """Folders of runs: those bundled, those measured here, those submitted and accepted."""
    return BUNDLED_RUNS, settings.runs, settings.data / FOLDER / ACCEPTED


def open_review_queue(settings: Settings) -> ReviewQueue:
    """The queue in the data folder; nothing is made or read yet."""
    return ReviewQueue(
        settings.data / FOLDER,
        (BUNDLED_RUNS, settings.runs),
        footnotes().dataset.sha256,
        settings.max_submissions_bytes,
    )
