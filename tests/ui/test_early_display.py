"""What was read so far goes into the pane that waits, and the window of the reader stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal

from tests.ui.tool_support import square_pane
from tests.ui.window_support import make_volume
from workstation.imaging.volume import VolumeKey, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.plane import PlaneName
from workstation.ui.early_display import EarlyDisplay
from workstation.ui.hanging import slice_state
from workstation.ui.pane_state import slice_position, stepped

HALF_READ = frozenset(range(15, 30))


class Shelf(QObject):
    """A library whose volumes and previews are put there by the test."""

    preview_ready = Signal(object)
    volume_ready = Signal(object)
    load_failed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.previews = {}
        self.volumes = {}

    def preview(self, key):
        return self.previews.get(key)

    def volume(self, key):
        return self.volumes.get(key)

    def read_some(self, volume):
        self.previews[volume.key] = volume
        self.preview_ready.emit(volume.key)

    def read_all(self, volume):
        self.volumes[volume.key] = volume
        self.volume_ready.emit(volume.key)


class Panes:
    """A desk of a few panes; the first empty one waits for everything."""

    def __init__(self, *panes) -> None:
        self.panes = panes
        self.asked = []

    def slice_panes(self):
        return self.panes

    def waiting(self, key):
        self.asked.append(key)
        return next((pane for pane in self.panes if pane.state is None), None)


@pytest.fixture
def shelf(qapp):
    return Shelf()


@pytest.fixture
def desk(qapp):
    return Panes(square_pane(None, 1), square_pane(None, 2))


@pytest.fixture
def display(shelf, desk):
    return EarlyDisplay(shelf, desk, desk.waiting)


@pytest.fixture
def whole():
    return make_volume()


@pytest.fixture
def part(whole):
    return replace(whole, pending_slices=HALF_READ)


def test_the_first_part_goes_into_the_waiting_pane(display, shelf, desk, part):
    shelf.read_some(part)
    first, second = desk.panes
    assert first.state.volume is part
    assert first.state.view.plane_name is PlaneName.AXIAL
    assert second.state is None


def test_nothing_is_shown_where_no_pane_waits(display, shelf, desk, part):
    taken = slice_state(make_volume(series="9"), PlaneName.CORONAL)
    for pane in desk.panes:
        pane.show_state(taken)
    shelf.read_some(part)
    assert desk.asked == [part.key]
    assert [pane.state for pane in desk.panes] == [taken, taken]


def test_a_preview_that_is_gone_again_asks_for_no_pane(display, shelf, desk):
    shelf.preview_ready.emit(VolumeKey(series_uid="gone", index=0))
    assert desk.asked == []


def test_later_parts_go_where_the_first_went(display, shelf, desk, part, whole):
    shelf.read_some(part)
    more = replace(whole, pending_slices=frozenset({29}))
    shelf.read_some(more)
    assert desk.panes[0].state.volume is more
    assert desk.panes[1].state is None
    assert desk.asked == [part.key]


@pytest.mark.parametrize("steps", [-4, 3])
def test_the_slice_of_the_reader_stays(display, shelf, desk, part, whole, steps):
    shelf.read_some(part)
    pane = desk.panes[0]
    pane.show_state(stepped(pane.state, steps))
    before = slice_position(pane.state), pane.state.view
    shelf.read_all(whole)
    assert (slice_position(pane.state), pane.state.view) == before
    assert pane.state.volume is whole


def test_an_untouched_window_becomes_the_one_of_the_whole(display, shelf, desk, part, whole):
    shelf.read_some(part)
    shelf.read_all(whole)
    assert desk.panes[0].state.window == starting_window(whole)


@pytest.mark.parametrize("touched", [WindowSetting(center=1.0, width=2.0)])
@pytest.mark.parametrize("also_a_second_part", [False, True])
def test_a_window_of_the_reader_stays(
    display, shelf, desk, part, whole, touched, also_a_second_part
):
    shelf.read_some(part)
    pane = desk.panes[0]
    pane.show_state(pane.state.with_window(touched))
    if also_a_second_part:
        shelf.read_some(replace(whole, pending_slices=frozenset({29})))
    shelf.read_all(whole)
    assert pane.state.window == touched
    assert pane.state.volume is whole


def test_every_pane_of_the_series_gets_what_was_read(display, shelf, desk, part, whole):
    for pane, plane in zip(desk.panes, (PlaneName.AXIAL, PlaneName.CORONAL), strict=True):
        pane.show_state(slice_state(part, plane))
    shelf.read_all(whole)
    assert [pane.state.volume is whole for pane in desk.panes] == [True, True]


def test_a_layer_laid_over_another_series_is_filled_as_well(display, shelf, desk, part, whole):
    under = slice_state(make_volume(series="9"), PlaneName.AXIAL)
    upper = slice_state(part, PlaneName.AXIAL).layers[0]
    desk.panes[0].show_state(under.with_layers((*under.layers, upper)))
    shelf.read_all(whole)
    lower, over = desk.panes[0].state.layers
    assert over.volume is whole
    assert lower is under.layers[0]


def test_a_volume_that_is_gone_again_changes_nothing(display, shelf, desk, part):
    shelf.read_some(part)
    before = desk.panes[0].state
    shelf.volume_ready.emit(part.key)
    assert desk.panes[0].state is before


def test_what_cannot_be_completed_is_taken_down_and_nothing_else(display, shelf, desk, part):
    shelf.read_some(part)
    other = slice_state(make_volume(series="9"), PlaneName.AXIAL)
    desk.panes[1].show_state(other)
    shelf.load_failed.emit(part.key, None)
    assert [pane.state for pane in desk.panes] == [None, other]


def test_after_a_failure_the_series_may_be_read_again(display, shelf, desk, part, whole):
    shelf.read_some(part)
    shelf.load_failed.emit(part.key, None)
    shelf.read_some(part)
    shelf.read_all(whole)
    assert desk.panes[0].state.window == starting_window(whole)
