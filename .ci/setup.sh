#!/bin/sh
# Make .venv ready: "setup.sh run" for the program, "setup.sh dev" for its checks and tests as well.
# A second call with the same locks returns at once.
set -eu
cd "$(dirname "$0")/.."

program=program
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then program="program window"; fi
tests="program window tests"

wanted() { echo "$2 $(cat "$1" pyproject.toml | cksum)"; }
ready() { [ -x .venv/bin/batson ] && [ "$(cat ".venv/.ready-$1" 2>/dev/null)" = "$2" ]; }

# What is installed for the tests serves the program too.
if ready dev "$(wanted requirements-dev.lock "$tests")"; then exit 0; fi
case ${1:-run} in
  run)
    kind=run lock=requirements.lock groups=$program
    if ready run "$(wanted $lock "$groups")"; then exit 0; fi
    ;;
  dev) kind=dev lock=requirements-dev.lock groups=$tests ;;
  *)
    echo "usage: setup.sh run|dev" >&2
    exit 2
    ;;
esac

# The locks were made for 3.11, so it comes first.
python=
for candidate in python3.11 python3 python3.12 python3.13 python3.14; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Batson needs Python 3.11 or newer. Install it, then run this again." >&2
  exit 1
fi

# shellcheck disable=SC2086  # the groups are words
.ci/system.sh "$python" $groups

if ! .venv/bin/python -c '' 2>/dev/null; then
  rm -rf .venv
  "$python" -m venv .venv
fi
echo "Installing the locked Python packages into .venv (a minute or two the first time)"
install() { .venv/bin/python -m pip --disable-pip-version-check --no-input -qq install "$@"; }
install --require-hashes --only-binary :all: --requirement "$lock"
install --no-deps --no-build-isolation --editable .
wanted "$lock" "$groups" >".venv/.ready-$kind"
