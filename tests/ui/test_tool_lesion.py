"""The lesion tool as a state machine: centers and radii in patient millimeters."""

from __future__ import annotations

import math

import pytest

from tests.ui.tool_support import (
    CENTER,
    MADE_AT,
    WrittenDesk,
    case_with,
    event_at,
    moved_by,
    plain_state,
    square_pane,
)
from tests.ui.window_support import FRAME, OTHER_FRAME, make_volume, oblique
from workstation.domain.commands import AddLesion, ReplaceLesion
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.ui.tools.lesion_tool import (
    CLICK_RADIUS_MM,
    HANDLE_REACH_PX,
    LARGEST_RADIUS_MM,
    SMALLEST_RADIUS_MM,
    LesionTool,
    cut_radius_mm,
    drawn_radius_mm,
    handle_hit,
)


@pytest.fixture
def desk(qapp):
    return WrittenDesk(case_with())


@pytest.fixture
def tool(desk):
    return LesionTool(desk)


@pytest.fixture
def pane(qapp):
    return square_pane(plain_state())


POINTS_OF_PLANES = [
    (PlaneName.AXIAL, (230, 200), (40.0, -20.0, 30.0)),
    (PlaneName.AXIAL, (200, 170), (10.0, -50.0, 30.0)),
    (PlaneName.AXIAL, (170, 245), (-20.0, 25.0, 30.0)),
    (PlaneName.SAGITTAL, (230, 200), (10.0, 10.0, 30.0)),
    (PlaneName.SAGITTAL, (200, 170), (10.0, -20.0, 60.0)),
    (PlaneName.CORONAL, (230, 200), (40.0, -20.0, 30.0)),
    (PlaneName.CORONAL, (200, 230), (10.0, -20.0, 0.0)),
]
"""By hand: x grows to the patient's left, y to the back, z to the head; a pixel is 1 mm."""


@pytest.mark.parametrize(("plane", "place", "expected"), POINTS_OF_PLANES)
def test_a_click_marks_the_patient_point_under_the_pointer(desk, tool, plane, place, expected):
    pane = square_pane(plain_state(plane))
    at = event_at(pane, *place)
    tool.press(at)
    tool.release(at)
    (command,) = desk.commands
    assert isinstance(command, AddLesion)
    assert command.center_lps == pytest.approx(expected, abs=1e-9)
    assert command.radius_mm == CLICK_RADIUS_MM
    assert command.frame_of_reference_uid == FRAME
    assert command.series_uid == "1.2.3.4.1"
    assert command.created_at == MADE_AT
    assert command.id == "new-1"


@pytest.mark.parametrize("plane", tuple(PlaneName))
@pytest.mark.parametrize(
    ("way", "radius_mm"),
    [((12, 0), 12.0), ((0, 12), 12.0), ((-9, 12), 15.0), ((0, -30), 30.0), ((-8, -15), 17.0)],
)
def test_a_drag_gives_the_radius_in_any_direction(desk, tool, plane, way, radius_mm):
    pane = square_pane(plain_state(plane))
    tool.press(event_at(pane, 200, 200))
    tool.move(event_at(pane, 200 + way[0] / 2, 200 + way[1] / 2))
    tool.release(event_at(pane, 200 + way[0], 200 + way[1]))
    (command,) = desk.commands
    assert command.radius_mm == pytest.approx(radius_mm, abs=1e-9)
    assert command.center_lps == pytest.approx(CENTER, abs=1e-9)


@pytest.mark.parametrize(("field_mm", "mm_per_pixel"), [(100.0, 0.25), (200.0, 0.5), (800.0, 2.0)])
def test_the_radius_is_in_millimeters_at_every_zoom(desk, tool, field_mm, mm_per_pixel):
    pane = square_pane(plain_state(field_mm=field_mm))
    tool.press(event_at(pane, 200, 200))
    tool.release(event_at(pane, 240, 200))
    assert desk.commands[0].radius_mm == pytest.approx(40 * mm_per_pixel, abs=1e-9)


@pytest.mark.parametrize("angle_deg", [0.0, 90.0, 137.0])
@pytest.mark.parametrize("flipped", [False, True])
def test_a_turned_or_mirrored_pane_keeps_left_and_right_of_the_patient(
    desk, tool, angle_deg, flipped
):
    state = plain_state()
    view = state.view.flip() if flipped else state.view
    pane = square_pane(state.with_view(view.rotated(angle_deg)))
    target = (40.0, -20.0, 30.0)
    place = pane.to_widget(target)
    at = event_at(pane, place.x(), place.y())
    tool.press(at)
    tool.release(at)
    assert desk.commands[0].center_lps == pytest.approx(target, abs=1e-9)


