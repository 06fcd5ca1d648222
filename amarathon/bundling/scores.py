"""Derive anew what follows from the bundled runs' answers: `python -m amarathon.bundling.scores`.

To be run whenever replies are read, scored or summed up otherwise than before: it writes each bundled
run's packed summary, the pages of findings and the small model's card. Their answers stay as they are; no
model is loaded. Five minutes for two runs of 33 configurations.
"""

from pathlib import Path

from amarathon.assets import BUNDLED_RUNS
from amarathon.files import write_atomically
from amarathon.models.small import bundled_folder
from amarathon.runs import read_run
from amarathon.runs.findings import findings
from amarathon.runs.summary import write_summary
from amarathon.training.small.card import write_card

LONG, SHORT = BUNDLED_RUNS / "small-on-mini", BUNDLED_RUNS / "small-on-mini-short"
# On the questions that the app asks people.
ON_BUNDLED = BUNDLED_RUNS / "small-on-bundled"
# Real speech, by the model that transcribes; see `amarathon.bundling.speech_run`.
SPEECH = BUNDLED_RUNS / "whisper-on-speech"
FINDINGS = Path("docs/findings/small.md")


def build_scores(root: Path) -> None:
    """Write all of it.

    Parameters
    ----------
    root : Path
        Of the repository, where the page of findings is.
    """
    for folder in (LONG, SHORT, ON_BUNDLED, SPEECH):
        write_summary(folder, afresh=True)
    write_atomically(root / FINDINGS, findings(read_run(LONG), read_run(SHORT)))
    write_card(bundled_folder(), read_run(LONG))


if __name__ == "__main__":
    build_scores(Path.cwd())
