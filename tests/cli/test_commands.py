"""The list of commands says what the commands themselves say, and is there at once."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from amarathon import cli
from amarathon.cli.commands import COMMANDS, _registered


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name):
    command = typer.main.get_command(cli.app).commands[name]
    description = inspect.cleandoc(command.help).split("\n\n")[0]
    assert " ".join(description.split()) == COMMANDS[name][1]


def test_every_command_of_every_file_is_listed():
    folder = Path(cli.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "\ndef register(" in path.read_text("utf-8")}
    assert {(file, name) for file in files for name in _registered(file)} == {
        (file, name) for name, (file, _) in COMMANDS.items()
    }


def test_a_name_that_is_none_is_refused_with_the_nearest():
    result = CliRunner().invoke(cli.app, ["taskz"])
    assert result.exit_code == 2
    assert "tasks" in result.output


@pytest.mark.parametrize("argument", ["--help", "tasks"])
def test_the_list_of_commands_and_of_tasks_import_no_libraries_of_numbers(argument):
    code = (
        f"import sys; from amarathon.cli import main; sys.argv = ['amarathon', {argument!r}]\n"
        "try: main()\n"
        "finally: assert not {'numpy', 'pandas', 'sklearn', 'av', 'torch'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "List the ten tasks" in done.stdout or "SCR" in done.stdout
