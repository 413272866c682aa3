"""What every long function accepts: a way to be cancelled and a way to report progress."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from workstation.base.errors import CancelledError


class CancelToken:
    """A flag shared by the one who may cancel and the one who works. Thread-safe."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise :class:`CancelledError` when the work should stop."""
        if self._event.is_set():
            raise CancelledError


class Progress(Protocol):
    """Receives ``done`` of ``total`` steps; called from the working thread."""

    def __call__(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` steps are finished."""


def no_progress(done: int, total: int) -> None:
    """Ignore progress; the default of every long function."""


Job = Callable[..., object]