def test_an_oblique_plane_gives_points_of_its_own_plane(desk, tool):
    volume = make_volume(direction=oblique(20.0))
    view = PlaneView.oblique(CENTER, oblique(20.0)[:, 2], 400.0, PlaneName.AXIAL)
    pane = square_pane(plain_state(volume=volume).with_view(view))
    tool.press(event_at(pane, 200, 240))
    tool.release(event_at(pane, 200, 240))
    angle = math.radians(20.0)
    expected = (10.0, -20.0 + 40.0 * math.cos(angle), 30.0 + 40.0 * math.sin(angle))
    assert desk.commands[0].center_lps == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("way_px", "radius_mm"),
    [(0.0, CLICK_RADIUS_MM), (3.9, CLICK_RADIUS_MM), (4.0, 4.0), (4.1, 4.1), (170.0, 150.0)],
)
def test_a_drag_begins_at_four_pixels_and_ends_at_the_largest_sphere(
    desk, tool, pane, way_px, radius_mm
):
    tool.press(event_at(pane, 100, 200))
    tool.release(event_at(pane, 100 + way_px, 200))
    assert desk.commands[0].radius_mm == pytest.approx(radius_mm, abs=1e-9)


@pytest.mark.parametrize(
    ("way_mm", "radius_mm"),
    [
        (0.0, SMALLEST_RADIUS_MM),
        (0.49, SMALLEST_RADIUS_MM),
        (0.5, 0.5),
        (0.51, 0.51),
        (149.99, 149.99),
        (150.0, LARGEST_RADIUS_MM),
        (150.01, LARGEST_RADIUS_MM),
        (1e6, LARGEST_RADIUS_MM),
    ],
)
@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.6, 0.8)])
def test_a_drawn_radius_stays_between_its_limits(way_mm, radius_mm, axis):
    border = moved_by(CENTER, axis, way_mm)
    assert drawn_radius_mm(CENTER, border) == pytest.approx(radius_mm, abs=1e-9)


@pytest.mark.parametrize(
    ("radius_mm", "distance_mm", "cut"),
    [
        (5.0, 0.0, 5.0),
        (5.0, 3.0, 4.0),
        (5.0, -3.0, 4.0),
        (13.0, 12.0, 5.0),
        (13.0, -5.0, 12.0),
        (5.0, 5.0, None),
        (5.0, -5.0, None),
        (5.0, 6.0, None),
        (0.5, 0.3, 0.4),
    ],
)
def test_the_circle_in_which_a_plane_cuts_a_sphere(radius_mm, distance_mm, cut):
    found = cut_radius_mm(CENTER, radius_mm, distance_mm)
    assert found == (pytest.approx(cut) if cut is not None else None)


def test_the_outline_grows_while_it_is_drawn(desk, tool, pane):
    assert not tool.busy
    assert tool.drafts == ()
    tool.press(event_at(pane, 200, 200))
    assert tool.busy
    assert tool.drafts == ()
    for way in (10, 25, 5):
        tool.move(event_at(pane, 200, 200 + way))
        (draft,) = tool.drafts
        assert draft.radius_mm == pytest.approx(way)
        assert draft.center_lps == pytest.approx(CENTER)
        assert draft.frame_of_reference_uid == FRAME
    assert desk.redraws == 3
    assert desk.commands == []
    tool.release(event_at(pane, 200, 205))
    assert not tool.busy
    assert tool.drafts == ()


@pytest.mark.parametrize("moves", [0, 1, 3])
def test_cancel_leaves_no_lesion_and_the_late_release_none_either(desk, tool, pane, moves):
    tool.press(event_at(pane, 200, 200))
    for number in range(moves):
        tool.move(event_at(pane, 210 + number, 200))
    tool.cancel()
    assert not tool.busy
    tool.move(event_at(pane, 260, 200))
    tool.release(event_at(pane, 260, 200))
    assert tool.drafts == ()
    assert desk.commands == []


@pytest.mark.parametrize("step", ["move", "release"])
def test_nothing_happens_before_a_press(desk, tool, pane, step):
    getattr(tool, step)(event_at(pane, 200, 200))
    assert (desk.commands, desk.redraws, tool.busy) == ([], 0, False)


def test_each_lesion_begins_anew(desk, tool, pane):
    for x, way in ((100, 20), (250, 0), (300, 7)):
        tool.press(event_at(pane, x, 200))
        tool.release(event_at(pane, x + way, 200))
    radii = [command.radius_mm for command in desk.commands]
    assert radii == pytest.approx([20.0, CLICK_RADIUS_MM, 7.0])
    assert [command.center_lps[0] for command in desk.commands] == pytest.approx([-90, 60, 110])
    assert len({command.id for command in desk.commands}) == 3


