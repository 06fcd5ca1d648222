"""The examples in docstrings are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("amarathon", "leaderboard", "human_eval", "live_demo", "web", "front_door")


def modules_with_examples() -> list[str]:
    """Found by their text: importing every module would take longer than running the examples."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    found = [path for path in paths if ">>> " in path.read_text(encoding="utf-8")]
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in found
    ]


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module_are_true(name: str) -> None:
    results = doctest.testmod(import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


def test_the_front_functions_have_an_example() -> None:
    modules = modules_with_examples()
    for name in ("answers.reading", "compression.configuration", "metrics.scores", "tasks", "tasks.task"):
        assert f"amarathon.{name}" in modules
