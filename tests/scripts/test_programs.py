"""`scripts/test-programs.sh`: what happens where a program is missing, by who runs it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THERE = ("espeak-ng", "initdb", "nginx", "caddy", "pdflatex", "kpsewhich")


class Machine:
    """A search path with stand-ins: `id` for who runs it, `apt-get` that notes its arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "apt.txt"
        (folder / "bash").symlink_to(shutil.which("bash"))
        (folder / "env").symlink_to(shutil.which("env"))
        for program in THERE:
            self.provide(program, "")

    def provide(self, program: str, body: str) -> None:
        stand_in = self.folder / program
        stand_in.write_text(f"#!/usr/bin/env bash\n{body}\n")
        stand_in.chmod(0o755)

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["scripts/test-programs.sh"],
            cwd=ROOT,
            env={"PATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.provide("apt-get", f'echo "$*" >>"{machine.log}"')
    return machine


def test_nothing_happens_where_all_is_there(machine: Machine) -> None:
    machine.provide("google-chrome", "")
    done = machine.check()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not machine.log.exists()


def test_root_on_debian_gets_what_is_missing_installed(machine: Machine) -> None:
    machine.provide("id", "echo 0")
    assert machine.check().returncode == 0
    updated, installed = machine.log.read_text().splitlines()
    assert updated.startswith("update")
    assert installed.startswith("install -y")
    assert installed.endswith(" chromium")


def test_others_are_told_what_to_install(machine: Machine) -> None:
    machine.provide("id", "echo 1000")
    done = machine.check()
    assert done.returncode == 1
    assert (
        done.stderr
        == "Please install these first, by these names on Debian and Ubuntu: sudo apt-get install chromium\n"
    )
    assert not machine.log.exists()


def test_root_elsewhere_is_told_too(machine: Machine) -> None:
    machine.provide("id", "echo 0")
    (machine.folder / "apt-get").unlink()
    done = machine.check()
    assert done.returncode == 1
    assert "chromium" in done.stderr