def test_a_refused_lesion_leaves_the_tool_ready(desk, tool, pane):
    desk.accepts = False
    tool.press(event_at(pane, 200, 200))
    tool.release(event_at(pane, 220, 200))
    assert not tool.busy
    assert tool.drafts == ()


def test_without_a_space_the_lesion_belongs_to_its_series_alone(desk, tool):
    pane = square_pane(plain_state(volume=make_volume(frame="")))
    tool.press(event_at(pane, 200, 200))
    tool.release(event_at(pane, 200, 200))
    assert desk.commands[0].frame_of_reference_uid == "only-1.2.3.4.1"


def test_the_tool_works_before_a_case_is_open(tool, desk, pane):
    desk.case = None
    tool.press(event_at(pane, 200, 200))
    tool.release(event_at(pane, 200, 200))
    assert isinstance(desk.commands[0], AddLesion)


HANDLES = [
    ((240, 200), True),
    ((160, 200), True),
    ((200, 240), True),
    ((200, 160), True),
    ((240 + HANDLE_REACH_PX, 200), True),
    ((240 - HANDLE_REACH_PX, 200), True),
    ((240 + HANDLE_REACH_PX + 0.5, 200), False),
    ((240 - HANDLE_REACH_PX - 0.5, 200), False),
    ((200, 200), False),
    ((228.3, 228.3), False),
    ((171.7, 228.3), False),
    ((238.6, 210.4), True),
    ((236.3, 216.9), False),
    ((300, 200), False),
]
"""Around a sphere of 40 mm in the middle; diagonals lie between the handles."""


@pytest.mark.parametrize(("place", "hit"), HANDLES)
def test_only_the_four_handles_take_hold(pane, place, hit):
    (lesion,) = case_with((CENTER, 40.0)).lesions
    assert handle_hit(event_at(pane, *place), lesion) is hit


@pytest.mark.parametrize(
    ("offset_mm", "place", "hit"),
    [
        (24.0, (232, 200), True),
        (24.0, (240, 200), True),
        (24.0, (241, 200), False),
        (-24.0, (232, 200), True),
        (39.0, (208.9, 200), True),
        (40.0, (200, 200), False),
        (41.0, (200, 200), False),
    ],
)
def test_handles_lie_on_the_circle_of_the_plane_not_of_the_sphere(pane, offset_mm, place, hit):
    (lesion,) = case_with((moved_by(CENTER, (0, 0, 1), offset_mm), 40.0)).lesions
    assert handle_hit(event_at(pane, *place), lesion) is hit


def test_a_lesion_of_another_space_has_no_handles_here(pane):
    (lesion,) = case_with((CENTER, 40.0), frame=OTHER_FRAME).lesions
    assert not handle_hit(event_at(pane, 240, 200), lesion)


@pytest.mark.parametrize("start", [(240, 200), (160, 200), (200, 240), (200, 160)])
@pytest.mark.parametrize(("end", "radius_mm"), [((255, 200), 55.0), ((200, 230), 30.0)])
def test_dragging_a_handle_changes_only_the_radius(desk, tool, pane, start, end, radius_mm):
    desk.case = case_with((CENTER, 40.0))
    (before,) = desk.case.lesions
    tool.press(event_at(pane, *start))
    tool.move(event_at(pane, *end))
    (draft,) = tool.drafts
    assert draft.center_lps == CENTER
    tool.release(event_at(pane, *end))
    (command,) = desk.commands
    assert isinstance(command, ReplaceLesion)
    assert command.lesion.radius_mm == pytest.approx(radius_mm)
    assert command.lesion.center_lps == before.center_lps
    assert (command.lesion.id, command.lesion.number) == (before.id, before.number)


def test_a_click_on_a_handle_changes_nothing(desk, tool, pane):
    desk.case = case_with((CENTER, 40.0))
    tool.press(event_at(pane, 240, 200))
    tool.release(event_at(pane, 242, 200))
    assert desk.commands == []
    assert not tool.busy


def test_cancel_of_a_handle_lets_the_next_press_mark_a_new_lesion(desk, tool, pane):
    desk.case = case_with((CENTER, 40.0))
    tool.press(event_at(pane, 240, 200))
    tool.cancel()
    tool.press(event_at(pane, 300, 300))
    tool.release(event_at(pane, 300, 300))
    assert [type(command) for command in desk.commands] == [AddLesion]


def test_of_two_lesions_the_one_whose_handle_is_touched_changes(desk, tool, pane):
    desk.case = case_with((CENTER, 40.0), ((90.0, -20.0, 30.0), 20.0))
    tool.press(event_at(pane, 300, 200))
    tool.release(event_at(pane, 310, 200))
    assert desk.commands[0].lesion.id == "lesion-2"
    assert desk.commands[0].lesion.radius_mm == pytest.approx(30.0)
