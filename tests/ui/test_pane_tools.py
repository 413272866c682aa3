"""Mouse, wheel and keys over panes, with real events: every tool answers in patient millimeters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.window_support import (
    FRAME,
    LEFT,
    MIDDLE,
    OTHER_FRAME,
    PLANES,
    REVERSED,
    RIGHT,
    SAGITTAL,
    click_at,
    drag,
    hover,
    make_desk,
    make_spine,
    make_state,
    make_volume,
    wheel,
)
from workstation.domain.commands import AddLesion, ConfirmSpine, SetSpine
from workstation.domain.mark_geometry import mark_values
from workstation.domain.spine import LandmarkState, VertebralLevel
from workstation.rendering.plane import PlaneName
from workstation.ui.level_popup import LevelPopup
from workstation.ui.pane_state import slice_position
from workstation.ui.tools.lesion_tool import CLICK_RADIUS_MM, cut_radius_mm
from workstation.ui.tools.tool import ToolId

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot, session, messages):
    made = make_desk(session, messages)
    qtbot.addWidget(made.grid)
    session.new()
    made.grid.show()
    yield made
    made.grid.close_views()


@pytest.fixture
def axial(desk):
    (pane,) = desk.show([make_state(make_volume())], columns=1)
    return pane


def center(pane) -> tuple[int, int]:
    return (pane.width() // 2, pane.height() // 2)


def test_positions_map_to_the_patient_and_back(axial):
    for position in (QPointF(0.5, 0.5), QPointF(333.0, 217.0), QPointF(899.0, 699.0)):
        point = axial.to_lps(position)
        back = axial.to_widget(point)
        assert (back.x(), back.y()) == pytest.approx((position.x(), position.y()))


def test_the_middle_of_the_pane_is_the_center_of_the_view(axial):
    middle = QPointF(axial.width() / 2, axial.height() / 2)
    assert axial.to_lps(middle) == pytest.approx(axial.state.view.center_lps)


@pytest.mark.parametrize(("notches", "moved"), [(1, -1), (-1, 1), (-4, 4)])
def test_the_wheel_steps_slices(axial, notches, moved):
    before = slice_position(axial.state).index
    wheel(axial, notches)
    assert slice_position(axial.state).index == before + moved


def test_small_wheel_steps_add_up(axial):
    before = slice_position(axial.state).index
    for _ in range(4):
        wheel(axial, -0.25)
    assert slice_position(axial.state).index == before + 1


def test_shift_wheel_steps_five(axial):
    before = slice_position(axial.state).index
    wheel(axial, -1, modifier=SHIFT)
    assert slice_position(axial.state).index == before + 5


def test_ctrl_wheel_zooms_at_the_pointer(axial):
    at = (200, 150)
    point = axial.to_lps(QPointF(*at))
    field = axial.state.view.field_mm
    wheel(axial, 2, at=at, modifier=CTRL)
    assert axial.state.view.field_mm < field
    assert axial.to_lps(QPointF(*at)) == pytest.approx(point)


def test_left_drag_changes_the_window_in_proportion(axial):
    drag(axial, (300, 300), (425, 300))
    assert axial.state.window.width == pytest.approx(300.0)
    assert axial.state.window.center == pytest.approx(100.0)


def test_dragging_up_makes_the_image_darker(axial):
    drag(axial, (300, 300), (300, 250))
    assert axial.state.window.center > 100.0
    assert axial.state.window.width == pytest.approx(200.0)


def test_the_window_is_shared_by_all_panes_of_the_series(desk):
    volume, other = make_volume(), make_volume(series="2")
    states = [make_state(volume), make_state(volume, PlaneName.CORONAL), make_state(other)]
    one, same, different = desk.show(states)
    drag(one, (100, 100), (200, 100))
    assert same.state.window == one.state.window
    assert different.state.window.width == 200.0


def test_middle_drag_keeps_the_grabbed_point_under_the_pointer(axial):
    point = axial.to_lps(QPointF(300, 300))
    drag(axial, (300, 300), (390, 260), button=MIDDLE)
    assert axial.to_lps(QPointF(390, 260)) == pytest.approx(point)


def test_right_drag_zooms_around_its_beginning(axial):
    point = axial.to_lps(QPointF(240, 400))
    field = axial.state.view.field_mm
    drag(axial, (240, 400), (240, 300), button=RIGHT)
    assert axial.state.view.field_mm == pytest.approx(field / np.exp(0.5))
    assert axial.to_lps(QPointF(240, 400)) == pytest.approx(point)


def test_zoom_stops_at_its_limits(axial):
    for _ in range(12):
        drag(axial, (240, 600), (240, 20), button=RIGHT)
    assert axial.state.view.field_mm == pytest.approx(4.0)


def test_space_turns_the_left_button_into_pan(desk, axial):
    desk.host.pointer.space_held = True
    point = axial.to_lps(QPointF(300, 300))
    drag(axial, (300, 300), (350, 320))
    assert axial.to_lps(QPointF(350, 320)) == pytest.approx(point)


def test_both_buttons_change_the_window_with_any_tool_armed(desk, axial):
    desk.desk.arm(ToolId.LESION)
    QTest.mousePress(axial, RIGHT, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    event_buttons = LEFT | RIGHT
    for kind, at in (
        (QEvent.Type.MouseButtonPress, QPointF(300, 300)),
        (QEvent.Type.MouseMove, QPointF(425, 300)),
        (QEvent.Type.MouseButtonRelease, QPointF(425, 300)),
    ):
        event = QMouseEvent(kind, at, at, LEFT, event_buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(axial, event)
    QTest.mouseRelease(axial, RIGHT, Qt.KeyboardModifier.NoModifier, QPoint(425, 300))
    assert axial.state.window.width == pytest.approx(300.0)
    assert desk.session.case.lesions == ()


def test_the_slider_scrolls_to_where_it_is_pressed(axial):
    click_at(axial, (axial.width() - 3, axial.height() - 1))
    assert slice_position(axial.state).index == 39
    click_at(axial, (axial.width() - 3, 0))
    assert slice_position(axial.state).index == 0


@pytest.mark.parametrize("direction", [np.eye(3), REVERSED, SAGITTAL])
def test_a_click_links_the_same_point_in_every_plane(desk, direction):
    volume = make_volume(direction=direction)
    panes = desk.show([make_state(volume, plane) for plane in PLANES])
    first = panes[0]
    at = (first.width() // 2 + 37, first.height() // 2 - 21)
    point = first.to_lps(QPointF(*at))
    click_at(first, at)
    assert desk.session.view.cursor_lps == pytest.approx(point)
    for pane in panes:
        # Native stacks stop on a slice: half of its thickness may remain.
        assert abs(pane.state.view.distance_mm(point)) <= 1.01
        shown = pane.to_widget(point)
        assert pane.rect().contains(shown.toPoint())


def test_another_space_does_not_follow(desk):
    here, there = make_volume(), make_volume(frame=OTHER_FRAME, series="2")
    one, other = desk.show([make_state(here), make_state(there, PlaneName.SAGITTAL)])
    before = other.state
    click_at(one, (100, 100))
    assert other.state is before


def test_shift_and_move_carries_the_linked_point(desk):
    volume = make_volume()
    axial, sagittal = desk.show([make_state(volume), make_state(volume, PlaneName.SAGITTAL)])
    hover(axial, (150, 200), modifier=SHIFT)
    point = axial.to_lps(QPointF(150, 200))
    assert desk.session.view.cursor_lps == pytest.approx(point)
    assert abs(sagittal.state.view.distance_mm(point)) <= 0.51


def test_unlinked_panes_stay(desk):
    volume = make_volume()
    axial, sagittal = desk.show([make_state(volume), make_state(volume, PlaneName.SAGITTAL)])
    desk.desk.set_settings(replace(desk.desk.settings, linked=False))
    before = sagittal.state
    click_at(axial, (150, 200))
    assert sagittal.state is before


def test_hovering_says_what_lies_there(desk, axial):
    seen = []
    desk.host.hovered.connect(lambda state, point: seen.append((state, point)))
    hover(axial, (400, 300))
    state, point = seen[-1]
    assert state is axial.state
    assert point == pytest.approx(axial.to_lps(QPointF(400, 300)))


def test_double_click_shows_one_pane_and_all_again(desk):
    volume = make_volume()
    one, other = desk.show([make_state(volume), make_state(volume, PlaneName.CORONAL)])
    QTest.mouseDClick(one, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
    assert one.size() == desk.grid.size()
    assert not other.isVisible()
    QTest.mouseDClick(one, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
    assert other.isVisible()


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("direction", [np.eye(3), REVERSED, SAGITTAL])
def test_a_lesion_lies_at_the_point_under_the_pointer(desk, plane, direction):
    (pane,) = desk.show([make_state(make_volume(direction=direction), plane)], columns=1)
    desk.desk.arm(ToolId.LESION)
    start = (pane.width() // 2 + 40, pane.height() // 2 - 60)
    end = (start[0] + 90, start[1])
    expected = pane.to_lps(QPointF(*start))
    radius = np.linalg.norm(np.subtract(pane.to_lps(QPointF(*end)), expected))
    drag(pane, start, end)
    (lesion,) = desk.session.case.lesions
    assert lesion.center_lps == pytest.approx(expected)
    assert lesion.radius_mm == pytest.approx(radius)
    assert lesion.frame_of_reference_uid == FRAME
    assert lesion.number == 1


def test_a_click_marks_a_small_lesion(desk, axial):
    desk.desk.arm(ToolId.LESION)
    click_at(axial, center(axial))
    assert desk.session.case.lesions[0].radius_mm == CLICK_RADIUS_MM


def test_the_lesion_tool_stays_armed_and_a_double_click_does_not_maximize(desk, axial):
    desk.desk.arm(ToolId.LESION)
    QTest.mouseDClick(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    assert desk.grid.alone is None
    assert desk.desk.armed is ToolId.LESION


def test_escape_gives_the_drawn_lesion_up(desk, axial):
    desk.desk.arm(ToolId.LESION)
    QTest.mousePress(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    assert desk.host.pointer.cancel()
    QTest.mouseRelease(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(350, 300))
    assert desk.session.case.lesions == ()


def test_a_handle_changes_the_radius(desk, axial):
    point = axial.state.view.center_lps
    desk.session.dispatch(
        AddLesion(
            id="a", center_lps=point, radius_mm=6.0, frame_of_reference_uid=FRAME, series_uid="s"
        )
    )
    desk.desk.arm(ToolId.LESION)
    middle = axial.to_widget(point)
    scale = axial.state.view.mm_per_pixel(axial.logical_size)
    edge = (round(middle.x() + 6.0 / scale), round(middle.y()))
    drag(axial, edge, (edge[0] + round(4.0 / scale), edge[1]))
    (lesion,) = desk.session.case.lesions
    assert lesion.radius_mm == pytest.approx(10.0, abs=0.2)
    assert lesion.center_lps == point


def test_a_plane_beside_a_sphere_does_not_cut_it():
    assert cut_radius_mm((0.0, 0.0, 0.0), 5.0, 3.0) == pytest.approx(4.0)
    assert cut_radius_mm((0.0, 0.0, 0.0), 5.0, 5.0) is None


def test_a_click_on_a_lesion_selects_it(desk, axial):
    point = axial.state.view.center_lps
    desk.session.dispatch(
        AddLesion(
            id="a", center_lps=point, radius_mm=6.0, frame_of_reference_uid=FRAME, series_uid="s"
        )
    )
    click_at(axial, center(axial))
    assert desk.session.view.selected_lesion_id == "a"


@pytest.mark.parametrize("plane", PLANES)
def test_distances_are_patient_millimeters(desk, plane):
    (pane,) = desk.show([make_state(make_volume(spacing=(0.7, 1.3, 2.9)), plane)], columns=1)
    desk.desk.arm(ToolId.DISTANCE)
    drag(pane, (300, 200), (420, 290))
    (line,) = desk.session.case.marks
    scale = pane.state.view.mm_per_pixel(pane.logical_size)
    assert mark_values(line)[0].value == pytest.approx(150.0 * scale)
    assert mark_values(line)[0].unit == "mm"


def test_two_clicks_measure_as_well(desk, axial):
    desk.desk.arm(ToolId.DISTANCE)
    click_at(axial, (300, 200))
    assert desk.session.case.marks == ()
    hover(axial, (350, 200))
    click_at(axial, (400, 200))
    (line,) = desk.session.case.marks
    scale = axial.state.view.mm_per_pixel(axial.logical_size)
    assert mark_values(line)[0].value == pytest.approx(100.0 * scale)


def test_no_length_across_missing_slices(desk):
    volume = make_volume(missing_slices=(20, 21))
    (pane,) = desk.show([make_state(volume, PlaneName.SAGITTAL)], columns=1)
    desk.desk.arm(ToolId.DISTANCE)
    drag(pane, (400, 100), (400, 600))
    assert desk.session.case.marks == ()
    assert "missing" in desk.messages.current.text


def the_popup(pane) -> LevelPopup:
    (popup,) = [item for item in pane.window().findChildren(LevelPopup) if item.isVisible()]
    return popup


@pytest.fixture
def named(desk):
    """Answers the popup by typing into it."""

    def name(pane, at, text):
        click_at(pane, at)
        popup = the_popup(pane)
        popup.field.selectAll()
        QTest.keyClicks(popup.field, text)
        QTest.keyClick(popup.field, Qt.Key.Key_Return)
        QApplication.processEvents()

    return name


@pytest.fixture
def sagittal(desk):
    (pane,) = desk.show([make_state(make_volume(), PlaneName.SAGITTAL)], columns=1)
    desk.desk.arm(ToolId.LEVEL)
    return pane


def test_one_click_names_one_vertebra(desk, sagittal, named):
    named(sagittal, (450, 150), "t9")
    (spine,) = desk.session.case.spines
    (mark,) = spine.landmarks
    assert mark.level is VertebralLevel.T9
    assert mark.state is LandmarkState.CLICKED
    assert mark.center_lps == pytest.approx(sagittal.to_lps(QPointF(450, 150)))
    assert not spine.confirmed


def test_a_second_click_proposes_the_chain_between(desk, sagittal, named):
    named(sagittal, (450, 100), "T9")
    named(sagittal, (450, 600), "T12")
    (spine,) = desk.session.case.spines
    assert [str(level) for level in spine.levels] == ["T9", "T10", "T11", "T12"]
    states = [mark.state for mark in spine.landmarks]
    assert states[1] is states[2] is LandmarkState.PROPOSED
    heights = [mark.center_lps[2] for mark in spine.landmarks]
    assert heights == sorted(heights, reverse=True)


def test_naming_is_one_undo_step_each(desk, sagittal, named):
    named(sagittal, (450, 100), "T9")
    named(sagittal, (450, 600), "T12")
    desk.session.undo()
    assert desk.session.case.spines[0].levels == (VertebralLevel.T9,)
    desk.session.undo()
    assert desk.session.case.spines == ()
    desk.session.redo()
    assert desk.session.case.spines[0].levels == (VertebralLevel.T9,)


def test_a_landmark_is_dragged(desk, sagittal):
    desk.session.dispatch(SetSpine(spine=make_spine("T9", "T10")))
    mark = desk.session.case.spines[0].landmarks[1]
    start = sagittal.to_widget(mark.center_lps).toPoint()
    drag(sagittal, (start.x(), start.y()), (start.x() + 30, start.y() + 10))
    moved = desk.session.case.spines[0].landmark(VertebralLevel.T10)
    assert moved.state is LandmarkState.CLICKED
    end = sagittal.to_widget(moved.center_lps)
    assert (end.x(), end.y()) == pytest.approx((start.x() + 30, start.y() + 10), abs=1.0)


def test_moving_a_landmark_takes_the_confirmation_away(desk, sagittal):
    desk.session.dispatch(SetSpine(spine=make_spine("T9", "T10")))
    frame = desk.session.case.spines[0].frame_of_reference_uid
    desk.session.dispatch(ConfirmSpine(frame_of_reference_uid=frame, by="R", at="2026-03-14"))
    assert desk.session.case.spines[0].confirmed
    mark = desk.session.case.spines[0].landmarks[0]
    start = sagittal.to_widget(mark.center_lps).toPoint()
    drag(sagittal, (start.x(), start.y()), (start.x() + 20, start.y()))
    assert not desk.session.case.spines[0].confirmed


def test_a_click_on_a_landmark_names_it_anew(desk, sagittal, named):
    desk.session.dispatch(SetSpine(spine=make_spine("T9")))
    mark = desk.session.case.spines[0].landmarks[0]
    at = sagittal.to_widget(mark.center_lps).toPoint()
    named(sagittal, (at.x(), at.y()), "T10")
    (spine,) = desk.session.case.spines
    assert spine.levels == (VertebralLevel.T10,)
    assert spine.landmarks[0].center_lps == mark.center_lps


def test_walking_needs_a_numbered_spine(desk, axial):
    assert desk.follower.walk(1) is None
    assert "not numbered" in desk.messages.current.text


def test_the_walk_moves_every_pane(desk):
    volume = make_volume()
    panes = desk.show([make_state(volume, plane) for plane in PLANES])
    desk.session.dispatch(SetSpine(spine=make_spine("T9", "T10", "T11")))
    assert desk.follower.walk(1) is not None
    level = desk.session.view.active_level
    mark = desk.session.case.spines[0].landmark(level)
    for pane in panes:
        assert abs(pane.state.view.distance_mm(mark.center_lps)) <= 1.01
    assert desk.session.view.cursor_lps == mark.center_lps


def test_the_pane_under_the_pointer_becomes_active(desk):
    volume = make_volume()
    one, other = desk.show([make_state(volume), make_state(volume, PlaneName.CORONAL)])
    other.entered.emit(other)
    assert desk.grid.active is other
    assert not one.active


def test_a_refused_level_stays_in_the_popup(desk, sagittal):
    click_at(sagittal, (450, 150))
    popup = the_popup(sagittal)
    QTest.keyClicks(popup.field, "Q7")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.isVisible()
    assert "not a vertebral level" in popup.hint.text()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert desk.session.case.spines == ()
    assert desk.desk.tool(ToolId.LEVEL).drafts == ()


def test_the_popup_steps_with_the_arrows(desk, sagittal):
    click_at(sagittal, (450, 150))
    popup = the_popup(sagittal)
    popup.field.setText("T12")
    QTest.keyClick(popup, Qt.Key.Key_Down)
    assert popup.field.text() == "L1"
    QTest.keyClick(popup, Qt.Key.Key_Up)
    assert popup.field.text() == "T12"
    popup.close()
