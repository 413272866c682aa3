"""Window, zoom, pan, scroll and cross-hair as state machines on a pane of known scale."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.ui.tool_support import (
    CENTER,
    WrittenDesk,
    event_at,
    plain_state,
    square_pane,
)
from tests.ui.window_support import REVERSED, SAGITTAL, make_volume
from workstation.imaging.volume import WindowSetting
from workstation.rendering.plane import PlaneName
from workstation.ui.pane_state import on_slice, slice_position
from workstation.ui.tools.navigation import (
    FIELD_LIMITS_MM,
    CrosshairTool,
    PanTool,
    ScrollTool,
    WindowTool,
    ZoomTool,
    dragged_zoom,
)
from workstation.ui.tools.tool import Tool, ToolId

DRAGGING = {"window": WindowTool, "zoom": ZoomTool, "pan": PanTool, "scroll": ScrollTool}


@pytest.fixture
def desk(qapp):
    return WrittenDesk()


@pytest.fixture
def pane(qapp):
    return square_pane(on_slice(plain_state()))


def dragged(tool, pane, way, start=(200, 200)):
    tool.press(event_at(pane, *start))
    tool.move(event_at(pane, start[0] + way[0], start[1] + way[1]))


WINDOWS = [
    ((0, 0), (100.0, 200.0)),
    ((50, 0), (100.0, 240.0)),
    ((-50, 0), (100.0, 160.0)),
    ((250, 0), (100.0, 400.0)),
    ((0, -25), (120.0, 200.0)),
    ((0, 25), (80.0, 200.0)),
    ((125, -125), (200.0, 300.0)),
    ((-250, 0), (100.0, 0.2)),
    ((-1000, 0), (100.0, 0.2)),
]
"""One pixel is 1/250 of the width of 200, that is 0.8; never narrower than a thousandth."""


@pytest.mark.parametrize(("way", "expected"), WINDOWS)
def test_the_window_follows_the_drag(desk, pane, way, expected):
    tool = WindowTool(desk)
    dragged(tool, pane, way)
    shown_in, state = desk.windows[-1]
    assert shown_in is pane
    assert (state.window.center, state.window.width) == pytest.approx(expected)
    assert state.view == pane.state.view
    assert desk.states == []


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("way_px", [-40, -1, 1, 40])
def test_an_inverted_window_drag_moves_the_center_the_other_way(desk, pane, inverted, way_px):
    tool = WindowTool(desk)
    tool.set_inverted(inverted)
    dragged(tool, pane, (0, way_px))
    sign = 1.0 if inverted else -1.0
    assert desk.windows[-1][1].window.center == pytest.approx(100.0 + sign * way_px * 0.8)
    assert desk.windows[-1][1].window.width == 200.0


@pytest.mark.parametrize(
    ("inverted", "word"), [(False, "up for darker"), (True, "down for darker")]
)
def test_the_hint_says_which_way_is_darker(desk, inverted, word):
    tool = WindowTool(desk)
    tool.set_inverted(not inverted)
    tool.set_inverted(inverted)
    assert word in tool.hint


@pytest.mark.parametrize("width", [7.0, 200.0, 1800.0])
def test_the_same_hand_works_for_every_kind_of_value(desk, width):
    start = WindowSetting(center=0.0, width=width)
    pane = square_pane(plain_state().with_window(start))
    dragged(WindowTool(desk), pane, (25, -25))
    window = desk.windows[-1][1].window
    assert window.width / width == pytest.approx(1.1)
    assert window.center / width == pytest.approx(0.1)


ZOOMS = [
    ((0, 0), 400.0),
    ((77, 0), 400.0),
    ((0, -200), 400.0 / math.e),
    ((0, 200), 400.0 * math.e),
    ((0, -100), 400.0 / math.sqrt(math.e)),
    ((0, -2000), FIELD_LIMITS_MM[0]),
    ((0, 2000), FIELD_LIMITS_MM[1]),
]


@pytest.mark.parametrize(("way", "field_mm"), ZOOMS)
def test_the_height_shown_follows_the_zoom_drag(desk, pane, way, field_mm):
    dragged(ZoomTool(desk), pane, way)
    assert desk.states[-1][1].view.field_mm == pytest.approx(field_mm)


@pytest.mark.parametrize("start", [(200, 200), (100, 300), (350, 20)])
@pytest.mark.parametrize("way", [-120, -30, 60])
def test_the_point_where_the_zoom_began_keeps_its_pixel(desk, pane, start, way):
    anchor = event_at(pane, *start).point_lps
    dragged(ZoomTool(desk), pane, (0, way), start)
    pane.show_state(desk.states[-1][1])
    place = pane.to_widget(anchor)
    assert (place.x(), place.y()) == pytest.approx(start, abs=1e-6)


@pytest.mark.parametrize(
    ("field_mm", "factor", "expected"),
    [
        (400.0, 2.0, 200.0),
        (400.0, 0.5, 800.0),
        (400.0, 1.0, 400.0),
        (5.0, 2.0, 4.0),
        (4.0, 3.0, 4.0),
        (3999.0, 0.5, 4000.0),
        (4000.0, 0.1, 4000.0),
    ],
)
def test_no_zoom_passes_the_limits(field_mm, factor, expected):
    zoomed = dragged_zoom(plain_state(field_mm=field_mm), factor, None)
    assert zoomed.view.field_mm == pytest.approx(expected)
    assert zoomed.view.center_lps == pytest.approx(CENTER)


PANS = [
    (PlaneName.AXIAL, (30, 0), (-20.0, -20.0, 30.0)),
    (PlaneName.AXIAL, (0, 30), (10.0, -50.0, 30.0)),
    (PlaneName.SAGITTAL, (30, 0), (10.0, -50.0, 30.0)),
    (PlaneName.SAGITTAL, (0, 30), (10.0, -20.0, 60.0)),
    (PlaneName.CORONAL, (-30, 0), (40.0, -20.0, 30.0)),
    (PlaneName.CORONAL, (0, -30), (10.0, -20.0, 0.0)),
]
"""The center goes against the pointer: the image follows it."""


@pytest.mark.parametrize(("plane", "way", "center"), PANS)
def test_panning_moves_the_center_against_the_pointer(desk, plane, way, center):
    pane = square_pane(plain_state(plane))
    dragged(PanTool(desk), pane, way)
    assert desk.states[-1][1].view.center_lps == pytest.approx(center)


@pytest.mark.parametrize("field_mm", [50.0, 400.0, 1000.0])
def test_the_grabbed_point_stays_under_the_pointer(desk, field_mm):
    pane = square_pane(plain_state(field_mm=field_mm))
    grabbed = event_at(pane, 120, 90).point_lps
    dragged(PanTool(desk), pane, (37, -55), start=(120, 90))
    pane.show_state(desk.states[-1][1])
    place = pane.to_widget(grabbed)
    assert (place.x(), place.y()) == pytest.approx((157, 35), abs=1e-6)


SCROLLS = [
    (0, 0),
    (2, 0),
    (4, 1),
    (6, 1),
    (12, 2),
    (-6, -1),
    (-60, -10),
    (10000, 99),
    (-10000, -99),
]


@pytest.mark.parametrize(("way", "steps"), SCROLLS)
def test_six_pixels_scroll_one_slice(desk, pane, way, steps):
    before = slice_position(pane.state)
    dragged(ScrollTool(desk), pane, (0, way))
    after = slice_position(desk.states[-1][1])
    wanted = min(max(before.index + steps, 0), before.count - 1)
    assert after.index == wanted


@pytest.mark.parametrize(
    ("plane", "axis", "sign"),
    [(PlaneName.AXIAL, 2, -1.0), (PlaneName.SAGITTAL, 0, 1.0), (PlaneName.CORONAL, 1, 1.0)],
)
@pytest.mark.parametrize("direction", [np.eye(3), REVERSED, SAGITTAL], ids=["axial", "rev", "sag"])
def test_scrolling_down_goes_to_the_feet_the_left_and_the_back(desk, plane, axis, sign, direction):
    volume = make_volume(direction=direction, spacing=(1.0, 1.0, 2.0))
    pane = square_pane(on_slice(plain_state(plane, volume)))
    dragged(ScrollTool(desk), pane, (0, 18))
    way = np.asarray(desk.states[-1][1].view.center_lps) - np.asarray(pane.state.view.center_lps)
    step_mm = slice_position(pane.state).step_mm
    assert way[axis] == pytest.approx(sign * 3 * step_mm)
    assert np.delete(way, axis) == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize("name", DRAGGING)
def test_a_drag_is_busy_from_press_to_release(desk, pane, name):
    tool = DRAGGING[name](desk)
    assert not tool.busy
    tool.press(event_at(pane, 200, 200))
    assert tool.busy
    tool.release(event_at(pane, 200, 218))
    assert not tool.busy
    shown = len(desk.states) + len(desk.windows)
    assert shown == 1
    tool.move(event_at(pane, 200, 260))
    tool.release(event_at(pane, 200, 260))
    assert len(desk.states) + len(desk.windows) == shown


@pytest.mark.parametrize("name", DRAGGING)
def test_cancel_shows_what_was_there_before(desk, pane, name):
    tool = DRAGGING[name](desk)
    dragged(tool, pane, (31, 43))
    tool.cancel()
    assert desk.states[-1] == (pane, pane.state)
    assert desk.windows[-1] == (pane, pane.state)
    assert not tool.busy
    asked = len(desk.states), len(desk.windows)
    tool.cancel()
    assert (len(desk.states), len(desk.windows)) == asked


@pytest.mark.parametrize("name", DRAGGING)
def test_another_pane_takes_no_part_in_a_drag(desk, pane, name):
    other = square_pane(plain_state(PlaneName.CORONAL), 2)
    tool = DRAGGING[name](desk)
    tool.press(event_at(pane, 200, 200))
    tool.move(event_at(other, 300, 300))
    assert (desk.states, desk.windows) == ([], [])
    tool.release(event_at(other, 300, 300))
    assert (desk.states, desk.windows) == ([], [])
    assert not tool.busy


@pytest.mark.parametrize("name", DRAGGING)
def test_a_drag_never_becomes_a_command(desk, pane, name):
    tool = DRAGGING[name](desk)
    dragged(tool, pane, (31, 43))
    tool.release(event_at(pane, 231, 243))
    assert desk.commands == []
    assert tool.drafts == ()


@pytest.mark.parametrize("name", DRAGGING)
def test_a_drag_counts_from_its_beginning_not_from_its_last_step(desk, pane, name):
    straight, wandering = WrittenDesk(), WrittenDesk()
    first, second = DRAGGING[name](straight), DRAGGING[name](wandering)
    dragged(first, pane, (24, 36))
    second.press(event_at(pane, 200, 200))
    for x, y in ((390, 10), (3, 397), (224, 236)):
        second.move(event_at(pane, x, y))
    assert [state for _, state in straight.states] == [s for _, s in wandering.states[-1:]]
    assert [state for _, state in straight.windows] == [s for _, s in wandering.windows[-1:]]


@pytest.mark.parametrize("plane", tuple(PlaneName))
def test_the_cross_hair_goes_to_each_point(desk, plane):
    pane = square_pane(plain_state(plane))
    tool = CrosshairTool(desk)
    places = [(200, 200), (230, 170), (10, 390)]
    tool.press(event_at(pane, *places[0]))
    for place in places[1:]:
        tool.move(event_at(pane, *place))
    tool.release(event_at(pane, *places[-1]))
    expected = [pytest.approx(event_at(pane, *place).point_lps) for place in places]
    assert [point for _, point in desk.points] == expected
    assert all(abs(pane.state.view.distance_mm(point)) < 1e-9 for _, point in desk.points)
    assert not tool.busy


def test_the_cross_hair_by_hand(desk, pane):
    CrosshairTool(desk).press(event_at(pane, 260, 150))
    ((shown_in, point),) = desk.points
    z = pane.state.view.center_lps[2]
    assert shown_in is pane
    assert point == pytest.approx((70.0, -70.0, z))


@pytest.mark.parametrize(
    ("made", "tool_id"),
    [
        (WindowTool, ToolId.WINDOW),
        (ZoomTool, ToolId.ZOOM),
        (PanTool, ToolId.PAN),
        (CrosshairTool, ToolId.CROSSHAIR),
    ],
)
def test_each_tool_knows_its_name_and_tells_how_it_works(desk, made, tool_id):
    tool = made(desk)
    assert tool.id is tool_id
    assert tool.hint.endswith(".")


def test_a_tool_that_does_not_drag_ignores_everything_else(desk, pane):
    tool = Tool(desk)
    at = event_at(pane, 200, 200)
    tool.press(at)
    tool.move(at)
    tool.release(at)
    tool.cancel()
    assert (tool.busy, tool.drafts, tool.hint) == (False, (), "")
    assert (desk.commands, desk.states, desk.windows, desk.redraws) == ([], [], [], 0)
