"""Collects reference cycles on the main thread alone.

Python's collector runs wherever an allocation happens to trigger it. On a worker thread it would
destroy Qt and VTK objects that belong to the main thread, which ends the program.
"""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 1000
"""How often is looked whether there is something to collect."""


class MainThreadCollector(QObject):
    """Switches the automatic collector off and collects from a timer instead.

    The thresholds stay those of Python, so that a generation is collected when it has filled.
    :meth:`close` gives the automatic collector back.
    """

    def __init__(self, parent: QObject | None = None, *, interval_ms: int = INTERVAL_MS) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    @Slot()
    def collect_due(self) -> None:
        """Collect the oldest generation that is full, on the thread that calls."""
        if threading.current_thread() is not threading.main_thread():
            return
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Stop, and leave collecting to Python again."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
