"""The live demo's page."""

import gradio as gr

from amarathon.settings import Settings


def build_demo(settings: Settings) -> None:
    """Add the demo's components to the current Blocks page."""
    gr.Markdown("The live demo is not built yet.")
