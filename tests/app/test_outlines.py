"""Outlines arrive after their studies, in order, and go with them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QObject, Signal

from workstation.app.outlines import Outlines


class FakeLibrary(QObject):
    catalog_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.catalogs: tuple[str, ...] = ()

    def hold(self, *catalogs: str) -> None:
        self.catalogs = catalogs
        self.catalog_changed.emit()


@dataclass
class FakeJobs:
    """Jobs that wait until they are told to finish."""

    waiting: list = field(default_factory=list)

    def start(self, title, function, *args, callbacks=None, slot=""):
        self.waiting.append((function, args, callbacks))

    def finish(self, number: int = 0) -> None:
        function, args, callbacks = self.waiting.pop(number)
        callbacks.done(function(*args, progress=None, cancel=None))


def load(catalog, *, progress, cancel):
    return () if catalog == "plain" else (f"{catalog} tumor", f"{catalog} cord")


@pytest.fixture
def jobs():
    return FakeJobs()


@pytest.fixture
def library(qapp):
    return FakeLibrary()


@pytest.fixture
def outlines(jobs, library):
    return Outlines(jobs, library, load)


@pytest.fixture
def told(outlines):
    heard = []
    outlines.changed.connect(lambda: heard.append(outlines.sets))
    return heard


def test_outlines_of_a_study_arrive_after_it(outlines, jobs, library, told):
    library.hold("a")
    assert outlines.sets == ()
    jobs.finish()
    assert told == [("a tumor", "a cord")]


def test_a_second_study_is_read_by_itself(outlines, jobs, library):
    library.hold("a")
    jobs.finish()
    library.hold("a", "b")
    assert [args for _, args, _ in jobs.waiting] == [("b",)]
    jobs.finish()
    assert outlines.sets == ("a tumor", "a cord", "b tumor", "b cord")


def test_studies_keep_their_order_whichever_is_read_first(outlines, jobs, library):
    library.hold("a", "b")
    jobs.finish(1)
    jobs.finish(0)
    assert outlines.sets[0] == "a tumor"


def test_a_study_without_outlines_changes_nothing(outlines, jobs, library, told):
    library.hold("plain")
    jobs.finish()
    assert told == []


def test_closing_takes_the_outlines_down(outlines, jobs, library, told):
    library.hold("a")
    jobs.finish()
    library.hold()
    assert outlines.sets == ()
    assert told[-1] == ()


def test_what_arrives_after_closing_is_dropped(outlines, jobs, library, told):
    library.hold("a")
    library.hold()
    jobs.finish()
    assert outlines.sets == ()


def test_what_arrives_for_the_study_before_is_dropped(outlines, jobs, library):
    library.hold("a")
    library.hold()
    library.hold("b")
    jobs.finish(0)
    assert outlines.sets == ()
    jobs.finish(0)
    assert outlines.sets == ("b tumor", "b cord")
