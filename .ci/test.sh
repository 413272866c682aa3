#!/bin/sh
# All checks, then the whole suite in three parts: the rules with every branch covered, the real
# window one test at a time, and the rest.
set -eu
cd "$(dirname "$0")/.."
.ci/check.sh
export QT_QPA_PLATFORM=offscreen
unset DISPLAY WAYLAND_DISPLAY
suite() { .venv/bin/python -m pytest "$@"; }
has_tests() { [ -n "$(find "$1" -name 'test_*.py' 2>/dev/null | head -n 1)" ]; }

if has_tests tests/domain; then
  suite tests/domain --cov=workstation.domain --cov-branch --cov-fail-under=100 \
    --cov-report=term-missing:skip-covered
fi
if has_tests tests/end_to_end; then suite tests/end_to_end --durations=10; fi
suite tests --ignore=tests/domain --ignore=tests/end_to_end -n 2 --dist worksteal --durations=15
