"""A store in a folder of its own, with a clock that only moves when asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clocks import SteppingClock
from workstation.storage.case_store import CaseStore


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def store(home: Path, clock: SteppingClock) -> Iterator[CaseStore]:
    opened = CaseStore.open(home, clock=clock)
    yield opened
    opened.close()
