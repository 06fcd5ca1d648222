"""Human evaluation's pages: one component each, whose scripts talk to the JSON routes."""

from amarathon.settings import Settings
from amarathon.tasks import TASKS
from human_eval.assets import PREFIX, STATIC
from web.components import scripted_component

STYLES = ("people.css", "work.css", "admin.css")


def build_annotate(settings: Settings) -> None:
    """Add the annotators' components, and the administrator's, to the current Blocks page."""
    _component("annotate")


def build_verify(settings: Settings) -> None:
    """Add the reviewers' components to the current Blocks page."""
    _component("verify")


def _component(name: str) -> None:
    scripted_component(
        name,
        STATIC,
        f"{name}.html",
        STYLES,
        PREFIX,
        f"{name}.js",
        {"tasks": list(TASKS), "task_names": _names()},
    )


def _names() -> dict[str, str]:
    return {code: task.name for code, task in TASKS.items()}
