"""Cycles are collected, and only on the main thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from workstation.app.collector import MainThreadCollector


class Node:
    """Refers to itself; notes on which thread it dies."""

    died_on: ClassVar[list[threading.Thread]] = []

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.died_on.append(threading.current_thread())


@pytest.fixture
def collector(qapp: object) -> Iterator[MainThreadCollector]:
    gc.collect()
    Node.died_on.clear()
    made = MainThreadCollector(interval_ms=10)
    yield made
    made.close()


def test_worker_that_allocates_much_collects_nothing(collector: MainThreadCollector) -> None:
    cycle = weakref.ref(Node())

    def work() -> None:
        kept = [[number] for number in range(200_000)]
        collector.collect_due()
        del kept

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert cycle() is not None
    assert Node.died_on == []


def test_cycles_die_on_the_main_thread(collector: MainThreadCollector, qtbot: QtBot) -> None:
    kept = [Node() for _ in range(2000)]
    kept.clear()
    qtbot.waitUntil(lambda: bool(Node.died_on), timeout=5000)
    assert set(Node.died_on) == {threading.main_thread()}


def test_closing_gives_the_automatic_collector_back(qapp: object) -> None:
    assert gc.isenabled()
    collector = MainThreadCollector()
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
