"""The pages' scripts and styles."""

from pathlib import Path

from web.static_files import StaticFolder

# Where the JSON routes of human evaluation begin.
PREFIX = "/v1/human"
STATIC = StaticFolder(Path(__file__).parent / "static", f"{PREFIX}/static")
