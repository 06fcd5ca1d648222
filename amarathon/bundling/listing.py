"""Writing the list of what is bundled, and the credits that follow from it."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from amarathon.assets import MANIFEST_PATH, Asset, bundled_assets
from amarathon.bundling.attribution import ATTRIBUTION_PATH, attribution


def list_anew(kind: str, assets: Sequence[Asset]) -> list[Asset]:
    """Replace what is listed of one kind of asset; write `manifest.json` and `ATTRIBUTION.md`.

    Parameters
    ----------
    kind : str
        See `Asset`.
    assets : sequence of Asset
        All there are of it.

    Returns
    -------
    list of Asset
        The whole manifest: samples first, as they come, then by the order of listing.
    """
    others = [asset for asset in bundled_assets() if asset.kind != kind]
    return _written([*assets, *others] if kind == "sample" else [*others, *assets])


def list_beside(assets: Sequence[Asset]) -> list[Asset]:
    """List assets in place of those with their paths; the others of their kind stay.

    Returns
    -------
    list of Asset
        The whole manifest.
    """
    paths = {asset.path for asset in assets}
    return _written([*(asset for asset in bundled_assets() if asset.path not in paths), *assets])


def _written(whole: list[Asset]) -> list[Asset]:
    manifest = json.dumps({"assets": [asdict(asset) for asset in whole]}, ensure_ascii=False, indent=1)
    MANIFEST_PATH.write_text(manifest + "\n", encoding="utf-8")
    ATTRIBUTION_PATH.write_text(attribution(whole), encoding="utf-8")
    return whole
