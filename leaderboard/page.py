"""The leaderboard's page: one component; its scripts fetch ``/v1/leaderboard`` and do the rest."""

import gradio as gr

from amarathon.settings import Settings
from leaderboard.api import PREFIX
from leaderboard.assets import STATIC

STYLES = ("toolbar.css", "table.css", "chart.css")


def build_leaderboard(settings: Settings) -> None:
    """Add the leaderboard's components to the current Blocks page."""
    # Not a subclass of gr.HTML: Gradio would write a stub file beside this one.
    gr.HTML(
        html_template=STATIC.read("page.html"),
        css_template="\n".join(STATIC.read(name) for name in STYLES),
        js_on_load=STATIC.read("load.js"),
        apply_default_css=False,
        elem_id="leaderboard",
        setup={"api": PREFIX, "scripts": STATIC.address},
    )
