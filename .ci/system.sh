#!/bin/sh
# Make sure that the system libraries are there: system.sh PYTHON GROUP...
# As root on a Debian they are installed; anybody else is told the one line to run.
set -eu
python=$1
shift
[ "$(uname -s)" = Linux ] || exit 0

missing=$("$python" .ci/system_packages.py "$@")
[ -n "$missing" ] || exit 0

# shellcheck disable=SC2086  # package names are words
if ! command -v apt-get >/dev/null; then
  echo "Batson needs system libraries that are missing here. Under Debian they come from:" >&2
  echo "  $(echo $missing)" >&2
  exit 1
elif [ "$(id -u)" -ne 0 ]; then
  echo "Batson needs system libraries that are missing here. Run this, then try again:" >&2
  echo "  sudo apt-get install -y --no-install-recommends $(echo $missing)" >&2
  exit 1
fi

echo "Installing system libraries: $(echo $missing)"
install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install; then
  # The package lists may be old or empty.
  apt-get update -qq >"$log" 2>&1 || true
  if ! install; then
    echo "apt-get could not install them:" >&2
    tail -n 5 "$log" >&2
    exit 1
  fi
fi

missing=$("$python" .ci/system_packages.py "$@")
if [ -n "$missing" ]; then
  echo "Still missing after the installation: $(echo $missing)" >&2
  exit 1
fi
