"""`scripts/environment.sh` with a stand-in for the interpreter: what it installs, and when."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
# Notes how it is called; makes a copy of itself where it is asked for a virtual environment.
STAND_IN = """#!/usr/bin/env bash
echo "$*" >>"{log}"
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; fi
"""
TOOLS = ("bash", "cat", "cksum", "cp", "env", "id", "mkdir", "rm", "sed", "uname")


class Checkout:
    """A folder with the scripts and small requirement files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.parent / "calls.txt"
        self.tools = folder.parent / "tools"
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool))
        shutil.copytree(SCRIPTS, folder / "scripts")
        for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
            (folder / name).write_text(f"# {name}\n")

    def provide_python(self) -> None:
        python = self.tools / "python3.12"
        python.write_text(STAND_IN.format(log=self.log))
        python.chmod(0o755)

    def set_up(self, *options: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        """Run the script; return it with the calls of pip and venv that it made."""
        self.log.write_text("")
        done = subprocess.run(
            ["scripts/environment.sh", *options, ".venv", "constraints.txt", "requirements.txt"],
            cwd=self.folder,
            env={"PATH": str(self.tools), "HOME": os.environ["HOME"]},
            capture_output=True,
            text=True,
            check=False,
        )
        calls = [line.split()[1] for line in self.log.read_text().splitlines() if line.startswith("-m ")]
        return done, calls


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return Checkout(folder)


def test_first_time_makes_and_installs_then_nothing(checkout: Checkout) -> None:
    checkout.provide_python()
    done, calls = checkout.set_up()
    assert (done.returncode, calls) == (0, ["venv", "pip"]), done.stderr
    done, calls = checkout.set_up()
    assert (done.returncode, calls, done.stdout) == (0, [], "")


def test_changed_requirement_installs_again_into_the_same_environment(checkout: Checkout) -> None:
    checkout.provide_python()
    checkout.set_up()
    (checkout.folder / "constraints.txt").write_text("torch==2.13.0\n")
    assert checkout.set_up()[1] == ["pip"]


@pytest.mark.parametrize(("options", "installed"), [((), True), (("--alone",), False)])
def test_the_package_is_installed_unless_the_requirements_stand_alone(
    checkout: Checkout, options: tuple[str, ...], *, installed: bool
) -> None:
    checkout.provide_python()
    done, calls = checkout.set_up(*options)
    assert (done.returncode, calls) == (0, ["venv", "pip"]), done.stderr
    (asked,) = [line for line in checkout.log.read_text().splitlines() if line.startswith("-m pip")]
    assert "--requirement requirements.txt" in asked
    assert ("--editable ." in asked) is installed
    assert checkout.set_up(*options)[1] == []


def test_moved_folder_installs_again(checkout: Checkout) -> None:
    checkout.provide_python()
    checkout.set_up()
    checkout.folder = checkout.folder.rename(checkout.folder.parent / "moved")
    assert checkout.set_up()[1] == ["pip"]


def test_environment_of_a_removed_interpreter_is_made_again(checkout: Checkout) -> None:
    checkout.provide_python()
    checkout.set_up()
    (checkout.folder / ".venv/bin/python").write_text("#!/nowhere/python\n")
    assert checkout.set_up()[1] == ["venv", "pip"]


def test_failed_installation_is_tried_again(checkout: Checkout) -> None:
    checkout.provide_python()
    checkout.set_up()
    python = checkout.folder / ".venv/bin/python"
    working = python.read_text()
    (checkout.folder / "constraints.txt").write_text("torch==2.13.0\n")
    python.write_text(working + '[ "$2" != pip ]\n')
    assert checkout.set_up()[0].returncode != 0
    python.write_text(working)
    assert checkout.set_up()[1] == ["pip"]


def test_without_an_interpreter_one_sentence_says_what_to_install(checkout: Checkout) -> None:
    done, calls = checkout.set_up()
    assert (done.returncode, calls) == (1, [])
    assert "python3-venv" in done.stderr
    assert len(done.stderr.splitlines()) == 1
