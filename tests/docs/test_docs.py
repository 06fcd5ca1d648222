"""The documentation and the code name the same things."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml

import amarathon
from amarathon.cli import app
from amarathon.compression import METHODS, parse_configurations
from amarathon.construction.corpora import CORPORA
from amarathon.errors import ConfigurationError
from amarathon.models.families import FAMILIES
from amarathon.settings import Settings, variable_names
from amarathon.tasks import TASKS
from docs import registries

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
WRITTEN = {page: page.read_text(encoding="utf-8") for page in PAGES}
FILLED = {page: registries.on_page_markdown(text) for page, text in WRITTEN.items()}
EVERYTHING = "\n".join(FILLED.values())
COMMANDS = {path for path, _ in registries.commands_of(typer.main.get_command(app), "amarathon")}
TOP = "amarathon|leaderboard|human_eval|live_demo|web|benchmarks|docs|tests|scripts"


def every(pattern: str) -> list[tuple[str, str]]:
    """Everything in the pages that matches, with the page's name."""
    return [
        (page.relative_to(ROOT).as_posix(), found)
        for page, text in FILLED.items()
        for found in re.findall(pattern, text)
    ]


def test_every_command_that_is_named_exists() -> None:
    groups = {path.rsplit(" ", 1)[0] for path in COMMANDS}
    named = every(r"(?:^ {4}|`|\.venv/bin/)(amarathon(?: [a-z][a-z-]+)+)")
    wrong = []
    for page, text in named:
        words = text.split(" ")
        known = any(" ".join(words[:count]) in COMMANDS for count in (2, 3))
        if not known and text not in groups:
            wrong.append((page, text))
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("command", COMMANDS),
        ("method", METHODS),
        ("task", TASKS),
        ("corpus", CORPORA),
        ("family", [family.title for family in FAMILIES]),
        ("setting", [name for field in Settings.model_fields for name in variable_names(field)]),
        ("public name", [name for name in amarathon.__all__ if not name.startswith("_")]),
    ],
)
def test_everything_that_exists_is_named(kind: str, names: list[str]) -> None:
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", EVERYTHING)] == []


def test_every_file_that_is_named_exists() -> None:
    named = every(rf"[`(](?:\.\./)*((?:{TOP})/[\w./*-]+|[\w-]+\.(?:py|md|txt|toml|cff|yml))[`)]")
    made_up = {"NAME.py", "study.yaml"}
    wrong = [
        (page, name)
        for page, name in named
        if name not in made_up
        and "NAME" not in name
        and not list(ROOT.glob(name.rstrip("/")))
        and not list((ROOT / page).parent.glob(name))
        and not list(ROOT.glob(f"*/**/{name}"))
    ]
    assert wrong == []


def test_every_setting_that_is_named_exists() -> None:
    known = {name for field in Settings.model_fields for name in variable_names(field)}
    elsewhere = {"AMARATHON_DATASETS"}
    assert {name for _, name in every(r"\b(AMARATHON_[A-Z_]+)\b")} - known - elsewhere == set()


def test_every_configuration_that_is_named_parses() -> None:
    wrong = []
    for page, name in every(r"`([a-z]+@[0-9.]+(?::[a-z_]+=[\w.]+)*(?:\+[a-z]+@[0-9.]+)*)`"):
        try:
            parse_configurations([name])
        except ConfigurationError as error:
            wrong.append((page, name, str(error)))
    # A method that the page on methods makes up, and an adapter that a reader would have trained.
    assert [each for each in wrong if each[1] not in ("loudest@0.6", "pool@3:lora=mine")] == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r": ([\w/-]+\.md)$", navigation, re.MULTILINE))
    assert named == {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        assert not re.search(
            r'(?:src|href)="https?://(?:fonts|cdn|unpkg)', page.read_text(encoding="utf-8")
        ), page


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == amarathon.__version__
