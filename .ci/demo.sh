#!/bin/sh
# Show the main job on the shipped demo case.
set -eu
cd "$(dirname "$0")/.."
.ci/setup.sh run
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then exec .venv/bin/batson demo; fi

QT_QPA_PLATFORM=offscreen .venv/bin/batson demo --headless --out demo-output
echo
echo "There is no display here, so the demo case was read without a window. It wrote:"
for file in report.pdf window.png case.json; do
  [ -s "demo-output/$file" ] || { echo "demo-output/$file is missing" >&2; exit 1; }
  echo "  demo-output/$file"
done
