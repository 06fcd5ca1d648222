#!/usr/bin/env bash
# Make a virtual environment and install into it; nothing to do when the files it is made from are unchanged.
#
#   scripts/environment.sh [--alone] FOLDER CONSTRAINTS REQUIREMENTS...
#
# The package itself is installed too, editable, unless the requirements are to stand alone. A stamp beside
# the interpreter, one for each set of requirements, holds the files' checksum, so a second call touches
# neither pip nor the network.
set -euo pipefail

package=(--editable .)
if [ "$1" = --alone ]; then
  package=()
  shift
fi
folder=$1
constraints=$2
shift 2
requirements=("$@")

fail() {
  echo "$1" >&2
  exit 1
}

# An interpreter serves if it is of a supported version and can make virtual environments.
serves() {
  "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

find_python() {
  local name
  for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
    if [ -n "$name" ] && serves "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# The place counts too: an environment points to the folder that it was made for.
checksum=$(cat "$constraints" "${requirements[@]}" pyproject.toml "$0" <(pwd) | cksum)
stamp=$folder/installed-${requirements[0]}
if [ "$(cat "$stamp" 2>/dev/null)" = "$checksum" ] && serves "$folder/bin/python"; then
  exit 0
fi

if ! serves "$folder/bin/python"; then
  python=$(find_python) || {
    scripts/system-packages.sh python3-venv
    python=$(find_python) || fail "AudioMarathon needs Python 3.11, 3.12 or 3.13 with its venv module: install one, or name it as PYTHON=/path/to/python."
  }
  echo "Making $folder with $("$python" --version)."
  "$python" -m venv --clear "$folder"
fi

echo "Installing ${requirements[*]} into $folder. The first time takes some minutes."
scripts/torch.sh "$folder/bin/python" "$constraints"
# Compiled now: where PYTHONDONTWRITEBYTECODE is set nothing would be kept later, and each start would take half
# a minute instead of seconds.
arguments=(--disable-pip-version-check --constraint "$constraints" "${package[@]}")
for file in "${requirements[@]}"; do arguments+=(--requirement "$file"); done
[ -t 1 ] || arguments+=(--quiet) # a log needs no progress bars
"$folder/bin/python" -m pip install "${arguments[@]}"
echo "$checksum" >"$stamp"
