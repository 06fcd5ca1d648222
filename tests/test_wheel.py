"""The built wheel, installed apart from this checkout: all files, the command, the app."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from amarathon.cli.serve import GROUP
from human_eval.assets import STATIC as PEOPLE
from leaderboard.assets import STATIC as BOARD
from live_demo.assets import STATIC as DEMO
from tests.serving import ROOT, serving

COMMAND = "from amarathon.cli import main; main()"
PACKAGES = ("amarathon", "front_door", "human_eval", "leaderboard", "live_demo", "web")
SCRIPTS = ((BOARD, "main.js"), (PEOPLE, "annotate.js"), (DEMO, "timeline.js"))
# What the Python index takes as one file, unless asked for more.
MOST_BYTES = 100_000_000


def listed(*paths: str) -> list[str]:
    """Files that belong to the repository."""
    command = ["git", "ls-files", "-z", *paths]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in done.stdout.split("\0") if name]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # A copy, so that building leaves nothing behind in the checkout.
    for name in listed("pyproject.toml", "README.md", "LICENSE", *PACKAGES):
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    pip(*build, str(folder / "source"))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder that holds the wheel's content and nothing else of this project."""
    site = wheel.parent / "site"
    pip("install", "--no-deps", "--target", str(site), str(wheel))
    return site


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, check=True)


def search_path(installed: Path) -> dict[str, str]:
    """The wheel before all else: folders on PYTHONPATH are searched before the editable install is asked."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    return {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


def python(installed: Path, *arguments: str) -> str:
    """Run Python with the wheel and its dependencies, away from the checkout."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed.parent,
        env=os.environ | search_path(installed),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_every_package_is_in_it_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == set(listed(*PACKAGES))


def test_it_is_small_enough_for_the_index(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_is_what_is_imported(installed: Path, package: str) -> None:
    place = python(installed, "-c", f"import {package}; print({package}.__path__[0])")
    assert place.startswith(str(installed))


def test_it_has_the_command_and_what_the_command_serves(installed: Path) -> None:
    (found,) = distributions(name="amarathon", path=[str(installed)])
    assert {(point.group, point.name): point.value for point in found.entry_points} == {
        ("console_scripts", "amarathon"): "amarathon.cli:main",
        (GROUP, "serve"): "front_door.app:main",
    }


@pytest.mark.parametrize("model", ["small", "small-untrained"])
def test_one_evaluation(installed: Path, model: str) -> None:
    out = installed.parent / model
    asked = ["--model", model, "--tasks", "SGR", "--limit", "1", "--configurations", "frame@0.9", "--quiet"]
    python(installed, "-c", COMMAND, "evaluate", "--out", str(out), *asked)
    (line,) = (out / "predictions.jsonl").read_text().splitlines()
    assert json.loads(line)["error"] is None


def test_the_whole_app_is_served_from_it_in_any_folder(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMMAND, "app"]
    with serving(tmp_path, command, cwd=tmp_path, **search_path(installed)) as app:
        for path in ("/", "/demo", "/annotate", "/verify"):
            assert app.get(path).status_code == 200, path
        for folder, name in SCRIPTS:
            assert app.get(f"{folder.address}/{name}").status_code == 200, folder.address
        assert app.get("/v1/samples").json()
        assert app.data == tmp_path / "data"
        assert (app.data / "human_eval.sqlite").is_file()
