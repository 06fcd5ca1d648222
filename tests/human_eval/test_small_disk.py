"""A disk that really is full: what is refused is said, what was acknowledged is there, and work goes on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT

SIZE = "3m"


def test_answers_on_a_full_disk(dataset: Path, tmp_path: Path) -> None:
    own = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets no user mount a disk of their own")
    mounted = f'mount -t tmpfs -o size={SIZE} tmpfs "$0" && exec "$@"'
    program = [sys.executable, "-m", "tests.human_eval.small_disk", str(tmp_path), str(dataset)]
    done = subprocess.run(
        [*own, "sh", "-c", mounted, str(tmp_path), *program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {status for _, status, _ in found["acknowledged"]} == {200}
    assert {(status, sentence) for _, status, sentence in found["refused"]} == {
        (503, "The disk of the database is full. Nothing of this was stored; try again later.")
    }
    assert sorted(found["stored"]) == sorted(number for number, _, _ in found["acknowledged"])
    assert found["fault"] == "The disk of the data folder is full."
    assert found["reads"] == 200
