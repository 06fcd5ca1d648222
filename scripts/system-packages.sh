#!/usr/bin/env bash
# Install Debian packages where this runs as root on a Debian-like system; otherwise name the command that does.
#
#   scripts/system-packages.sh PACKAGE...
set -euo pipefail

[ $# -gt 0 ] || exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  echo "Installing $* with apt-get."
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
else
  echo "Please install these first, by these names on Debian and Ubuntu: sudo apt-get install $*" >&2
  exit 1
fi
