"""The daily copy is made in the background, and its failure is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support import cases
from workstation.app.housekeeping import MESSAGE_KEY, Housekeeping
from workstation.app.jobs import JobRunner
from workstation.app.messages import Messages
from workstation.storage.backups import FOLDER_NAME, backups_in
from workstation.storage.case_store import CaseStore


@pytest.fixture
def housekeeping(store: CaseStore, jobs: JobRunner, messages: Messages) -> Housekeeping:
    store.create(cases.one_lesion_case())
    return Housekeeping(store, jobs, messages, first_ms=20)


def test_copy_is_made_by_itself_and_is_whole(
    housekeeping: Housekeeping, store: CaseStore, jobs: JobRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = store.path.parent / FOLDER_NAME
    qtbot.waitUntil(lambda: len(backups_in(folder)) == 1 and not jobs.running, timeout=5000)
    housekeeping.back_up()
    qtbot.waitUntil(lambda: not jobs.running, timeout=5000)
    (copy,) = backups_in(folder)
    home = tmp_path / "copy"
    home.mkdir()
    (home / "cases.sqlite3").write_bytes(copy.read_bytes())
    opened = CaseStore.open(home)
    assert opened.verify("case-1") == ()
    opened.close()


def test_failure_is_told_and_taken_back(
    housekeeping: Housekeeping, store: CaseStore, messages: Messages, qtbot: QtBot
) -> None:
    blocker = store.path.parent / FOLDER_NAME
    blocker.write_text("a file in the way")
    qtbot.waitUntil(lambda: messages.current is not None, timeout=5000)
    assert messages.current.key == MESSAGE_KEY
    assert messages.current.text.startswith("The daily copy of the cases was not made.")
    assert messages.current.text.endswith("The cases themselves are kept.")
    blocker.unlink()
    housekeeping.back_up()
    qtbot.waitUntil(lambda: messages.current is None, timeout=5000)


def test_second_instance_makes_no_copy(
    store: CaseStore, jobs: JobRunner, messages: Messages, qtbot: QtBot
) -> None:
    second = CaseStore.open(store.path.parent)
    housekeeping = Housekeeping(second, jobs, messages, first_ms=1)
    qtbot.wait(50)
    assert not jobs.running
    assert not (store.path.parent / FOLDER_NAME).exists()
    housekeeping.stop()
    second.close()
