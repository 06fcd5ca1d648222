"""The binaries that come with the package, and where each of them is from.

`manifest.json` beside this file is the one list of them; `ATTRIBUTION.md` is made from it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from amarathon.errors import AmarathonError

ASSETS_FOLDER = Path(__file__).resolve().parent
MANIFEST_PATH = ASSETS_FOLDER / "manifest.json"
# Measured here, packed; the leaderboard shows them beside those of the runs folder.
BUNDLED_RUNS = ASSETS_FOLDER / "runs"


@dataclass(frozen=True)
class Part:
    """A piece of a joined recording.

    Attributes
    ----------
    name : str
        The source recording.
    onset_s, duration_s : float
        Where it lies in the joined recording, seconds.
    """

    name: str
    onset_s: float
    duration_s: float


@dataclass(frozen=True)
class Asset:
    """A bundled binary.

    Attributes
    ----------
    path : str
        Relative to this package's folder, with forward slashes.
    kind : str
        ``"sample"`` (an example to listen to), ``"benchmark"``, ``"weights"`` or ``"run"``.
    title, author : str
    licence : str
        An SPDX identifier.
    licence_url : str
    source : str
        Where the original is to be had: package, version and file.
    changes : str
        What was done to the original; the licences ask for it.
    sha256 : str
        Of the file.
    bytes : int
    parts : tuple of Part
        What a recording was joined from, in order; empty where it is one piece.
    """

    path: str
    kind: str
    title: str
    author: str
    licence: str
    licence_url: str
    source: str
    changes: str
    sha256: str
    bytes: int
    parts: tuple[Part, ...] = ()


def bundled_assets() -> list[Asset]:
    """List what is bundled, in the manifest's order.

    Returns
    -------
    list of Asset
    """
    entries = json.loads(MANIFEST_PATH.read_text(encoding="utf-8"))["assets"]
    return [Asset(**entry | {"parts": tuple(Part(**part) for part in entry["parts"])}) for entry in entries]


def asset_path(relative: str) -> Path:
    """Find a bundled file.

    Parameters
    ----------
    relative : str
        Path inside this package's folder, with forward slashes.

    Returns
    -------
    Path

    Raises
    ------
    AmarathonError
        There is no such file, or the path leads out of the folder.
    """
    path = (ASSETS_FOLDER / relative).resolve()
    if not path.is_relative_to(ASSETS_FOLDER) or not path.is_file():
        raise AmarathonError(f"'{relative}' is not a bundled file.")
    return path
