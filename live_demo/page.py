"""The live demo's page: one component of our own, and the queued event that does the work."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import gradio as gr

from amarathon.settings import Settings
from amarathon.tasks import TASKS, Task, free_question
from live_demo.api import PREFIX
from live_demo.assets import STATIC
from live_demo.examples import Example
from live_demo.limits import (
    LONGEST_MICROPHONE_S,
    LONGEST_REPLY_TOKENS,
    LONGEST_WHOLE_S,
    MOST_CONFIGURATIONS,
    MOST_REPEATS,
    MOST_WAITING,
    SHORTEST_WINDOW_S,
)
from live_demo.models import missing
from live_demo.presets import DEFAULTS, method_list, presets
from live_demo.programs import add_endpoint
from live_demo.results import NO_PROMPT
from live_demo.service import DemoService, open_demo_service
from web.components import scripted_component
from web.plotly_bundle import ADDRESS
from web.previews import Preview

STYLES = (
    *("base.css", "asking.css", "configurations.css", "timeline.css", "window.css"),
    *("figure.css", "figures.css", "replies.css", "narrow.css"),
)


def demo_preview(parameters: Mapping[str, str]) -> Preview:
    """What a link to the page says; of a comparison not what was asked or answered, nor about what."""
    if "comparison" in parameters:
        return Preview(
            "A comparison",
            "One recording and one question, answered by an audio language model under several compressions.",
            ("comparison",),
        )
    return Preview(
        "Live demo",
        "What audio language models answer about a recording under each compression, and what of it is kept.",
    )


def build_demo(settings: Settings) -> None:
    """Add the demo's components to the current Blocks page."""
    service = open_demo_service(settings)
    bench = scripted_component(
        "demo-bench", STATIC, "demo.html", STYLES, PREFIX, setup=describe(service), events=["compare"]
    )

    def compare(event: gr.EventData) -> None:
        """Do the work of a comparison that the routes have taken; its state is in their answers."""
        service.queue.run(str(getattr(event, "comparison", "")))

    bench.compare(
        compare,
        inputs=None,
        outputs=None,
        # Whose turn it is, is settled by the service: one that waits takes a thread and nothing else.
        concurrency_limit=MOST_WAITING,
        show_progress="hidden",
        trigger_mode="multiple",
        api_name="work",
        api_visibility="private",
    )
    add_endpoint(service)


def describe(service: DemoService) -> dict[str, Any]:
    """What the page has to know: tasks, methods, examples and limits."""
    return {
        "models": [asdict(offer) for offer in service.offers.values()],
        "missing": missing(),
        "tasks": [_task(task) for task in TASKS.values()],
        "methods": method_list(),
        "plotly": ADDRESS,
        "free": free_question("{question}"),
        "defaults": DEFAULTS,
        "no_prompt": NO_PROMPT,
        "presets": [asdict(preset) for preset in presets()],
        "examples": [_example(example) for example in service.examples.values()],
        "limits": {
            "bytes": service.limits.max_bytes,
            "seconds": service.limits.max_seconds,
            "configurations": MOST_CONFIGURATIONS,
            "repeats": MOST_REPEATS,
            "reply": LONGEST_REPLY_TOKENS,
            "recording": LONGEST_MICROPHONE_S,
            "whole": LONGEST_WHOLE_S,
            "window": SHORTEST_WINDOW_S,
        },
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "code": task.code,
        "name": task.name,
        "group": task.group,
        "question": task.question,
        "prompt": task.prompt.model_dump(),
        "asks": "{question}" in task.prompt.user,
        "shows_options": bool(task.prompt.option),
        "letters": task.letters,
        "labels": list(task.labels),
        "reply": task.max_new_tokens,
        "reply_per_second": task.max_new_tokens_per_second,
    }


def _example(example: Example) -> dict[str, Any]:
    sample = example.sample
    return {
        "id": sample.id,
        "collection": example.collection,
        "title": example.title,
        "label": example.label,
        "author": example.author,
        "licence": example.licence,
        "task": sample.task,
        "question": sample.question,
        "options": sample.option_texts,
        "duration_s": sample.audio.duration_s,
    }
