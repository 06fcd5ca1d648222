import json
import subprocess
import sys

import gradio as gr

from amarathon.compression import METHODS, parse_configurations
from amarathon.settings import Settings
from amarathon.tasks import TASKS
from live_demo.assets import STATIC
from live_demo.limits import MOST_WAITING
from live_demo.page import build_demo, describe
from live_demo.presets import DEFAULTS


def test_the_page_knows_every_task_method_and_example(service):
    setup = json.loads(json.dumps(describe(service)))
    assert [task["code"] for task in setup["tasks"]] == list(TASKS)
    assert [method["name"] for method in setup["methods"]] == list(METHODS)
    assert parse_configurations(["vanilla", *setup["defaults"]])
    assert all(example["title"] and example["author"] and example["licence"] for example in setup["examples"])
    collections = [example["collection"] for example in setup["examples"]]
    assert collections == ["AudioMarathon-mini"] * len(TASKS) + ["Real recordings"] * 4
    assert {example["task"] for example in setup["examples"][: len(TASKS)]} == set(TASKS)


def test_questions_of_the_benchmark_come_without_their_answers(service):
    """People may be asked the same ones for human evaluation."""
    known = {"id", "collection", "title", "label", "author", "licence", "task", "question", "options"}
    for example in describe(service)["examples"]:
        assert set(example) == known | {"duration_s"}


def test_the_work_is_one_queued_event(tmp_path):
    with gr.Blocks() as blocks:
        build_demo(Settings(data=tmp_path))
    # The endpoint for programs, in `test_programs`, is another.
    (event,) = (found for found in blocks.fns.values() if found.api_name == "work")
    assert (event.concurrency_limit, event.queue) == (MOST_WAITING, True)
    assert event.targets[0][1] == "compare"


def test_nothing_beside_the_scripts_is_served(client):
    assert client.get(f"{STATIC.address}/main.js").status_code == 200
    assert client.get(f"{STATIC.address}/../page.py").status_code == 404


def test_the_page_starts_without_torch():
    code = "import sys, live_demo.page; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_defaults_are_offered_in_the_grid():
    assert DEFAULTS == ("frame@0.6", "fastv@0.6", "snapkv@0.5")
