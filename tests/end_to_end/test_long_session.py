"""A long day: a hundred cases one after the other in one window, without growth and without rest.

The memory is that of the whole process, after the caches have filled once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.leaks import no_leaks, own_threads, resident_bytes, settle
from tests.support.phantom import Phantom, write_phantom
from workstation.base.paths import store_folder
from workstation.bootstrap import Workstation, build_workstation

SWITCHES = 100
GROWTH_LIMIT_BYTES = 50e6
WAIT_MS = 30_000


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three patients with a small CT each."""
    folders = []
    for number in range(3):
        folder = tmp_path_factory.mktemp(f"study-{number}")
        uid = f"1.2.826.0.1.3680043.10.{number + 1}"
        tags = {"PatientID": f"P{number}", "PatientName": f"Patient^{number}"}
        write_phantom(
            folder,
            Phantom(series_uid=f"{uid}.1", study_uid=uid, frame_uid=f"{uid}.9", tags=tags),
        )
        folders.append(folder)
    return folders


@pytest.fixture
def made(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Workstation]:
    workstation = build_workstation(store_folder(tmp_path / "home"))
    workstation.window.resize(1280, 800)
    workstation.window.show()
    yield workstation
    workstation.window.close()
    workstation.close()


def switch_to(made: Workstation, study: Path, qtbot: QtBot) -> None:
    """Put the open case away and read a study, until its images stand."""
    made.session.close()
    made.library.close_all()
    made.open_paths([study])

    def shown() -> bool:
        case = made.session.case
        return case is not None and bool(case.studies) and not made.jobs.running

    qtbot.waitUntil(shown, timeout=WAIT_MS)
    made.session.flush()


def test_hundred_case_switches_do_not_grow(
    made: Workstation, studies: list[Path], qtbot: QtBot
) -> None:
    for number in range(12):
        switch_to(made, studies[number % 3], qtbot)
    settle()
    before, threads = resident_bytes(), own_threads()
    for number in range(SWITCHES):
        switch_to(made, studies[number % 3], qtbot)
    settle()
    grown = resident_bytes() - before
    assert grown < GROWTH_LIMIT_BYTES, f"{grown / 1e6:.0f} MB in {SWITCHES} switches"
    assert own_threads() - threads == set()
    assert made.library.memory_bytes < 10e6


def test_patients_do_not_mix_on_the_way(
    made: Workstation, studies: list[Path], qtbot: QtBot
) -> None:
    for number in (0, 1, 2, 0, 2):
        switch_to(made, studies[number], qtbot)
        case = made.session.case
        assert case is not None
        assert case.patient.id == f"P{number}"
        assert [study.study_uid for study in case.studies] == [
            f"1.2.826.0.1.3680043.10.{number + 1}"
        ]


def test_closed_window_leaves_no_thread_timer_or_vtk_object(
    qapp: QApplication, studies: list[Path], qtbot: QtBot, tmp_path: Path
) -> None:
    with no_leaks():
        workstation = build_workstation(store_folder(tmp_path / "home"))
        workstation.window.show()
        switch_to(workstation, studies[0], qtbot)
        workstation.window.close()
        workstation.close()
        workstation.window.deleteLater()
        del workstation
