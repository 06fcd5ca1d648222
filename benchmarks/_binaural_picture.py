"""The picture of `benchmarks.binaural`: the shared figure in the pages' light colours, drawn by Chromium."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import plotly.graph_objects as go

from amarathon.errors import CheckError
from amarathon.psychoacoustics import BmldSummary
from leaderboard.figures.bmld_curve import curve

STYLE = Path("web/static/style.css")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1000, 560


def write_picture(found: Mapping[str, BmldSummary], snr_db: float, path: Path) -> None:
    """Draw the curves of all rows and write a PNG."""
    figure = curve(found, snr_db).update_layout(
        width=WIDTH, height=HEIGHT, margin={"l": 60, "b": 60, "t": 90}
    )
    document = resolved(figure).to_html(include_plotlyjs=True, config={"displayModeBar": False})
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise CheckError("Chromium is missing: install Debian's package chromium.")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "figure.html"
        page.write_text(document.replace("<body>", '<body style="margin:0">'), encoding="utf-8")
        shot = f"--screenshot={path.resolve()}"
        size = f"--window-size={WIDTH},{HEIGHT}"
        # It is root in containers; the time is of its own clock, in which scripts are done.
        flags = ["--headless", "--no-sandbox", "--hide-scrollbars", "--virtual-time-budget=20000"]
        subprocess.run([browser, *flags, size, shot, page.as_uri()], check=True, capture_output=True)


def resolved(figure: go.Figure) -> go.Figure:
    """A figure with the values of the pages' variables in place of their names."""
    text = STYLE.read_text(encoding="utf-8")
    # The first of each name is the light theme's.
    values: dict[str, str] = {}
    for name, value in re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", text):
        values.setdefault(name, value)
    filled = re.sub(r"var\((--[\w-]+)\)", lambda mark: values[mark[1]], figure.to_json())
    return go.Figure(json.loads(filled))
