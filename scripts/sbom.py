"""List all that the app consists of, as a CycloneDX 1.6 document: ``scripts/sbom.py FILE``.

Packages are those of this interpreter's environment that ``requirements.txt`` asks for, with all that they
ask for; data is what ``amarathon/assets/manifest.json`` lists; models are those that are fetched at set-up.
Fonts and scripts that come to a browser from within a package stand beside it, each with its hash.
"""

import json
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from amarathon import __version__
from amarathon.models.fetched import FETCHED

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "amarathon" / "assets"
TO_BROWSERS = {".otf", ".ttf", ".woff", ".woff2"}
LICENCES = LicenseFactory()
NO_LICENCE = "not stated"


def document(root: Path = ROOT) -> Bom:
    """The whole list."""
    app = Component(
        name="amarathon",
        version=__version__,
        type=ComponentType.APPLICATION,
        bom_ref="amarathon",
        licenses=[LICENCES.make_from_string("Apache-2.0")],
    )
    bom = Bom()
    bom.metadata.component = app
    found = distributions((root / "requirements.txt").read_text(encoding="utf-8"))
    packages = {name: package(each) for name, (each, _) in sorted(found.items())}
    data = [*assets(), *models()]
    for component in (*packages.values(), *data):
        bom.components.add(component)
    asked = direct((root / "requirements.txt").read_text(encoding="utf-8"))
    bom.register_dependency(app, [*(packages[each.name] for each in asked if each.name in packages), *data])
    for name, (each, extras) in found.items():
        needs = (canonical(one.name) for one in needed(each, extras))
        bom.register_dependency(
            packages[name], [packages[one] for one in dict.fromkeys(needs) if one in packages]
        )
    return bom


def canonical(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def direct(text: str) -> list[Requirement]:
    """What a requirements file asks for on this machine."""
    lines = (line.strip() for line in text.splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for each in found:
        each.name = canonical(each.name)
    return [each for each in found if each.marker is None or each.marker.evaluate()]


def needed(found: Distribution, extras: set[str]) -> list[Requirement]:
    """What a package asks for on this machine, with some of its extras."""
    asked = [Requirement(line) for line in found.requires or ()]
    chosen = [{"extra": extra} for extra in ("", *extras)]
    return [each for each in asked if each.marker is None or any(map(each.marker.evaluate, chosen))]


def distributions(requirements: str) -> dict[str, tuple[Distribution, set[str]]]:
    """The packages that are asked for, directly or by another, with the extras that are; by canonical name.

    Raises
    ------
    SystemExit
        If one that is asked for directly is not installed.
    """
    waiting = direct(requirements)
    first = {each.name for each in waiting}
    found: dict[str, tuple[Distribution, set[str]]] = {}
    while waiting:
        asked = waiting.pop()
        name = canonical(asked.name)
        if name in found and asked.extras <= found[name][1]:
            continue
        try:
            installed, extras = found.setdefault(name, (distribution(name), set()))
        except PackageNotFoundError:
            if name in first:
                sys.exit(f"{name} is not installed: run this with the app's environment.")
            continue
        extras |= asked.extras
        waiting += needed(installed, extras)
    return found


def package(found: Distribution) -> Component:
    """A package, and what it brings to browsers."""
    name, version = canonical(found.metadata["Name"]), found.version
    made = Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pkg:pypi/{name}@{version}",
        purl=PackageURL("pypi", name=name, version=version),
        licenses=[LICENCES.make_from_string(licence) for licence in licence_of(found)],
    )
    for path in found.files or ():
        if path.suffix in TO_BROWSERS or path.name == "plotly.min.js":
            content = Path(str(found.locate_file(path))).read_bytes()
            made.components.add(
                Component(
                    name=str(path),
                    type=ComponentType.FILE,
                    bom_ref=f"{made.bom_ref}#{path}",
                    hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256(content).hexdigest())],
                )
            )
    return made


def licence_of(found: Distribution) -> list[str]:
    """A package's licence as it states it: an expression, a short name, or its classifiers."""
    metadata = found.metadata
    stated = metadata["License-Expression"] or metadata["License"] or ""
    if stated and "\n" not in stated.strip() and len(stated) < 100:
        return [stated.strip()]
    classifiers = [each for each in metadata.get_all("Classifier") or () if each.startswith("License :: ")]
    return [each.rpartition(" :: ")[2] for each in classifiers][:1] or [NO_LICENCE]


def assets() -> Iterator[Component]:
    """The recordings, weights and runs that lie in this repository, by their manifest."""
    kinds = {"weights": ComponentType.MACHINE_LEARNING_MODEL}
    manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    for asset in manifest["assets"]:
        yield Component(
            name=asset["path"],
            type=kinds.get(asset["kind"], ComponentType.DATA),
            bom_ref=f"asset:{asset['path']}",
            description=asset["title"],
            supplier=OrganizationalEntity(name=asset["author"]),
            licenses=[licence(asset["licence"], asset["licence_url"])],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=asset["sha256"])],
            properties=[Property(name="amarathon:source", value=asset["source"])],
        )


def licence(name: str, url: str) -> License:
    """A licence of data with its address; one that SPDX does not know goes by its own name."""
    made = LICENCES.make_from_string(name)
    if not isinstance(made, License):  # an expression such as LicenseRef-...
        made = LICENCES.make_with_name(name)
    made.url = XsUri(url)
    return made


def models() -> Iterator[Component]:
    """What is fetched at set-up and is no part of the repository."""
    for model in FETCHED.values():
        yield Component(
            name=model.repository,
            version=model.revision,
            type=ComponentType.MACHINE_LEARNING_MODEL,
            bom_ref=f"model:{model.name}",
            scope=ComponentScope.OPTIONAL,
            description=f"{model.title}, fetched by `amarathon models fetch`",
            licenses=[LICENCES.make_from_string(model.package.licence)],
            external_references=[
                ExternalReference(
                    type=ExternalReferenceType.DISTRIBUTION,
                    url=XsUri(f"https://huggingface.co/{model.repository}/tree/{model.revision}"),
                )
            ],
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("scripts/sbom.py FILE")
    whole = document()
    Path(sys.argv[1]).write_text(JsonV1Dot6(whole).output_as_string(indent=2) + "\n", encoding="utf-8")
    stated = {each.name: [getattr(one, "name", "") for one in each.licenses] for each in whole.components}
    silent = sorted(name for name, licences in stated.items() if NO_LICENCE in licences)
    told = f"{len(whole.components)} components; no licence is stated by {', '.join(silent) or 'none'}."
    sys.stdout.write(f"{sys.argv[1]}: {told}\n")
