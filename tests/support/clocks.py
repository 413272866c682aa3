"""Clocks for tests: nothing here reads the time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SteppingClock:
    """Gives a moment one second after the last, from noon on an invented day, UTC."""

    def __init__(self, start: datetime = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)) -> None:
        self.now = start
        self.step = timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


def counted_ids(prefix: str = "id") -> Callable[[], str]:
    """Gives "id-1", "id-2" and so on."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"
