#!/bin/sh
# Pin every dependency with its hashes: requirements.lock runs the program (and installs the
# checkout), requirements-dev.lock adds what checks and tests need. Neither names a host or a path.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv-lock/bin/pip-compile ] || {
  python3 -m venv .venv-lock
  .venv-lock/bin/python -m pip install --quiet pip-tools
}
export CUSTOM_COMPILE_COMMAND="make lock"
compile() {
  .venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
    --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
    "$@" pyproject.toml
}
compile --extra build --output-file requirements.lock
compile --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock
