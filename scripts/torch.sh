#!/usr/bin/env bash
# Install torch without the CUDA libraries where no NVIDIA GPU is: 3 GB of downloads that nothing would use.
#
#   scripts/torch.sh PYTHON CONSTRAINTS
#
# TORCH_BACKEND=cpu or cuda decides where there is a choice; unset, a GPU that is there does. Nothing is done where
# torch is there in the version of the constraints, or where pip's own sources have a build without CUDA.
# uv knows where PyTorch keeps its builds; should that place not answer, pip takes the build with CUDA afterwards.
set -euo pipefail

python=$1
constraints=$2

has_gpu() { [ -e /dev/nvidiactl ] || [ -e /dev/dxg ]; }

backend=${TORCH_BACKEND:-$(has_gpu && echo cuda || echo cpu)}
case $backend in
  cuda) exit 0 ;;
  cpu) ;;
  *)
    echo "TORCH_BACKEND is '$backend': it has to be cpu or cuda." >&2
    exit 1
    ;;
esac
pin=$(sed -n 's/^torch==\([0-9.]*\).*/\1/p' "$constraints")
[ "$(uname -s)" = Linux ] && [ -n "$pin" ] || exit 0

installed() { "$python" -c "from importlib.metadata import version; assert version('torch').split('+')[0] == '$pin'"; }
installed 2>/dev/null && exit 0

# The metadata that pip would go by: a build with CUDA asks for NVIDIA's libraries.
asks_for_cuda='import json, sys
(found,) = json.load(sys.stdin)["install"]
asked = found["metadata"].get("requires_dist", [])
sys.exit(not any(name.startswith(("nvidia-", "cuda-")) for name in asked))'
"$python" -m pip install --disable-pip-version-check --quiet --dry-run --no-deps --report - "torch==$pin" |
  "$python" -c "$asks_for_cuda" || exit 0

echo "Installing torch $pin for processors (TORCH_BACKEND=cuda for NVIDIA GPUs)."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
"$python" -m pip install --disable-pip-version-check --quiet --target "$tool" --constraint "$constraints" uv
"$tool/bin/uv" pip install --quiet --no-cache --no-deps --python "$python" --torch-backend cpu "torch==$pin" ||
  echo "PyTorch's builds for processors cannot be reached: the one with CUDA follows, 3 GB of downloads." >&2
