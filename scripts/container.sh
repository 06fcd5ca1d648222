#!/usr/bin/env bash
# Build the image of the Dockerfile without a container engine, and run it as compose.yaml does; needs root.
#
#   scripts/container.sh [--cuda] [--folder FOLDER]
#
# buildah executes the Dockerfile on a minimal Debian instead of python:3.11-slim. The image then runs as its user, on
# a file system that can only be read but for the volume and /tmp, until its own health check passes and pages answer;
# SIGTERM has to end it with exit status 0. Prints the image's size.
set -euo pipefail
cd "$(dirname "$0")/.."

backend=cpu folder=build/container
while [ $# -gt 0 ]; do
  case $1 in
    --cuda) backend=cuda ;;
    --folder) folder=$2 && shift ;;
    *)
      sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
      exit 1
      ;;
  esac
  shift
done

command -v buildah >/dev/null || scripts/system-packages.sh buildah
mkdir -p "$folder"
folder=$(realpath "$folder")
name=localhost/audiomarathon:$backend base=localhost/minimal-debian
export AMARATHON_PORT=${AMARATHON_PORT:-7898} STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} app=''

fail() {
  echo "$1" >&2
  [ ! -e "$folder/app.log" ] || tail -n 20 "$folder/app.log" >&2
  exit 1
}
say() { echo "[$(date +%T)] $*"; }
images() { buildah --root "$folder/images" --runroot "$folder/run" "$@"; }
of_image() { images inspect --type image --format "$1" "$name"; }

make_base() {
  [ -e "$folder/debian/etc/debian_version" ] || scripts/minimal-root.sh make bookworm "$folder/debian" python3
  local container
  container=$(images from scratch)
  images add --quiet "$container" "$folder/debian" / >/dev/null
  images config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  images commit --quiet --rm "$container" "$base" >/dev/null
}

build() {
  local place options=()
  while read -r place; do options+=(--volume "$place:$place:ro"); done < <(scripts/minimal-root.sh places)
  images build --isolation chroot --network host --build-arg BASE="$base" --build-arg TORCH_BACKEND="$backend" \
    "${options[@]}" --volume /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro \
    --tag "$name" . >"$folder/build.log" 2>&1 || {
    tail -n 20 "$folder/build.log" >&2
    fail "The image could not be built."
  }
}

inside() { READ_ONLY=1 scripts/minimal-root.sh run "$root" "$user" "$@"; }
page() {
  python3 -c "import sys, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:$AMARATHON_PORT' + sys.argv[1], timeout=60)" "$1"
}

run_image() {
  local container data path started=$SECONDS
  container=$(images from "$name")
  root=$(images mount "$container")
  user=$(of_image '{{.OCIv1.Config.User}}')
  data=$folder/data
  rm -rf "$data" && install -d -o "$user" "$data"
  HANDED=$(of_image '{{range .OCIv1.Config.Env}}{{println .}}{{end}}')
  export HANDED WRITABLE=$data:/data WORK=/data
  inside sh -c 'touch /opt/x' 2>/dev/null && fail "The file system can be written to."
  mapfile -t command < <(of_image '{{range .OCIv1.Config.Cmd}}{{println .}}{{end}}' | sed '/^$/d')
  READ_ONLY=1 scripts/minimal-root.sh run "$root" "$user" "${command[@]}" >"$folder/app.log" 2>&1 &
  app=$!
  until page /healthz 2>/dev/null; do
    kill -0 "$app" 2>/dev/null || fail "The app ended before /healthz answered."
    sleep 0.5
  done
  say "Ready after $((SECONDS - started)) s, as user $user on a read-only file system."
  health=$(sed -n 's/^HEALTHCHECK .*CMD //p' Dockerfile | python3 -c 'import json, sys; print(json.load(sys.stdin)[-1])')
  inside python -c "$health" || fail "The health check fails."
  for path in / /demo /annotate /verify; do page "$path" || fail "$path does not answer."; done
  started=$SECONDS
  kill -TERM "$(pgrep --parent "$app")"
  wait "$app" || fail "SIGTERM did not end it well."
  app=''
  say "SIGTERM ended it after $((SECONDS - started)) s with status 0. In the volume: $(find "$data" -mindepth 1 -maxdepth 1 -printf '%f ')"
  images rm "$container" >/dev/null
}

trap '[ -z "$app" ] || kill "$app"' EXIT
say "Making the base: a minimal Debian with Python."
make_base
say "Building $name."
began=$SECONDS
build
say "Built after $((SECONDS - began)) s."
images images --format '{{.Name}}:{{.Tag}} {{.Size}}'
run_image
