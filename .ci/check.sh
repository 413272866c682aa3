#!/bin/sh
# Every check that needs no test run. All of them are tried; the first failure is not the last word.
set -u
cd "$(dirname "$0")/.."
.ci/setup.sh dev || exit 1
PATH=$PWD/.venv/bin:$PATH
failed=
log=$(mktemp)
trap 'rm -f "$log"' EXIT

step() {
  name=$1
  shift
  if "$@" >"$log" 2>&1; then
    printf 'check: %-16s ok\n' "$name"
  else
    printf 'check: %-16s FAILED\n' "$name"
    sed 's/^/    /' "$log"
    failed="$failed $name"
  fi
}

step format ruff format --check --quiet .
step lint ruff check --quiet .
step types mypy
step imports lint-imports
step budgets .ci/budgets.sh

[ -z "$failed" ] || { echo "check: failed:$failed" >&2; exit 1; }
