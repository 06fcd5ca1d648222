"""The build names what is missing; its network part runs only by hand."""

import subprocess
from pathlib import Path

import pytest

from amarathon.assets import build_samples
from amarathon.assets.recipe import PROMPT_AUDIO
from amarathon.errors import AmarathonError


def test_a_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_samples.shutil, "which", lambda _: None)
    with pytest.raises(AmarathonError, match="apt-get is not installed"):
        build_samples._unpack(PROMPT_AUDIO, tmp_path)


def test_an_unavailable_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = subprocess.CompletedProcess([], 100, "", "E: Unable to locate package\n")
    monkeypatch.setattr(build_samples.shutil, "which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr(build_samples.subprocess, "run", lambda *_, **__: answer)
    message = r"asterisk-core-sounds-en-g722=1\.6\.1-1 cannot be downloaded: E: Unable to locate package"
    with pytest.raises(AmarathonError, match=message):
        build_samples._unpack(PROMPT_AUDIO, tmp_path)


def test_another_package_of_the_same_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(_: object, cwd: Path, **__: object) -> subprocess.CompletedProcess[str]:
        (cwd / "a.deb").write_bytes(b"something else")
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(build_samples.shutil, "which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr(build_samples.subprocess, "run", download)
    with pytest.raises(AmarathonError, match="is not the one that the samples were made from"):
        build_samples._unpack(PROMPT_AUDIO, tmp_path)
