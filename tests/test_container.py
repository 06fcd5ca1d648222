"""The image and the compose files: what hosts rely on is said, and says what the app understands."""

import json
import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from amarathon.settings import Settings, variable_names

ROOT = Path(__file__).parents[1]
# Of libraries, and of the shell.
OTHERS = {"HF_HOME", "PATH", "XDG_CACHE_HOME"}
KNOWN = {variable for name in Settings.model_fields for variable in variable_names(name)}


def compose(name: str = "compose.yaml") -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return loaded


def steps() -> list[tuple[str, str]]:
    """Instructions of the last stage: word and rest, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines[last:]]


def step(word: str) -> str:
    (found,) = [rest for name, rest in steps() if name == word]
    return found


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_it_runs_without_root_and_without_a_shell() -> None:
    assert int(step("USER")) > 0
    assert json.loads(step("CMD")) == ["amarathon", "app"]
    assert "/healthz" in json.loads(step("HEALTHCHECK").split("CMD ", 1)[1])[-1]


def test_all_that_is_written_is_in_the_volume() -> None:
    variables = dict(pair.split("=", 1) for pair in step("ENV").split())
    assert variables["AMARATHON_DATA"] == step("VOLUME") == step("WORKDIR") == "/data"
    assert {variables[name].split("/")[1] for name in ("HF_HOME", "XDG_CACHE_HOME")} == {"data"}
    assert set(variables) <= KNOWN | OTHERS


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    let_in = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    assert {name for name in let_in if not (ROOT / name).exists()} == set()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "docs"}
    needed = packages | {
        "scripts",
        "pyproject.toml",
        "requirements.txt",
        "constraints.txt",
        "README.md",
        "LICENSE",
    }
    assert let_in == needed


@pytest.mark.parametrize("service", ["app", "database"])
def test_services_keep_what_they_hold_and_start_again(service: str) -> None:
    described = compose()["services"][service]
    volumes = [volume.split(":")[0] for volume in described["volumes"]]
    assert set(volumes) <= set(compose()["volumes"])
    assert described["restart"] == "unless-stopped"


def test_the_app_waits_for_its_database_and_is_told_of_it() -> None:
    app, database = (compose()["services"][name] for name in ("app", "database"))
    assert app["depends_on"]["database"]["condition"] == "service_healthy"
    assert "pg_isready" in database["healthcheck"]["test"]
    assert set(app["environment"]) <= KNOWN
    told, own = app["environment"]["DATABASE_URL"], database["environment"]
    assert told.startswith(f"postgresql://{own['POSTGRES_USER']}:{own['POSTGRES_PASSWORD']}@database/")
    assert told.endswith(f"/{own['POSTGRES_DB']}")


def test_the_app_is_confined_and_seen_from_this_machine_alone() -> None:
    app = compose()["services"]["app"]
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert app["tmpfs"] == ["/tmp"]
    assert app["volumes"] == [f"data:{step('VOLUME')}"]
    (port,) = app["ports"]
    assert port.startswith("127.0.0.1:")
    assert port.endswith(f":{step('EXPOSE')}")


def test_the_file_for_gpus_changes_the_build_and_nothing_of_the_rest() -> None:
    (name,) = compose("compose.cuda.yaml")["services"]
    described = compose("compose.cuda.yaml")["services"][name]
    assert (name, set(described)) == ("app", {"build", "deploy"})
    plain = compose()["services"]["app"]["build"]["args"]
    assert set(described["build"]["args"]) == set(plain)
    assert {plain["TORCH_BACKEND"], described["build"]["args"]["TORCH_BACKEND"]} == {"cpu", "cuda"}


@pytest.mark.parametrize(
    ("backend", "says"), [("cuda", ""), ("metal", "TORCH_BACKEND is 'metal': it has to be cpu or cuda.\n")]
)
def test_the_build_argument_is_one_that_is_understood(backend: str, says: str) -> None:
    command = ["scripts/torch.sh", "python-that-is-not-asked", "constraints.txt"]
    environment = os.environ | {"TORCH_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (int(bool(says)), says)
