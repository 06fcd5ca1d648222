"""``amarathon tasks``, run as a user runs it."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from amarathon.cli import app
from amarathon.tasks import TASKS


def test_the_ten_tasks_are_listed_by_group_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = CliRunner().invoke(app, ["tasks"]).stdout.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "] == ["Task", *TASKS]
    assert [line.strip() for line in lines if line[0] == " "] == [
        "Speech Content Extraction",
        "Audio Classification",
        "Speaker Information Modeling",
    ]
    rows = {line.split()[0]: line for line in lines}
    assert "A-E fixed" in rows["SAR"]
    assert "WAR" in rows["ASR"]


def test_json_holds_the_whole_definitions() -> None:
    printed = json.loads(CliRunner().invoke(app, ["tasks", "--json"]).stdout)
    assert [task["code"] for task in printed] == list(TASKS)
    assert printed[1]["prompt"]["user"] == TASKS["SCR"].prompt.user


def test_the_installed_command_needs_no_torch() -> None:
    code = (
        "import sys; from amarathon.cli import main; sys.argv = ['amarathon', 'tasks', '--json']\n"
        "try: main()\n"
        "finally: assert not {'torch', 'transformers', 'gradio'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 10
