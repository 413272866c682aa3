"""A virtual X server for the real window, and a reader who drives it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.end_to_end.reader import Reader

SCREEN = "1920x1080x24"


@pytest.fixture(scope="session")
def x_server() -> Iterator[None]:
    """Start a server of our own unless Qt already runs somewhere else in this process."""
    if QApplication.instance() is not None:
        yield
        return
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        display = pipe.readline().strip()
    os.environ["DISPLAY"] = f":{display}"
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    yield
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def qapp(x_server: None) -> QApplication:
    from workstation.ui.application import make_application

    return make_application()


@pytest.fixture
def reader(qapp: QApplication, qtbot, tmp_path: Path) -> Iterator[Reader]:
    person = Reader(qtbot, tmp_path / "home")
    yield person
    person.leave()
