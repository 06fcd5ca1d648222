"""What is installed: ranges, tested versions and the package's own metadata agree."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SETS = {
    "requirements.txt": "constraints.txt",
    "requirements-test.txt": "constraints.txt",
    "requirements-kvpress.txt": "constraints-kvpress.txt",
    "requirements-label-studio.txt": "constraints-label-studio.txt",
}
# Label Studio stands alone; the others have the package beside them, and so its torch.
WITH_PACKAGE = ("constraints.txt", "constraints-kvpress.txt")


def read(name: str) -> dict[str, Requirement]:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def project() -> dict[str, Requirement]:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, listed)}


def test_application_asks_for_all_that_the_package_asks_for() -> None:
    application = read("requirements.txt")
    assert {name: str(application.get(name)) for name in project()} == {
        name: str(requirement) for name, requirement in project().items()
    }


@pytest.mark.parametrize(("requirements", "constraints"), SETS.items())
def test_every_requirement_has_a_tested_version_in_its_range(requirements: str, constraints: str) -> None:
    tested = read(constraints)
    wanted = read(requirements) | (project() if constraints == "constraints-kvpress.txt" else {})
    for name, requirement in wanted.items():
        (pin,) = tested[name].specifier
        assert pin.operator == "==", name
        assert requirement.specifier.contains(pin.version), name


@pytest.mark.parametrize("constraints", sorted(set(SETS.values())))
def test_tested_versions_fit_any_machine(constraints: str) -> None:
    """No local label, no address, no path: the same file serves a CPU and a GPU."""
    text = (ROOT / constraints).read_text()
    assert not re.search(r"^[^#].*(\+|@|//|file:)", text, re.MULTILINE)
    if constraints in WITH_PACKAGE:
        assert read(constraints)["torch"].specifier == Requirement("torch==2.13.0").specifier


@pytest.mark.parametrize(
    "name", [*SETS, *sorted(set(SETS.values())), "pyproject.toml", "Makefile", "Dockerfile", "scripts"]
)
def test_no_index_is_named(name: str) -> None:
    place = ROOT / name
    for file in [place] if place.is_file() else place.iterdir():
        assert not re.search(r"index-url|find-links|pypi\.org|download\.pytorch", file.read_text()), file
