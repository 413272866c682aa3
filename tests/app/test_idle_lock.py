"""The window locks when nobody is there, and opens to the PIN alone."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from workstation.app import idle_lock
from workstation.app.idle_lock import IdleLock, PinError, PinLock
from workstation.base.errors import StoreError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_lock, "_N", 2)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pin(tmp_path: Path, clock: Clock) -> PinLock:
    lock = PinLock(tmp_path / "home", clock=clock)
    lock.set_pin("4711")
    return lock


def refusal(pin: PinLock, digits: str) -> str:
    with pytest.raises(PinError) as caught:
        pin.check(digits)
    assert digits not in caught.value.message
    return caught.value.code


class TestPin:
    def test_right_pin_opens_and_file_says_nothing(self, pin: PinLock, tmp_path: Path) -> None:
        pin.check("4711")
        path = tmp_path / "home" / "lock.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "4711" not in path.read_text()

    def test_same_pin_has_another_hash_each_time(self, pin: PinLock, tmp_path: Path) -> None:
        path = tmp_path / "home" / "lock.json"
        before = json.loads(path.read_text())
        pin.set_pin("4711")
        assert json.loads(path.read_text())["digest"] != before["digest"]

    @pytest.mark.parametrize("digits", ["", "123", "1" * 13, "1111", "12a4", "١٢٣٤", "12 34"])
    def test_weak_pin_is_refused(self, pin: PinLock, digits: str) -> None:
        with pytest.raises(PinError, match="4 to 12 digits"):
            pin.set_pin(digits)
        pin.check("4711")

    def test_wrong_pins_make_wait_longer_and_longer(self, pin: PinLock, clock: Clock) -> None:
        assert [refusal(pin, "0000") for _ in range(3)] == ["pin-wrong"] * 3
        assert pin.seconds_to_wait == 0
        assert refusal(pin, "0000") == "pin-wrong"
        assert pin.seconds_to_wait == 30
        assert refusal(pin, "4711") == "pin-wait"
        clock.now += 31
        assert refusal(pin, "0000") == "pin-wrong"
        assert pin.seconds_to_wait == 60
        clock.now += 61
        pin.check("4711")
        assert refusal(pin, "0000") == "pin-wrong"
        assert pin.seconds_to_wait == 0

    def test_wait_survives_a_restart_and_has_an_end(
        self, pin: PinLock, clock: Clock, tmp_path: Path
    ) -> None:
        for _ in range(30):
            clock.now += 3601
            refusal(pin, "0000")
        again = PinLock(tmp_path / "home", clock=clock)
        assert again.seconds_to_wait == 3600
        clock.now -= 10**6
        assert again.seconds_to_wait == 3600

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"salt": "zz"}'])
    def test_damaged_file_does_not_open(self, pin: PinLock, tmp_path: Path, text: str) -> None:
        (tmp_path / "home" / "lock.json").write_text(text)
        with pytest.raises(StoreError, match="cannot be read"):
            pin.check("4711")

    def test_removed_pin_is_gone(self, pin: PinLock) -> None:
        pin.remove()
        assert not pin.is_set


class TestLock:
    def test_it_locks_after_the_time_and_opens_to_the_pin(self, pin: PinLock, qtbot: QtBot) -> None:
        lock = IdleLock(pin, 10)
        lock._timer.setInterval(30)
        with qtbot.waitSignal(lock.locked, timeout=3000):
            lock.note_activity()
        assert lock.is_locked
        with pytest.raises(PinError):
            lock.unlock("0000")
        assert lock.is_locked
        with qtbot.waitSignal(lock.unlocked, timeout=1000):
            lock.unlock("4711")
        assert not lock.is_locked
        assert lock._timer.isActive()

    def test_activity_puts_it_off(self, pin: PinLock, qapp: object) -> None:
        lock = IdleLock(pin, 10)
        left = lock._timer.remainingTime()
        assert 590_000 < left <= 630_000
        lock.set_minutes(0)
        assert not lock._timer.isActive()
        lock.note_activity()
        assert not lock._timer.isActive()

    def test_without_a_pin_nothing_locks(self, tmp_path: Path, qapp: object) -> None:
        lock = IdleLock(PinLock(tmp_path), 1)
        lock.lock()
        assert not lock.is_locked

    def test_activity_does_not_open_it(self, pin: PinLock, qapp: object) -> None:
        lock = IdleLock(pin, 1)
        lock.lock()
        lock.note_activity()
        assert lock.is_locked
        assert not lock._timer.isActive()
