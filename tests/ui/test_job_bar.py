"""Background work in the status band, driven by jobs that wait for the test."""

from __future__ import annotations

import threading

import pytest

from tests.ui.conftest import click, settle
from workstation.app.jobs import JobRunner
from workstation.ui.job_bar import SHOW_AFTER_MS, JobBar


@pytest.fixture
def jobs(qapp):
    made = JobRunner(workers=2)
    yield made
    made.close()


@pytest.fixture
def gate():
    """A gate at which jobs wait; opened at the end in any case."""
    made = threading.Event()
    yield made
    made.set()


def waits(gate, steps=(), *, progress, cancel):
    """Report the steps, then wait at the gate."""
    for done, total in steps:
        progress(done, total)
    while not gate.wait(0.01):
        cancel.check()
    return "done"


@pytest.fixture
def bar(jobs, show):
    made = show(JobBar(jobs), 400, 24)
    made.hide()
    return made


def run_long(bar, jobs, gate, qtbot, title="Reading", steps=()):
    jobs.start(title, waits, gate, steps)
    qtbot.waitUntil(bar.isVisible, timeout=5000)


def test_nothing_shows_without_work(bar):
    assert not bar.isVisible()


def test_work_that_ends_at_once_never_shows(bar, jobs, gate, qtbot):
    gate.set()
    jobs.start("Quick", waits, gate)
    qtbot.waitUntil(lambda: not jobs.running, timeout=5000)
    qtbot.wait(SHOW_AFTER_MS + 60)
    assert not bar.isVisible()


def test_longer_work_shows_its_name(bar, jobs, gate, qtbot):
    run_long(bar, jobs, gate, qtbot)
    assert bar.title.text() == "Reading"


def test_work_of_unknown_length_moves_without_a_number(bar, jobs, gate, qtbot):
    run_long(bar, jobs, gate, qtbot)
    assert bar.percent.text() == ""
    assert (bar.bar.minimum(), bar.bar.maximum()) == (0, 0)


@pytest.mark.parametrize(
    ("done", "total", "percent"), [(1, 4, 25), (2, 3, 66), (4, 4, 100), (0, 9, 0)]
)
def test_known_work_shows_its_share(bar, jobs, gate, qtbot, done, total, percent):
    run_long(bar, jobs, gate, qtbot, steps=[(done, total)])
    qtbot.waitUntil(lambda: bar.percent.text() == f"{percent} %", timeout=5000)
    assert bar.bar.value() == percent


def test_the_oldest_shows_and_the_others_are_counted(bar, jobs, gate, qtbot):
    for title in ("First", "Second", "Third"):
        jobs.start(title, waits, gate)
    qtbot.waitUntil(bar.isVisible, timeout=5000)
    assert bar.title.text() == "First and 2 more"


def test_it_goes_when_the_work_is_done(bar, jobs, gate, qtbot):
    run_long(bar, jobs, gate, qtbot)
    gate.set()
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=5000)


def test_the_cross_stops_the_work(bar, jobs, gate, qtbot):
    run_long(bar, jobs, gate, qtbot)
    click(bar.cross)
    assert jobs.running == ()
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=5000)
    settle()
    assert not gate.is_set()


def test_every_part_has_a_name_for_screen_readers(bar):
    assert bar.accessibleName() == "Background work"
    assert bar.bar.accessibleName() == "Progress"
    assert bar.cross.accessibleName() == "Stop this work"
