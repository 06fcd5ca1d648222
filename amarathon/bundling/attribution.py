"""The credits that the licences of the bundled files ask for."""

from collections.abc import Sequence

from amarathon.assets import ASSETS_FOLDER, Asset

ATTRIBUTION_PATH = ASSETS_FOLDER / "ATTRIBUTION.md"

_HEAD = """# Credits of the bundled files

The code of this project is licensed under Apache-2.0. The files listed here are not: each keeps the
licence of what it was made from, and no file mixes two licences. This page is made from
`manifest.json` by `python -m amarathon.bundling.samples`.
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
    return "\n".join([_HEAD, *(_credit(asset) for asset in assets)])


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
