#!/usr/bin/env bash
# Make a minimal Debian root, and run commands in one as in a machine of its own; needs root.
#
#   scripts/minimal-root.sh make SUITE FOLDER [PACKAGE...]   a Debian of this suite with these packages
#   scripts/minimal-root.sh run FOLDER USER COMMAND...       run a command in it, with the settings of this machine
#   scripts/minimal-root.sh places                           the files and folders that these settings name
#
# Nothing about this machine is written into a root's own files but what reaches the network: the sources of Debian's
# packages, certificates and the name server. pip's and uv's settings, proxies and certificates are handed on as they
# are; folders and files that they name are mounted, only to be read. WORK is the folder to begin in. For images:
# READ_ONLY=1 makes all unwritable but /tmp and the folders of WRITABLE="FROM:TO ...", HANDED has variables, one a line.
# What is mounted goes with the command that it was for.
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || fail "A root is made and entered as root: run this with sudo."

# Where this machine takes Debian's packages from; nothing where it is no Debian.
mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(SITE)' 'Origin: Debian' 2>/dev/null | grep -v security | head -n 1 || true
}

make_root() {
  local suite=$1 folder=$2
  shift 2
  command -v debootstrap >/dev/null || "$(dirname "$0")/system-packages.sh" debootstrap
  local packages source
  source=$(mirror)
  packages=$(
    IFS=,
    echo "ca-certificates${*:+,$*}"
  )
  debootstrap --variant=minbase --include="$packages" "$suite" "$folder" ${source:+"$source"} >"$folder.log" ||
    fail "The root could not be made: see $folder.log."
  apt-config dump | grep -iE '^Acquire::https?::Proxy ' >"$folder/etc/apt/apt.conf.d/50proxy" || true
}

# Variables of the caller that reach registries.
handed_on() { env | grep -E '^(PIP_|UV_|SSL_CERT_|REQUESTS_CA_BUNDLE=|CURL_CA_BUNDLE=|(https?|no|all)_proxy=|(HTTPS?|NO|ALL)_PROXY=)' || true; }

# Files of pip's configuration, and every file and folder on this disk that they or the variables name. An index
# (file://) keeps its files beside its pages. Certificates are copied, so that packages may add theirs.
places() {
  local place
  named_places | sed 's|^file://\(.*\)/[^/]*$|\1|' | grep '^/.' | grep -v '^/etc/ssl/' | sort -u | while read -r place; do
    [ ! -e "$place" ] || echo "$place"
  done
}

named_places() {
  local files
  mapfile -t files < <(python3 -m pip config debug 2>/dev/null | sed -n 's/^ *\(.*\), exists: True$/\1/p')
  [ ${#files[@]} -eq 0 ] || { printf '%s\n' "${files[@]}" && sed -E 's/[=[:space:]]+/\n/g' "${files[@]}"; }
  handed_on | grep -v '^PIP_LOG=' | cut -d= -f2- | tr ' ' '\n'
}

mount_places() {
  local root=$1 place
  while read -r place; do show "$place" "$root$place" ro; done < <(places)
  for place in ${WRITABLE:-}; do show "${place%%:*}" "$root${place#*:}" rw; done
}

show() {
  local from target=$2
  from=$(realpath "$1")
  if [ -d "$from" ]; then
    mkdir -p "$target"
  else
    mkdir -p "$(dirname "$target")"
    [ -e "$target" ] || touch "$target"
  fi
  mount --bind "$from" "$target"
  [ "$3" = rw ] || mount -o remount,bind,ro "$target"
}

enter() {
  local root=$1 user=$2
  shift 2
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  cp --dereference --remove-destination /etc/resolv.conf "$root/etc/resolv.conf"
  cp --dereference --remove-destination /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  mount_places "$root"
  if [ "${READ_ONLY:-}" = 1 ]; then
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -o remount,bind,ro "$root"
  fi
  local home variables=()
  home=$(chroot "$root" getent passwd "$user" | cut -d: -f6)
  mapfile -t variables < <(handed_on; env | grep -E '^(AMARATHON_|TORCH_BACKEND=|DATABASE_URL=|CI=)' || true; sed '/^$/d' <<<"${HANDED:-}")
  # shellcheck disable=SC2016
  exec env -i "HOME=$home" "USER=$user" LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${variables[@]}" chroot --userspec="$user" "$root" /bin/sh -c 'cd "${0:-$HOME}" && exec "$@"' "${WORK:-$home}" "$@"
}

case ${1:-} in
  make) make_root "${@:2}" ;;
  run) exec unshare --mount --pid --fork --kill-child --propagation private "$0" enter "${@:2}" ;;
  enter) enter "${@:2}" ;;
  places) places ;;
  *) fail "Say make or run: see the top of $0." ;;
esac
