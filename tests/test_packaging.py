"""What is installed: ranges, tested versions and the package's own metadata agree."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
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


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


def project(*extras: str) -> dict[str, Requirement]:
    """What an installation of the package brings, with these extras."""
    listed = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, listed)}


def test_a_checkout_has_what_the_package_with_the_app_and_the_builder_has() -> None:
    assert {name: str(requirement) for name, requirement in read("requirements.txt").items()} == {
        name: str(requirement) for name, requirement in project("app", "build").items()
    }


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_every_extra_is_on_the_page(extra: str) -> None:
    assert f"| `{extra}` |" in (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_extras_that_are_pinned_are_pinned_within_their_range(extra: str) -> None:
    tested = read("constraints.txt")
    for name, requirement in project(extra).items():
        for pin in tested[name].specifier if name in tested else ():
            assert requirement.specifier.contains(pin.version), name


@pytest.mark.parametrize(("requirements", "constraints"), SETS.items())
def test_every_requirement_has_a_tested_version_in_its_range(requirements: str, constraints: str) -> None:
    tested = read(constraints)
    wanted = read(requirements) | (project() if constraints == "constraints-kvpress.txt" else {})
    for name, requirement in wanted.items():
        (pin,) = tested[name].specifier
        assert pin.operator == "==", name
        assert requirement.specifier.contains(pin.version), name


def closure(requirements: Iterable[Requirement]) -> set[str]:
    """Every distribution that an installation of these brings here, by what each says it needs."""
    reached: set[tuple[str, str]] = set()
    waiting = [(found, {"extra": ""}) for found in requirements]
    while waiting:
        requirement, environment = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in reached:
                reached.add((name, extra))
                needed = distribution(name).requires or []
                waiting += [(Requirement(line), {"extra": extra}) for line in needed]
    return {name for name, _ in reached}


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-test.txt"])
def test_all_that_comes_along_has_a_tested_version(requirements: str) -> None:
    assert closure(read(requirements).values()) - set(read("constraints.txt")) == set()


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
    files = [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file()]
    for file in (file for file in files if file.suffix != ".pyc"):
        assert not re.search(r"index-url|find-links|pypi\.org|download\.pytorch", file.read_text()), file
