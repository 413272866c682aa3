"""``batson pin``: set, change and remove; the PIN is never an argument."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from workstation.__main__ import main
from workstation.app.idle_lock import PinLock


def run(home: Path, action: str, typed: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["--store", str(home), "pin", action])


def test_set_change_and_remove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, "set", "4711\n", monkeypatch) == 0
    PinLock(tmp_path).check("4711")
    assert run(tmp_path, "set", "0000\n8152\n", monkeypatch) == 3
    assert run(tmp_path, "set", "4711\n8152\n", monkeypatch) == 0
    PinLock(tmp_path).check("8152")
    assert run(tmp_path, "remove", "4711\n", monkeypatch) == 3
    assert PinLock(tmp_path).is_set
    assert run(tmp_path, "remove", "8152\n", monkeypatch) == 0
    assert not PinLock(tmp_path).is_set


def test_weak_pin_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "set", "1111\n", monkeypatch) == 3
    assert capsys.readouterr().err == "A PIN has 4 to 12 digits that are not all the same.\n"


def test_usage(tmp_path: Path) -> None:
    assert main(["--store", str(tmp_path), "pin"]) == 2
    assert main(["--store", str(tmp_path), "pin", "set", "4711"]) == 2
