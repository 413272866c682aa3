"""Background work: results on the main thread, late ones dropped, no thread left."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workstation.app.jobs import (
    JobCallbacks,
    JobFailedError,
    JobHandle,
    JobRunner,
    JobStatus,
    _ThrottledProgress,
)
from workstation.base.errors import CancelledError, InputRefusedError, WorkstationError
from workstation.base.task import CancelToken, Progress


class Receiver(QObject):
    """Notes what arrives, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []
        self.errors: list[WorkstationError] = []
        self.steps: list[tuple[int, int]] = []
        self.threads: set[threading.Thread] = set()

    def done(self, result: Any) -> None:
        self.results.append(result)
        self.threads.add(threading.current_thread())

    def failed(self, error: WorkstationError) -> None:
        self.errors.append(error)
        self.threads.add(threading.current_thread())

    def moved(self, done: int, total: int) -> None:
        self.steps.append((done, total))
        self.threads.add(threading.current_thread())

    @property
    def callbacks(self) -> JobCallbacks:
        return JobCallbacks(done=self.done, failed=self.failed, progress=self.moved)


class Gate:
    """A job that waits until it is opened."""

    def __init__(self, result: Any = None) -> None:
        self.result = result
        self.started = threading.Event()
        self.opened = threading.Event()

    def __call__(self, *, progress: Progress, cancel: CancelToken) -> Any:
        self.started.set()
        assert self.opened.wait(10)
        return self.result


def add(one: int, two: int, *, progress: Progress, cancel: CancelToken) -> int:
    return one + two


def raising(error: BaseException) -> Callable[..., None]:
    def job(*, progress: Progress, cancel: CancelToken) -> None:
        raise error

    return job


def ended(jobs: JobRunner, qtbot: QtBot, *handles: JobHandle) -> None:
    qtbot.waitUntil(lambda: all(handle.finished for handle in handles), timeout=5000)


