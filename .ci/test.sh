#!/bin/sh
# All checks, then the whole suite. The end-to-end tests drive a real window, one at a time.
set -eu
cd "$(dirname "$0")/.."
.ci/check.sh
export QT_QPA_PLATFORM=offscreen
unset DISPLAY WAYLAND_DISPLAY

if [ -n "$(find tests/end_to_end -name 'test_*.py' 2>/dev/null | head -n 1)" ]; then
  .venv/bin/python -m pytest tests/end_to_end --durations=10
fi
exec .venv/bin/python -m pytest tests --ignore=tests/end_to_end -n 2 --dist worksteal --durations=15
