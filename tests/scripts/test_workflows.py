"""The workflows name files, targets and scripts that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.serving import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def steps(path: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(path.read_text())
    return [step for job in content["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_bounded_and_may_do_little(path: Path) -> None:
    content = yaml.safe_load(path.read_text())
    assert content["permissions"].keys() == {"contents"}
    assert all(job["timeout-minutes"] <= 120 for job in content["jobs"].values())
    assert all(("run" in step) != ("uses" in step) for step in steps(path))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_it_calls_exists(path: Path) -> None:
    commands = "\n".join(step.get("run", "") for step in steps(path))
    for line in re.findall(r"^make (.+)$", commands, re.MULTILINE):
        assert set(line.split()) <= TARGETS
    for name in re.findall(r"\b(?:scripts/\S+\.\w+|\w+\.(?:toml|txt|md))\b", commands):
        assert (ROOT / name).is_file() or name == "notes.md", name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_expression_stands_in_a_command(path: Path) -> None:
    # What somebody writes into a title or a branch's name would be a part of the command.
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []
