"""The pages' scripts and styles."""

from pathlib import Path

from human_eval.api.requests import PREFIX
from web.static_files import StaticFolder

STATIC = StaticFolder(Path(__file__).parent / "static", f"{PREFIX}/static")
