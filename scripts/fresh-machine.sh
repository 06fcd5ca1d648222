#!/usr/bin/env bash
# Try the two commands of the README on a machine that has nothing but Python, git and make; needs root.
#
#   scripts/fresh-machine.sh [--user] [--suite bookworm|trixie] [--skip-tests] [--folder FOLDER]
#
# A minimal Debian root gets a clone of this checkout's last commit, `make run` until /healthz answers, and `make
# test`. With --user both are run by an ordinary user; what a sentence then asks for is installed as that user's
# administrator would. bookworm has Python 3.11, trixie 3.13. The folder, several GB, is kept: a second call makes the
# machine anew from the same Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

user=root suite=bookworm tests=yes folder=build/fresh-machine
while [ $# -gt 0 ]; do
  case $1 in
    --user) user=visitor ;;
    --suite) suite=$2 && shift ;;
    --folder) folder=$2 && shift ;;
    --skip-tests) tests=no ;;
    *)
      sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
      exit 1
      ;;
  esac
  shift
done

mkdir -p "$folder"
folder=$(realpath "$folder")
base=$folder/$suite root=$folder/$suite-$user log=$folder/$suite-$user.log
# pip notes each file that it downloads, with its size.
export AMARATHON_PORT=${AMARATHON_PORT:-7899} PIP_LOG=/tmp/pip.log
began=$SECONDS app='' seconds=0

say() { echo "[$(date +%T)] $*"; }
fail() {
  echo "$1" >&2
  tail -n 20 "$log" >&2
  exit 1
}
inside() { scripts/minimal-root.sh run "$root" "$@"; }
make_inside() { WORK=${clone#"$root"} inside "$user" make "$1" >>"$log" 2>&1; }
megabytes() { du --summarize --block-size=1000000 --apparent-size --total "$@" 2>/dev/null | tail -n 1 | cut -f1; }
downloaded() {
  python3 - "$root$PIP_LOG" <<'PROGRAM'
import re, sys
units = {"bytes": 1e-6, "kB": 1e-3, "MB": 1, "GB": 1e3}
found = re.findall(r"Downloading \S+ \(([\d.]+) (bytes|kB|MB|GB)\)", open(sys.argv[1], errors="replace").read())
print(round(sum(float(count) * units[unit] for count, unit in found)))
PROGRAM
}
healthy() {
  python3 -c "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:$AMARATHON_PORT/healthz', timeout=5)" 2>/dev/null
}

make_machine() {
  if [ ! -e "$base/etc/debian_version" ]; then
    say "Making a minimal Debian: $suite."
    scripts/minimal-root.sh make "$suite" "$base" python3 git make
  fi
  rm -rf "$root"
  cp -a --reflink=auto "$base" "$root"
  # apt keeps what it fetches, to be counted.
  echo 'APT::Keep-Downloaded-Packages "true";' >"$root/etc/apt/apt.conf.d/60keep"
  rm -rf "$root"/etc/apt/apt.conf.d/docker-clean "$root"/var/cache/apt/archives/*.deb
  : >"$log"
  [ "$user" = root ] || inside root useradd --create-home --shell /bin/bash "$user"
  home=$root$(inside root getent passwd "$user" | cut -d: -f6)
  git bundle create --quiet "$root/opt/audiomarathon.bundle" HEAD
  inside "$user" git -c init.defaultBranch=main -c advice.detachedHead=false clone --quiet /opt/audiomarathon.bundle audiomarathon
  clone=$home/audiomarathon
}

# Make a target as the user. Where a sentence names what to install, install that as root, and go on.
make_target() {
  local asked
  make_inside "$1" && return
  asked=$(sed -n 's/^Please install .*: sudo apt-get install //p' "$log")
  [ "$user" != root ] && [ -n "$asked" ] || fail "make $1 failed."
  say "As $user, make $1 says: $(grep '^Please install' "$log")"
  inside root sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $asked" \
    >>"$log" 2>&1 || fail "What was asked for could not be installed."
  make_inside "$1" || fail "make $1 failed."
}

# Start `make run`, wait for /healthz, and stop it as Ctrl-C would; sets `seconds`.
run_until_healthy() {
  local started=$SECONDS command
  WORK=${clone#"$root"} scripts/minimal-root.sh run "$root" "$user" make run >>"$log" 2>&1 &
  app=$!
  until healthy; do
    kill -0 "$app" 2>/dev/null || fail "make run ended before /healthz answered."
    sleep 0.5
  done
  seconds=$((SECONDS - started))
  command=$(pgrep --parent "$(pgrep --parent "$app")")
  kill -INT "$command"
  wait "$app" || fail "make run did not end well when it was stopped."
  app=''
}

trap '[ -z "$app" ] || kill "$app"' EXIT
make_machine
before=$(megabytes "$root")
say "$(inside "$user" python3 --version), $(inside "$user" git --version), $(inside "$user" make --version 2>/dev/null | head -n 1), as $user."
started=$SECONDS
make_target setup
setup=$((SECONDS - started))
run_until_healthy
first=$((setup + seconds))
times >"$folder/times"
run_until_healthy
say "The first make run answered after $first s, $setup s of them set-up; the second after $seconds s."
say "Processor time so far, of programs and of the system: $(tail -n 1 "$folder/times")."
say "Downloaded: $(downloaded) MB by pip, $(megabytes "$root/var/cache/apt/archives") MB by apt, beside what pip's settings have on this disk."
say "On the disk: $(($(megabytes "$root") - before)) MB, $(megabytes "$clone/.venv") MB of them .venv, $(megabytes "$home/.cache/pip") MB pip's cache, $(megabytes "$home/.cache/amarathon") MB Whisper."
if [ "$tests" = yes ]; then
  make_target test-setup
  say "Running make test; its output goes to $log."
  make_inside test || fail "make test failed."
  grep -E '^=+ .*(passed|failed)' "$log"
fi
say "Done after $((SECONDS - began)) s."
