"""`scripts/torch.sh` with stand-ins for the interpreter and uv: when the build without CUDA is asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GPU = any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))
# As pip reported of torch 2.13.0 in November 2026, shortened: the Python index's build, and PyTorch's own.
WITH_CUDA = ["filelock", 'nvidia-cudnn-cu13==9.20.0.48; platform_system == "Linux"', "sympy>=1.13.3"]
WITHOUT = ["filelock", "sympy>=1.13.3"]
STAND_IN = """#!/usr/bin/env bash
echo "python $*" >>"{folder}/log"
case "$*" in
  *importlib.metadata*) exit {missing} ;;
  *--dry-run*) cat "{folder}/report.json" ;;
  "-c import json"*) exec "{python}" "$@" ;;
  *--target*)
    while [ "$1" != --target ]; do shift; done
    mkdir "$2/bin" && cp "{folder}/uv" "$2/bin/uv" ;;
esac
"""


def install(
    folder: Path, asks: list[str], *, missing: int = 1, uv: int = 0, backend: str = "cpu"
) -> tuple[str, list[str]]:
    """What the script says to whoever reads errors, and what was called."""
    for name, body in (
        ("python", STAND_IN.format(folder=folder, python=sys.executable, missing=missing)),
        ("uv", f'#!/usr/bin/env bash\necho "uv $*" >>"{folder}/log"\nexit {uv}\n'),
    ):
        (folder / name).write_text(body)
        (folder / name).chmod(0o755)
    (folder / "report.json").write_text(json.dumps({"install": [{"metadata": {"requires_dist": asks}}]}))
    (folder / "log").touch()
    done = subprocess.run(
        ["scripts/torch.sh", str(folder / "python"), "constraints.txt"],
        cwd=ROOT,
        env=os.environ | {"TORCH_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr, (folder / "log").read_text().splitlines()


def test_where_pip_would_take_cuda_the_other_build_comes_by_uv(tmp_path: Path) -> None:
    said, calls = install(tmp_path, WITH_CUDA)
    assert said == ""
    assert calls[-1].startswith("uv pip install")
    assert calls[-1].endswith("--torch-backend cpu torch==2.13.0")


def test_where_pip_has_a_build_without_cuda_it_is_left_to_pip(tmp_path: Path) -> None:
    said, calls = install(tmp_path, WITHOUT)
    assert said == ""
    assert [call for call in calls if call.startswith("uv ") or "--target" in call] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has two builds")
def test_where_the_other_build_cannot_be_had_a_sentence_says_what_follows(tmp_path: Path) -> None:
    said, _ = install(tmp_path, WITH_CUDA, uv=2)
    assert said.splitlines() == [
        "PyTorch's builds for processors cannot be reached: the one with CUDA follows, 3 GB of downloads."
    ]


def test_what_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    _, calls = install(tmp_path, WITH_CUDA, missing=0)
    assert len(calls) == 1


@pytest.mark.parametrize("backend", ["cuda", ""])
def test_a_gpu_decides_where_nothing_else_is_said(tmp_path: Path, backend: str) -> None:
    _, calls = install(tmp_path, WITH_CUDA, backend=backend)
    assert bool(calls) is (backend == "" and not GPU)
