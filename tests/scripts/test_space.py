"""What `scripts/space.py` writes is what a Space takes."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.serving import ROOT

# huggingface.co/docs/hub/spaces-config-reference and spaces-oauth, as of November 2026.
KNOWN = {
    *(
        "title",
        "emoji",
        "colorFrom",
        "colorTo",
        "sdk",
        "sdk_version",
        "python_version",
        "app_file",
        "app_port",
    ),
    *(
        "pinned",
        "license",
        "short_description",
        "suggested_hardware",
        "hf_oauth",
        "hf_oauth_expiration_minutes",
    ),
}
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
LONGEST_DESCRIPTION = 60


@pytest.fixture(scope="module", params=["gradio", "docker"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The kind, and the folder."""
    folder = tmp_path_factory.mktemp("space") / request.param
    subprocess.run([sys.executable, "scripts/space.py", request.param, str(folder)], cwd=ROOT, check=True)
    return request.param, folder


def test_the_front_matter_is_what_a_space_reads(written: tuple[str, Path]) -> None:
    kind, folder = written
    _, head, text = (folder / "README.md").read_text().split("---\n", 2)
    fields = yaml.safe_load(head)
    assert fields.keys() <= KNOWN
    assert fields["sdk"] == kind
    assert {fields["colorFrom"], fields["colorTo"]} <= COLOURS
    assert len(fields["short_description"]) <= LONGEST_DESCRIPTION
    assert fields["hf_oauth"] is True
    assert text == (ROOT / "README.md").read_text()
    if kind == "gradio":
        assert (folder / fields["app_file"]).is_file()
        project = (ROOT / "pyproject.toml").read_text().partition('requires-python = "')[2].partition('"')[0]
        assert Version(fields["python_version"]) in SpecifierSet(project)
        assert Version(fields["sdk_version"]).major == 6
    else:
        assert f"EXPOSE {fields['app_port']}" in (folder / "Dockerfile").read_text()


def test_what_the_app_needs_is_there(written: tuple[str, Path]) -> None:
    _, folder = written
    assert {"app.py", "amarathon", "web", "requirements.txt"} <= {path.name for path in folder.iterdir()}
    assert not (folder / "tests").exists()
    assert (folder / "amarathon/assets/models/small/model.safetensors").stat().st_size > 1e7


def test_requirements_are_pinned_but_for_what_the_builder_brings(written: tuple[str, Path]) -> None:
    kind, folder = written
    if kind == "docker":
        assert (folder / "requirements.txt").read_text() == (ROOT / "requirements.txt").read_text()
        return
    found = {each.name: each for each in map(Requirement, (folder / "requirements.txt").read_text().split())}
    asked = [
        Requirement(line)
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert found.keys() == {each.name for each in asked}
    for each in asked:
        pins = [one.version for one in found[each.name].specifier if one.operator == "=="]
        assert bool(pins) == (each.name not in {"gradio", "torch"}), each
        assert all(pin in each.specifier for pin in pins), each
        assert found[each.name].extras == each.extras


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    command = [sys.executable, "scripts/space.py", "gradio", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"The folder {tmp_path} is not empty.\n")
