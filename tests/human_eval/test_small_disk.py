"""A disk that really is full: what is refused is said, what was acknowledged is there, and work goes on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT

SIZE = "3m"


NAMESPACES = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])
UNKNOWN = "The database cannot be read or written now."
END = "Nothing of this was stored; try again later."


def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def check(done: "subprocess.CompletedProcess[str]", sentence: str, fault: str | None) -> None:
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {status for _, status, _ in found["acknowledged"]} == {200}
    told = {(status, told) for _, status, told in found["refused"]}
    # Where it is the log's index that finds no room, SQLite does not say that the disk is full.
    assert told <= {(503, f"{each} {END}") for each in (sentence, UNKNOWN)}
    assert sorted(found["stored"]) == sorted(number for number, _, _ in found["acknowledged"])
    assert found["fault"] == fault
    assert found["reads"] == 200


def program(kind: str, folder: Path, dataset: Path) -> list[str]:
    return [sys.executable, "-m", "tests.human_eval.small_disk", kind, str(folder), str(dataset)]


def test_answers_on_a_full_disk(dataset: Path, tmp_path: Path) -> None:
    own = next((each for each in NAMESPACES if run([*each, "true"]).returncode == 0), None)
    if own is None:
        pytest.skip("this machine lets nobody mount a disk of their own")
    mounted = ["sh", "-c", f'mount -t tmpfs -o size={SIZE} tmpfs "$0" && exec "$@"', str(tmp_path)]
    done = run([*own, *mounted, *program("full", tmp_path, dataset)])
    check(done, "The disk of the database is full.", "The disk of the data folder is full.")


def test_answers_where_files_may_not_grow(dataset: Path, tmp_path: Path) -> None:
    check(run(program("limit", tmp_path, dataset)), UNKNOWN, None)
