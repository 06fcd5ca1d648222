"""The few samples that come with the package."""

from importlib.resources import files
from pathlib import Path

BUNDLED = "bundled"


def bundled_folder() -> Path:
    """The folder of the package's own samples, in our folder form."""
    return Path(str(files("amarathon"))) / "assets" / "samples"