def test_result_arrives_on_the_main_thread(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver = Receiver()
    handle = jobs.start("Adding", add, 2, 3, callbacks=receiver.callbacks)
    ended(jobs, qtbot, handle)
    assert receiver.results == [5]
    assert receiver.threads == {threading.main_thread()}


def test_nothing_is_delivered_before_the_caller_returns(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver = Receiver()
    done = threading.Event()

    def job(*, progress: Progress, cancel: CancelToken) -> None:
        done.set()

    handle = jobs.start("Quick", job, callbacks=receiver.callbacks)
    assert done.wait(5)
    assert receiver.results == []
    ended(jobs, qtbot, handle)
    assert receiver.results == [None]


def test_refusal_arrives_as_it_is(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver = Receiver()
    error = InputRefusedError("Not DICOM.")
    handle = jobs.start("Reading", raising(error), callbacks=receiver.callbacks)
    ended(jobs, qtbot, handle)
    assert receiver.errors == [error]
    assert receiver.results == []


def test_fault_becomes_a_sentence_without_its_text(
    jobs: JobRunner, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver()
    handle = jobs.start("Reading", raising(KeyError("EXAMPLE^Ada")), callbacks=receiver.callbacks)
    ended(jobs, qtbot, handle)
    (error,) = receiver.errors
    assert isinstance(error, JobFailedError)
    assert error.message == "Reading: stopped by a fault in Batson. Nothing was changed."
    assert (error.detail, error.code) == ("KeyError", "internal")
    assert "EXAMPLE" not in caplog.text
    assert "KeyError" in caplog.text


def test_cancelled_job_calls_nothing(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver, gate = Receiver(), Gate(result="late")
    handle = jobs.start("Waiting", gate, callbacks=receiver.callbacks)
    assert gate.started.wait(5)
    handle.cancel()
    gate.opened.set()
    ended(jobs, qtbot, handle)
    assert handle.cancelled
    assert (receiver.results, receiver.errors) == ([], [])


def test_job_sees_the_cancellation(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver = Receiver()
    started = threading.Event()

    def job(*, progress: Progress, cancel: CancelToken) -> str:
        started.set()
        while True:
            cancel.check()

    handle = jobs.start("Looping", job, callbacks=receiver.callbacks)
    assert started.wait(5)
    handle.cancel()
    ended(jobs, qtbot, handle)
    assert receiver.results == []


def test_job_that_cancels_itself_calls_nothing(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver = Receiver()
    handle = jobs.start("Giving up", raising(CancelledError()), callbacks=receiver.callbacks)
    ended(jobs, qtbot, handle)
    assert handle.cancelled
    assert (receiver.results, receiver.errors) == ([], [])


def test_newer_job_of_a_slot_drops_the_older_result(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver, old = Receiver(), Gate(result="old")
    first = jobs.start("Old", old, callbacks=receiver.callbacks, slot="pane 1")
    other = jobs.start("Other", add, 1, 1, callbacks=receiver.callbacks, slot="pane 2")
    assert old.started.wait(5)
    second = jobs.start("New", add, 20, 1, callbacks=receiver.callbacks, slot="pane 1")
    ended(jobs, qtbot, other, second)
    old.opened.set()
    ended(jobs, qtbot, first)
    assert sorted(receiver.results) == [2, 21]
    assert first.cancelled
    assert not other.cancelled


def test_receiver_that_is_gone_is_not_called(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver, gate = Receiver(), Gate()
    results = receiver.results
    handle = jobs.start("Waiting", gate, callbacks=receiver.callbacks)
    receiver.deleteLater()
    qtbot.wait(10)
    gate.opened.set()
    ended(jobs, qtbot, handle)
    assert results == []


def test_progress_arrives_and_shows_in_the_status(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver, gate = Receiver(), Gate()

    def job(*, progress: Progress, cancel: CancelToken) -> None:
        progress(1, 4)
        gate(progress=progress, cancel=cancel)
        progress(4, 4)

    handle = jobs.start("Loading", job, callbacks=receiver.callbacks)
    qtbot.waitUntil(lambda: receiver.steps == [(1, 4)], timeout=5000)
    assert jobs.running == (JobStatus(id=handle.id, title="Loading", done=1, total=4),)
    assert jobs.running[0].percent == 25
    gate.opened.set()
    ended(jobs, qtbot, handle)
    assert receiver.steps == [(1, 4), (4, 4)]
    assert receiver.threads == {threading.main_thread()}
    assert jobs.running == ()


@pytest.mark.parametrize(
    ("done", "total", "percent"), [(0, 0, None), (0, 5, 0), (1, 3, 33), (3, 3, 100), (9, 3, 100)]
)
def test_percent(done: int, total: int, percent: int | None) -> None:
    assert JobStatus(id=1, title="x", done=done, total=total).percent == percent


def test_progress_passes_ten_times_a_second_and_at_the_end() -> None:
    now = 0.0
    sent: list[int] = []
    progress = _ThrottledProgress(lambda done, total: sent.append(done), lambda: now)
    for done in range(1, 301):
        now = done / 100.0
        progress(done, 300)
    assert 28 <= len(sent) <= 32
    assert sent[0] == 1
    assert sent[-1] == 300
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(sent[:-1]))


def test_starting_and_ending_is_told(jobs: JobRunner, qtbot: QtBot) -> None:
    counts: list[int] = []
    jobs.jobs_changed.connect(lambda: counts.append(len(jobs.running)))
    handle = jobs.start("Adding", add, 1, 1)
    ended(jobs, qtbot, handle)
    assert counts[0] == 1
    assert counts[-1] == 0


def test_cancel_all(jobs: JobRunner, qtbot: QtBot) -> None:
    receiver = Receiver()
    gates = [Gate(result=n) for n in range(2)]
    handles = [jobs.start("Waiting", gate, callbacks=receiver.callbacks) for gate in gates]
    jobs.cancel_all()
    assert jobs.running == ()
    for gate in gates:
        gate.opened.set()
    ended(jobs, qtbot, *handles)
    assert receiver.results == []


def test_close_ends_the_threads_and_delivers_nothing(qtbot: QtBot) -> None:
    runner = JobRunner(workers=2)
    receiver = Receiver()
    started = threading.Event()

    def job(*, progress: Progress, cancel: CancelToken) -> None:
        started.set()
        while True:
            cancel.check()

    for _ in range(6):
        runner.start("Looping", job, callbacks=receiver.callbacks)
    assert started.wait(5)
    runner.close()
    late = runner.start("Too late", add, 1, 1, callbacks=receiver.callbacks)
    assert late.cancelled
    qtbot.wait(20)
    assert (receiver.results, receiver.errors) == ([], [])
    assert not [item for item in threading.enumerate() if "batson-job" in item.name]
