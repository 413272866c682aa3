"""Cold start: from a new process to an empty window that has been painted once."""

import os
import statistics
import subprocess
import sys
import tempfile

from bench import RUNS, row, seconds

EMPTY_WINDOW = """
import sys
from workstation.bootstrap import open_window
application, window = open_window([], store=sys.argv[1])
window.show()
window.grab()
"""


def rows() -> list[dict[str, object]]:
    """The median of five starts, each in a process and a store of its own."""
    times = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as store:
            command = [sys.executable, "-c", EMPTY_WINDOW, store]
            times.append(
                seconds(lambda: subprocess.run(command, check=True, env=dict(os.environ)))  # noqa: B023
            )
    return [row("cold start to an empty window", statistics.median(times), "s", limit=2.0)]
