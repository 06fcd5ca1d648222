"""Human evaluation's pages."""

from datetime import UTC, datetime

import gradio as gr

from amarathon import __version__
from amarathon.settings import Settings


def build_annotate(settings: Settings) -> None:
    """Add the annotators' components to the current Blocks page."""
    _not_built("Annotation for the human baseline is not built yet.")


def build_verify(settings: Settings) -> None:
    """Add the reviewers' components to the current Blocks page."""
    _not_built("Verification of subsets is not built yet.")


def _not_built(sentence: str) -> None:
    gr.Markdown(sentence)
    with gr.Row():
        check = gr.Button("Check server", scale=0)
        answer = gr.Textbox(label="Server", interactive=False, scale=1)
    check.click(_server, outputs=answer, api_visibility="private")


def _server() -> str:
    return f"AudioMarathon {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
