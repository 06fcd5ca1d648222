"""The documentation and the code name the same things."""

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import amarathon
from amarathon.compression import METHODS, parse_configurations
from amarathon.construction.corpora import CORPORA
from amarathon.errors import ConfigurationError
from amarathon.models.families import FAMILIES
from amarathon.models.remote.services import SERVICES
from amarathon.settings import Settings, variable_names
from amarathon.tasks import TASKS
from docs import registries
from front_door.app import PAGES
from tests.docs.pages import ROOT, command_lines, every, pages

TOP = "amarathon|front_door|leaderboard|human_eval|live_demo|web|benchmarks|docs|tests|scripts"
COMMANDS = registries.commands()


def command_of(words: list[str]) -> str | None:
    """The command that a line begins with, whose name has two to four words."""
    names = (" ".join(words[:count]) for count in (4, 3, 2))
    return next((name for name in names if name in COMMANDS), None)


def test_every_command_that_is_named_exists() -> None:
    groups = {name.rsplit(" ", 1)[0] for name in COMMANDS}
    named = every(r"`((?:amarathon|python -m human_eval|python -m leaderboard)(?: [a-z][a-z-]+)+)")
    wrong = [
        (page, text) for page, text in named if text not in groups and command_of(text.split(" ")) is None
    ]
    assert wrong == []


def test_every_line_for_the_shell_calls_a_command_with_options_that_it_has() -> None:
    lines = [(page, line) for page, line in command_lines() if not line.startswith("make")]
    assert len(lines) > 30
    wrong = []
    for page, line in lines:
        words = line.split()
        name = command_of(words)
        params = COMMANDS[name].params if name else []
        options = {option for param in params for option in (*param.opts, *param.secondary_opts, "--help")}
        written = {word for word in words if word.startswith("--")}
        if written - options if name else words[-1] != "--help":
            wrong.append((page, line))
    assert wrong == []


def test_every_make_target_that_is_named_exists_and_every_one_is_named() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {name for _, name in every(r"(?:`|^ {4}|=\S+ )make ([a-z-]+)", re.MULTILINE)}
    assert named - targets == set()
    assert [name for name in targets if not re.search(rf"\b{name}\b", everything())] == []


def test_every_name_of_the_library_that_is_named_exists() -> None:
    wrong = []
    for page, name in every(r"(?:`|::: )((?:amarathon|human_eval|leaderboard|live_demo|web)(?:\.\w+)+)"):
        # An entry point's group is no module.
        if name != "amarathon.methods" and not exists(name):
            wrong.append((page, name))
    assert wrong == []


def exists(name: str) -> bool:
    """Whether a dotted name is a module's, or an attribute's of one."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def everything() -> str:
    """The text of all pages."""
    return "\n".join(pages().values())


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("command", COMMANDS),
        ("method", METHODS),
        ("task", TASKS),
        ("corpus", CORPORA),
        ("family", [family.title for family in FAMILIES]),
        ("service", [service.title for service in SERVICES.values()]),
        ("key", [service.key_variable for service in SERVICES.values()]),
        ("setting", [name for field in Settings.model_fields for name in variable_names(field)]),
        ("public name", [name for name in amarathon.__all__ if not name.startswith("_")]),
    ],
)
def test_everything_that_exists_is_named(kind: str, names: list[str]) -> None:
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", everything())] == []


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
    elsewhere = {"AMARATHON_DATASETS", "AMARATHON_API_KEY"}
    assert {name for _, name in every(r"\b(AMARATHON_[A-Z_]+)\b")} - known - elsewhere == set()


def test_every_configuration_that_is_named_parses() -> None:
    wrong = []
    for page, name in every(r"`([a-z]+@[0-9.]+(?::[a-z_]+=[\w.]+)*(?:\+[a-z]+@[0-9.]+)*)`"):
        try:
            parse_configurations([name])
        except ConfigurationError as error:
            wrong.append((page, name, str(error)))
    # A method that the page on methods makes up, and an adapter that a reader would have trained.
    assert [fault for fault in wrong if fault[1] not in ("loudest@0.6", "pool@3:lora=mine")] == []


def test_every_route_that_is_named_exists() -> None:
    known = {path for _, path, _ in registries.operations()} | {
        "/openapi.json",
        *(page.path for page in PAGES),
    }
    patterns = [re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))) for path in known]
    named = every(r"`(?:[A-Z]+ )?(/(?:v1/[^`?#]*|healthz|openapi\.json|annotate|verify|demo))[`?#]")
    assert len(named) > len(patterns)
    assert [
        (page, path) for page, path in named if not any(known.fullmatch(path) for known in patterns)
    ] == []


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
    built_pages = list((tmp_path / "site").rglob("*.html"))
    assert len(built_pages) > 15
    assert not list((tmp_path / "site").rglob("*.py"))
    for page in built_pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="https?://(?:fonts|cdn|unpkg)', text), page
        assert not re.search(r"\{\{ \w+ \}\}", text), f"{page}: a table is not filled in"


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == amarathon.__version__


def test_every_picture_is_there_small_and_described() -> None:
    pictures = [
        (ROOT / page, words, path)
        for page, text in pages().items()
        for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    ]
    assert len(pictures) >= 6
    for page, words, path in pictures:
        assert len(words) > 20, (page, path)
        assert (page.parent / path).stat().st_size < 150_000, (page, path)


def test_the_examples_in_python_parse_and_import_what_exists() -> None:
    blocks = every(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5
    wrong = []
    for page, block in blocks:
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "amarathon":
                names = [f"{node.module}:{alias.name}" for alias in node.names]
                wrong += [(page, name) for name in names if not exists(name)]
    assert wrong == []
