"""The list of all that the app consists of is whole, and what CycloneDX says such a list is."""

import json
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

import amarathon
from tests.serving import ROOT

Listed = dict[str, Any]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sbom") / "sbom.json"
    subprocess.run([sys.executable, "scripts/sbom.py", str(path)], cwd=ROOT, check=True)
    return path.read_text()


@pytest.fixture(scope="module")
def listed(written: str) -> Listed:
    found: Listed = json.loads(written)
    return found


def of_kind(listed: Listed, kind: str) -> dict[str, Listed]:
    return {each["name"]: each for each in listed["components"] if each["type"] == kind}


def test_it_is_valid(written: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None


def test_every_package_is_there_in_its_version(listed: Listed) -> None:
    packages = of_kind(listed, "library")
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    for asked in (Requirement(line) for line in lines if not line.startswith("#")):
        assert packages[asked.name.lower().replace("_", "-")]["version"] == version(asked.name)
    assert {"starlette", "markupsafe", "psycopg-binary", "tokenizers"} <= packages.keys()
    assert not {"pytest", "mypy", "schemathesis"} & packages.keys()
    assert all(each["licenses"] for each in packages.values())
    assert all(each["purl"].startswith("pkg:pypi/") for each in packages.values())


def test_all_data_is_there_with_licence_and_hash(listed: Listed) -> None:
    data = of_kind(listed, "data") | of_kind(listed, "machine-learning-model")
    folder = Path(amarathon.__file__).parent / "assets"
    for asset in json.loads((folder / "manifest.json").read_text())["assets"]:
        found = data[asset["path"]]
        (digest,) = found["hashes"]
        assert digest["content"] == sha256((folder / asset["path"]).read_bytes()).hexdigest()
        (licence,) = found["licenses"]
        assert asset["licence"] in licence["license"].values()
    assert data["openai/whisper-tiny.en"]["scope"] == "optional"


def test_what_packages_bring_to_browsers_is_there(listed: Listed) -> None:
    packages = of_kind(listed, "library")
    (script,) = packages["plotly"]["components"]
    assert script["name"].endswith("plotly.min.js")
    assert any(each["name"].endswith(".woff2") for each in packages["gradio"]["components"])


def test_everything_hangs_together(listed: Listed) -> None:
    names = {each["bom-ref"] for each in listed["components"]} | {"amarathon"}
    needs = {each["ref"]: set(each.get("dependsOn", ())) for each in listed["dependencies"]}
    assert set().union(*needs.values()) <= names
    reached, waiting = set[str](), ["amarathon"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs.get(name, ())
    assert names == reached
