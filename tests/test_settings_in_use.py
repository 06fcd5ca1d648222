"""Every setting does something: no variable is read and then forgotten."""

import re
from pathlib import Path

import pytest

from amarathon.settings import Settings

ROOT = Path(__file__).parents[1]
FOLDERS = ("amarathon", "human_eval", "leaderboard", "live_demo", "web", "front_door")


@pytest.fixture(scope="module")
def source() -> str:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_read_somewhere(source: str, name: str) -> None:
    own = name if name not in {"data", "models", "runs_folder"} else f"{name}|runs|uploads|fetched_models"
    assert re.search(rf"\b(settings|self|load_settings\(\))\.({own})\b", source), name
    if name != "trusted_proxies":  # by `Settings.proxies`
        assert re.search(rf"settings(\(\))?\.({own})\b", source), name
