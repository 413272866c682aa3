"""Cold start: from a new process to an empty window that has been painted once."""

import statistics
import subprocess
import sys
import tempfile

from bench import RUNS, row, seconds

# The event loop is replaced by one painting of the window, so the process ends when a user would
# see it. Everything before that is what a user waits for.
EMPTY_WINDOW = """
import sys
from PySide6.QtWidgets import QApplication

def paint_once(*_):
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert shown, "no window is open"
    QApplication.processEvents()
    shown[0].grab()
    return 0

QApplication.exec = paint_once
from workstation.bootstrap import run_window
sys.exit(run_window(sys.argv[1], []))
"""


def _start(store: str) -> None:
    subprocess.run([sys.executable, "-c", EMPTY_WINDOW, store], check=True)


def rows() -> list[dict[str, object]]:
    """The median of five starts, each in a process and a store of its own."""
    times = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as store:
            times.append(seconds(lambda folder=store: _start(folder)))
    return [row("cold start to an empty window", statistics.median(times), "s", limit=2.0)]
