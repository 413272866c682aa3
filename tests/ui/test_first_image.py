"""The first image stands in a pane before the last slice is read; nothing is measured too early."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.phantom import AIR, Phantom, write_phantom
from workstation.app.jobs import JobRunner
from workstation.app.library import Library
from workstation.app.protocol_shelf import ProtocolShelf
from workstation.imaging import dicom_read
from workstation.imaging.catalog import begin_volume, load_volume, open_paths
from workstation.imaging.volume import VolumeKey
from workstation.ui.hanger import Hanger
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_overlay import build_drawing
from workstation.ui.pane_state import nearest_value
from workstation.ui.reading_context import ReadingContext
from workstation.ui.reading_desk import ReadingDesk

SERIES = Phantom(size=(24, 20, 21))
KEY = VolumeKey(series_uid=SERIES.series_uid)
MIDDLE = 10


class HeldReader:
    """Lets the first slice through and holds the others until the gate opens."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self._read = dicom_read.read_in_place
        self._first = True

    def __call__(self, frame, target) -> None:
        if not self._first:
            assert self.gate.wait(60.0)
        self._first = False
        self._read(frame, target)


@pytest.fixture
def held(monkeypatch) -> Iterator[HeldReader]:
    reader = HeldReader()
    monkeypatch.setattr(dicom_read, "READERS", 1)
    monkeypatch.setattr(dicom_read, "read_in_place", reader)
    yield reader
    reader.gate.set()


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


@pytest.fixture
def library(jobs: JobRunner) -> Library:
    return Library(jobs, open_paths=open_paths, load_volume=load_volume, begin_volume=begin_volume)


@pytest.fixture
def hanger(library, session, messages, qtbot, tmp_path) -> Hanger:
    grid = PaneGrid()
    qtbot.addWidget(grid)
    grid.resize(640, 480)
    grid.show()
    desk = ReadingDesk(grid, session, messages)
    shelf = ProtocolShelf(tmp_path / "home")
    return Hanger(library, PaneHost(desk, session), desk, session, messages, shelf)


@pytest.fixture
def study(library, held, hanger, tmp_path, qtbot):
    write_phantom(tmp_path / "ct", SERIES)
    # Pictures for the study list read the middle slice as well; here only the pane counts.
    library._next_thumbnail = lambda: None
    with qtbot.waitSignal(library.catalog_changed, timeout=20_000):
        library.open([tmp_path / "ct"])
    return library.catalogs[0].studies[0]


def pane_of(hanger: Hanger):
    (pane,) = hanger._desk.slice_panes()
    return pane


def test_a_pane_shows_the_middle_slice_before_loading_ends(study, library, hanger, held, qtbot):
    events = []
    library.preview_ready.connect(lambda key: events.append("preview"))
    library.volume_ready.connect(lambda key: events.append("volume"))
    with qtbot.waitSignal(library.preview_ready, timeout=20_000):
        hanger.hang_study(study)
    pane = pane_of(hanger)
    pane.painted.connect(lambda _: events.append("painted"))
    qtbot.waitUntil(lambda: "painted" in events, timeout=20_000)
    assert "volume" not in events
    assert library.is_loading(KEY)
    state = pane.state
    assert state.volume.pending_slices == tuple(k for k in range(21) if k != MIDDLE)
    assert nearest_value(state.volume, state.view.center_lps) == SERIES.slice_values(MIDDLE)[10, 12]
    with qtbot.waitSignal(library.volume_ready, timeout=20_000):
        held.gate.set()
    assert events.index("painted") < events.index("volume")
    shown = hanger._desk.slice_panes()
    assert shown
    assert all(other.state.volume is library.volume(KEY) for other in shown)
    assert library.preview(KEY) is None


def test_slices_not_yet_read_count_as_missing(study, library, hanger, held, qtbot):
    with qtbot.waitSignal(library.preview_ready, timeout=20_000):
        hanger.hang_study(study)
    preview = library.preview(KEY)
    assert library.volume(KEY) is None
    assert set(preview.missing_slices) == set(range(21)) - {MIDDLE}
    held.gate.set()
    qtbot.waitUntil(lambda: library.volume(KEY) is not None, timeout=20_000)
    assert library.volume(KEY).missing_slices == ()
    assert library.volume(KEY).pending_slices == ()


def test_the_slider_shows_how_much_is_there(study, library, hanger, held, qtbot):
    with qtbot.waitSignal(library.preview_ready, timeout=20_000):
        hanger.hang_study(study)
    state = pane_of(hanger).state
    heights = {part.height for part in tracks(state)}
    assert round(480 / 21, 3) in {round(height, 3) for height in heights}


def tracks(state):
    drawing = build_drawing(state, (640, 480), ReadingContext())
    return [part for part in drawing.primitives if hasattr(part, "height") and part.y == 0.0]


def test_closing_drops_what_arrives_late(study, library, hanger, held, qtbot):
    with qtbot.waitSignal(library.preview_ready, timeout=20_000):
        hanger.hang_study(study)
    told = []
    library.preview_ready.connect(told.append)
    library.volume_ready.connect(told.append)
    library.close_all()
    hanger.clear()
    held.gate.set()
    qtbot.waitUntil(lambda: not library._jobs.running, timeout=20_000)
    qtbot.wait(50)
    assert told == []
    assert library.preview(KEY) is None
    assert hanger._desk.slice_panes() == ()


def test_the_place_and_window_of_the_reader_stay_when_the_rest_arrives(
    study, library, hanger, held, qtbot
):
    with qtbot.waitSignal(library.preview_ready, timeout=20_000):
        hanger.hang_study(study)
    pane = pane_of(hanger)
    hanger.show_in(pane, KEY)
    chosen = pane.state.with_window(type(pane.state.window)(center=100.0, width=900.0))
    pane.show_state(chosen)
    with qtbot.waitSignal(library.volume_ready, timeout=20_000):
        held.gate.set()
    assert pane.state.window == chosen.window
    assert pane.state.view == chosen.view
    assert pane.state.volume is library.volume(KEY)
    assert float(pane.state.volume.array.min()) == AIR
