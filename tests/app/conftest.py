"""A session over a store of its own, with counted identifiers and a stepping clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from tests.support.clocks import SteppingClock, counted_ids
from workstation.app.jobs import JobRunner
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.storage.case_store import CaseStore


@pytest.fixture
def messages(qapp: QCoreApplication) -> Messages:
    return Messages()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    opened = CaseStore.open(tmp_path / "home", clock=SteppingClock())
    yield opened
    opened.close()


@pytest.fixture
def session(store: CaseStore, messages: Messages) -> Iterator[CaseSession]:
    opened = CaseSession(store, messages, clock=SteppingClock(), new_id=counted_ids())
    opened.author = "R. Reader"
    yield opened
    opened.shut_down()


@pytest.fixture
def jobs(qapp: QCoreApplication) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()
