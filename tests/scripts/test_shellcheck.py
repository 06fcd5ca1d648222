"""Scripts of the shell are looked through by shellcheck."""

import subprocess
import sysconfig
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_shellcheck_finds_nothing() -> None:
    shellcheck = Path(sysconfig.get_path("scripts")) / "shellcheck"
    done = subprocess.run(
        [shellcheck, *sorted(SCRIPTS.glob("*.sh"))], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
