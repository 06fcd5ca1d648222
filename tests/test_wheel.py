"""The built wheel, installed apart from this checkout, evaluates a model."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EVALUATE = "from amarathon.cli import main; main()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's content and nothing else of this project."""
    folder = tmp_path_factory.mktemp("wheel")
    # A copy, so that building leaves nothing behind in the checkout.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "pyproject.toml", "README.md", "LICENSE", "amarathon"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(folder / "source"),
    ]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(folder / "site"), str(wheel)], check=True)
    return folder / "site"


def python(installed: Path, *arguments: str) -> str:
    """Run Python with the wheel and its dependencies, away from the checkout."""
    # Folders on PYTHONPATH are searched before the editable install is asked.
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed.parent,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_is_what_is_imported(installed: Path) -> None:
    assert python(installed, "-c", "import amarathon; print(amarathon.__file__)").startswith(str(installed))


@pytest.mark.parametrize("model", ["small", "small-untrained"])
def test_one_evaluation(installed: Path, model: str) -> None:
    out = installed.parent / model
    asked = ["--model", model, "--tasks", "SGR", "--limit", "1", "--configurations", "frame@0.9", "--quiet"]
    python(installed, "-c", EVALUATE, "evaluate", "--out", str(out), *asked)
    (line,) = (out / "predictions.jsonl").read_text().splitlines()
    assert json.loads(line)["error"] is None


def test_every_file_of_the_package_is_in_it(installed: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "amarathon"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    missing = [name for name in listed if name and not (installed / name).is_file()]
    assert missing == []
