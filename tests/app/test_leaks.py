"""The watch for leaks finds them, and a session leaves none."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from vtkmodules.vtkCommonDataModel import vtkImageData

from tests.support import cases
from tests.support.clocks import SteppingClock, counted_ids
from tests.support.leaks import no_leaks, resident_bytes
from tests.support.stores import CONUS_T12
from workstation.app.jobs import JobRunner
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.storage.case_store import CaseStore


class TestTheWatch:
    def test_thread_is_found(self, qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tests.support.leaks.PATIENCE_S", 0.1)
        go_on = threading.Event()
        with pytest.raises(AssertionError, match="batson-forgotten"), no_leaks():
            threading.Thread(target=go_on.wait, name="batson-forgotten").start()
        go_on.set()

    def test_timer_is_found(self, qapp: QObject) -> None:
        timer = QTimer(QObject(qapp), interval=1000)
        with pytest.raises(AssertionError, match="timers"), no_leaks():
            timer.start()
        timer.stop()

    def test_vtk_object_is_found(self, qapp: object) -> None:
        kept = []
        with pytest.raises(AssertionError, match="ImageData"), no_leaks():
            kept.append(vtkImageData())

    def test_nothing_is_found_where_nothing_is(self, qapp: object) -> None:
        with no_leaks():
            vtkImageData()


def test_session_jobs_and_store_leave_nothing(qapp: object, tmp_path: Path) -> None:
    with no_leaks():
        jobs = JobRunner()
        store = CaseStore.open(tmp_path / "home")
        session = CaseSession(store, Messages(), clock=SteppingClock(), new_id=counted_ids())
        session.new(cases.one_lesion_case())
        session.dispatch(CONUS_T12)
        jobs.start("Nothing", lambda **_: None)
        session.shut_down()
        jobs.close()
        store.close()
        del session, store, jobs


def test_hundred_case_switches_do_not_grow(qapp: object, tmp_path: Path) -> None:
    store = CaseStore.open(tmp_path / "home")
    session = CaseSession(store, Messages(), clock=SteppingClock(), new_id=counted_ids())
    for number in range(10):
        session.new(cases.many_lesions_case(29, f"case-{number}"))

    def switch(count: int) -> None:
        for number in range(count):
            assert session.open(f"case-{number % 10}")
            session.dispatch(CONUS_T12)
            session.undo()
        session.close()

    switch(20)
    before = resident_bytes()
    switch(100)
    grown = resident_bytes() - before
    session.shut_down()
    store.close()
    assert grown < 50e6
