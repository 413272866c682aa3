"""What a test may leave behind: no thread, no running timer, no VTK object of its own."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QTimer

PATIENCE_S = 2.0
"""How long threads that were told to end may take."""

_OWN_THREADS = ("batson-", "slice")


def own_threads() -> set[str]:
    """The names of threads that the program started."""
    return {item.name for item in threading.enumerate() if item.name.startswith(_OWN_THREADS)}


def running_timers() -> list[str]:
    """The repeating timers that still run, by what they belong to."""
    return sorted(
        type(timer.parent()).__name__
        for timer in gc.get_objects()
        if isinstance(timer, QTimer) and _runs(timer)
    )


def _runs(timer: QTimer) -> bool:
    try:
        return timer.isActive() and not timer.isSingleShot()
    except RuntimeError:
        # Its C++ half is gone already.
        return False


def vtk_objects() -> Counter[str]:
    """The VTK objects that Python knows of, by class."""
    return Counter(
        type(item).__name__
        for item in gc.get_objects()
        if str(type(item).__module__).startswith("vtkmodules")
    )


def resident_bytes() -> int:
    """The memory that the process holds (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def settle() -> None:
    """Let what was to be deleted later go."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
        QCoreApplication.processEvents()
        gc.collect()


@contextmanager
def no_leaks() -> Iterator[None]:
    """Fail when the block leaves threads, repeating timers or VTK objects behind."""
    settle()
    threads, timers, objects = own_threads(), Counter(running_timers()), vtk_objects()
    yield
    settle()
    end = time.monotonic() + PATIENCE_S
    while own_threads() - threads and time.monotonic() < end:
        time.sleep(0.02)
    left = {
        "threads": sorted(own_threads() - threads),
        "timers": sorted((Counter(running_timers()) - timers).elements()),
        "VTK objects": sorted((vtk_objects() - objects).elements()),
    }
    found = {name: items for name, items in left.items() if items}
    assert not found, f"left behind: {found}"
