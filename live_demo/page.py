"""The live demo's page: one component of our own, and the queued event that does the work."""

from dataclasses import asdict
from typing import Any

import gradio as gr

from amarathon.settings import Settings
from amarathon.tasks import TASKS, Task
from live_demo.api import PREFIX
from live_demo.assets import STATIC
from live_demo.examples import Example
from live_demo.limits import LONGEST_MICROPHONE_S, LONGEST_REPLY_TOKENS, LONGEST_WHOLE_S, MOST_CONFIGURATIONS
from live_demo.models import missing
from live_demo.results import method_list
from live_demo.service import DemoService, open_demo_service
from web.components import scripted_component

STYLES = ("base.css", "asking.css", "timeline.css", "figures.css", "narrow.css")
# Everything that computes with the model shares one concurrency id of Gradio's queue.
COMPUTING = "model"
# What is chosen when the page opens, beside vanilla: one of each kind that the paper compares.
DEFAULTS = ["frame@0.6", "fastv@0.6", "snapkv@0.5"]


def build_demo(settings: Settings) -> None:
    """Add the demo's components to the current Blocks page."""
    service = open_demo_service(settings)
    bench = scripted_component(
        "demo-bench", STATIC, "demo.html", STYLES, PREFIX, setup=describe(service), events=["compare"]
    )

    def compare(event: gr.EventData) -> None:
        """Do the work of a comparison that the routes have taken; its state is in their answers."""
        service.run(str(getattr(event, "comparison", "")))

    bench.compare(
        compare,
        inputs=None,
        outputs=None,
        concurrency_id=COMPUTING,
        concurrency_limit=1,
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )


def describe(service: DemoService) -> dict[str, Any]:
    """What the page has to know: tasks, methods, examples and limits."""
    return {
        "models": [asdict(offer) for offer in service.offers.values()],
        "missing": missing(),
        "tasks": [_task(task) for task in TASKS.values()],
        "methods": method_list(),
        "defaults": DEFAULTS,
        "examples": [_example(example) for example in service.examples.values()],
        "limits": {
            "bytes": service.limits.max_bytes,
            "seconds": service.limits.max_seconds,
            "configurations": MOST_CONFIGURATIONS,
            "reply": LONGEST_REPLY_TOKENS,
            "recording": LONGEST_MICROPHONE_S,
            "whole": LONGEST_WHOLE_S,
        },
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "code": task.code,
        "name": task.name,
        "group": task.group,
        "question": task.question,
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
