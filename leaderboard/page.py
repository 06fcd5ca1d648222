"""The leaderboard's page."""

import gradio as gr

from amarathon.settings import Settings


def build_leaderboard(settings: Settings) -> None:
    """Add the leaderboard's components to the current Blocks page."""
    gr.Markdown("The leaderboard is not built yet.")
