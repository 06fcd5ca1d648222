"""The page's scripts and styles."""

from pathlib import Path

from web.static_files import StaticFolder

STATIC = StaticFolder(Path(__file__).parent / "static", "/v1/demo/static")
