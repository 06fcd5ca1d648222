"""The credits that the licences of the bundled files ask for."""

from collections.abc import Sequence

from amarathon.assets import ASSETS_FOLDER, Asset
from amarathon.models.fetched import FETCHED, FetchedModel

ATTRIBUTION_PATH = ASSETS_FOLDER / "ATTRIBUTION.md"

_HEAD = """# Credits of the bundled files

The code of this project is licensed under Apache-2.0. The files listed here are not: each keeps the
licence of what it was made from, and no file mixes two licences. This page is made from
`manifest.json` by `python -m amarathon.bundling.samples`.
"""

_FETCHED = """# Credits of what is fetched at set-up

Not bundled: `amarathon models fetch` gets it, and writes `source.json` beside it.
"""


def attribution(assets: Sequence[Asset]) -> str:
    """Write the credits of some assets as Markdown.

    Parameters
    ----------
    assets : sequence of Asset

    Returns
    -------
    str
    """
    fetched = [_FETCHED, *(_credit_of_fetched(model) for model in FETCHED.values())]
    return "\n".join([_HEAD, *(_credit(asset) for asset in assets), *fetched])


def _credit(asset: Asset) -> str:
    lines = [
        f"## {asset.title}",
        "",
        f"- File: `{asset.path}`",
        f"- Author: {asset.author}",
        f"- Licence: [{asset.licence}]({asset.licence_url})",
        f"- Source: {asset.source}",
        f"- Changes: {asset.changes}",
    ]
    if asset.parts:
        names = ", ".join(f"`{part.name}`" for part in asset.parts)
        lines.append(f"- Joined from, in order: {names}")
    return "\n".join(lines) + "\n"


def _credit_of_fetched(model: FetchedModel) -> str:
    package = model.package
    lines = [
        f"## {model.title}",
        "",
        f"- Author: {package.author}",
        f"- Licence: [{package.licence}](https://spdx.org/licenses/{package.licence}.html)",
        f"- Source: `{model.repository}` on the Hub at `{model.revision}`, "
        f"or the Python package {package.name} {package.version}",
        "- Changes: none to the tensors, which have the SHA-256 "
        f"`{model.tensors_sha256}`; from the package, named as transformers names them",
    ]
    return "\n".join(lines) + "\n"
