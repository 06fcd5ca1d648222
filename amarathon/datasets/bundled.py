"""The samples that come with the package: the compact AudioMarathon-mini, and examples to listen to."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

BUNDLED = "bundled"
EXAMPLES = "examples"
NAMED: Mapping[str, str] = {BUNDLED: "mini", EXAMPLES: "samples"}


def bundled_folder(name: str = BUNDLED) -> Path:
    """A folder of the package's own samples, in our folder form.

    Parameters
    ----------
    name : {"bundled", "examples"}
        A few test samples of each task of AudioMarathon-mini, or recordings of real speech and music.
    """
    return Path(str(files("amarathon"))) / "assets" / NAMED[name]
