"""What `amarathon sweep` refuses before anything is loaded."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from amarathon.cli import app
from amarathon.errors import TaskError


@pytest.mark.parametrize(
    ("task", "options", "reason"),
    [
        ("SCR", [], "It has 0 options, and SCR takes 2 to 4"),
        ("SCR", ["one"], "options, and SCR takes 2 to 4"),
        ("SCR", ["one", " "], "One of its options is empty"),
        ("SCR", ["one", ""], "One of its options is empty"),
        ("SCR", ["one", "One "], "Two of its options are the same: 'one'"),
        ("SCR", ["one", "two", "three", "four", "five"], "It has 5 options"),
        ("SGR", ["female", "male"], "not in the order that the prompt of SGR fixes"),
        ("ASR", ["one", "two"], "takes no options"),
    ],
)
def test_options_that_a_dataset_may_not_have_are_refused(
    tmp_path: Path, task: str, options: list[str], reason: str
) -> None:
    arguments = ["sweep", "--audio", str(tmp_path / "gone.wav"), "--task", task, "--question", "Who?"]
    for option in options:
        arguments += ["--option", option]
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, TaskError)
    assert reason in str(error)
