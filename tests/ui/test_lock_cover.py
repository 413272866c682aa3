"""The cover: nothing is seen or done behind it until the PIN was typed."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from workstation.app import idle_lock
from workstation.app.idle_lock import IdleLock, PinLock
from workstation.ui.lock_cover import LockGuard


class FakeSession(QObject):
    case_changed = Signal(object, object)
    view_changed = Signal(object, object)


@pytest.fixture
def lock(tmp_path: Path, qapp: object, monkeypatch: pytest.MonkeyPatch) -> IdleLock:
    monkeypatch.setattr(idle_lock, "_N", 2)
    pin = PinLock(tmp_path)
    pin.set_pin("4711")
    return IdleLock(pin, 10)


@pytest.fixture
def guard(lock: IdleLock, qtbot: QtBot) -> LockGuard:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setGeometry(40, 40, 700, 500)
    window.show()
    made = LockGuard(lock, window, FakeSession(window))
    made.window = window
    return made


def test_it_covers_the_whole_window(guard: LockGuard, lock: IdleLock) -> None:
    assert not guard.cover.isVisible()
    lock.lock()
    assert guard.cover.isVisible()
    assert guard.cover.isModal()
    assert guard.cover.size() == guard.window.size()
    guard.window.resize(640, 480)
    assert guard.cover.size() == guard.window.size()


def test_wrong_pin_is_told_and_the_right_one_opens(
    guard: LockGuard, lock: IdleLock, qtbot: QtBot
) -> None:
    lock.lock()
    qtbot.keyClicks(guard.cover.pin, "0000")
    qtbot.keyClick(guard.cover.pin, Qt.Key.Key_Return)
    assert guard.cover.words.text() == "This is not the PIN."
    assert guard.cover.pin.text() == ""
    assert guard.cover.isVisible()
    qtbot.keyClicks(guard.cover.pin, "4711")
    qtbot.mouseClick(guard.cover.open_button, Qt.MouseButton.LeftButton)
    assert not guard.cover.isVisible()
    assert not lock.is_locked


def test_escape_and_closing_do_not_open(guard: LockGuard, lock: IdleLock, qtbot: QtBot) -> None:
    lock.lock()
    qtbot.keyClick(guard.cover, Qt.Key.Key_Escape)
    guard.cover.close()
    assert guard.cover.isVisible()
    lock.unlock("4711")
    guard.cover.close()
    assert not guard.cover.isVisible()


def test_pin_is_not_shown_while_it_is_typed(guard: LockGuard, lock: IdleLock) -> None:
    lock.lock()
    guard.cover.pin.setText("4711")
    assert "4711" not in guard.cover.pin.displayText()


def test_changes_and_the_pointer_are_activity(
    guard: LockGuard, lock: IdleLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = Mock()
    monkeypatch.setattr(lock, "note_activity", noted)
    guard.look()
    guard._pointer = QPoint(-5, -5)
    guard.look()
    noted.assert_called_once_with()
