"""Human evaluation's pages: one component each, whose scripts talk to the JSON routes."""

from collections.abc import Mapping

from amarathon.settings import Settings
from amarathon.tasks import TASKS
from human_eval.assets import PREFIX, STATIC
from web.components import scripted_component
from web.previews import Preview

STYLES = ("playback.css", "people.css", "work.css", "admin.css")


def annotate_preview(parameters: Mapping[str, str]) -> Preview:
    """What a link to the annotators' page says; of no study and of nobody in particular."""
    return Preview(
        "Annotate", "Listen to recordings and answer questions about them, for a study of this server."
    )


def verify_preview(parameters: Mapping[str, str]) -> Preview:
    """What a link to the reviewers' page says."""
    return Preview("Verify", "Review questions about recordings before people and models are asked them.")


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
