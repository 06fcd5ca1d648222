"""Human evaluation's pages: one component each, whose scripts talk to the JSON routes."""

import gradio as gr

from amarathon.settings import Settings
from amarathon.tasks import TASKS
from human_eval.assets import PREFIX, STATIC

STYLES = ("people.css", "work.css", "admin.css")


def build_annotate(settings: Settings) -> None:
    """Add the annotators' components, and the administrator's, to the current Blocks page."""
    _component("annotate")


def build_verify(settings: Settings) -> None:
    """Add the reviewers' components to the current Blocks page."""
    _component("verify")


def _component(name: str) -> None:
    # Not a subclass of gr.HTML: Gradio would write a stub file beside this one.
    gr.HTML(
        html_template=STATIC.read(f"{name}.html"),
        css_template="\n".join(STATIC.read(style) for style in STYLES),
        js_on_load=STATIC.read("load.js"),
        apply_default_css=False,
        elem_id=name,
        setup={
            "api": PREFIX,
            "scripts": STATIC.address,
            "main": f"{name}.js",
            "tasks": list(TASKS),
            "task_names": _names(),
        },
    )


def _names() -> dict[str, str]:
    return {code: task.name for code, task in TASKS.items()}
