"""Every measuring tool with real events: points in patient millimeters, values by hand."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from tests.ui.window_support import (
    FRAME,
    LEFT,
    OTHER_FRAME,
    PLANES,
    REVERSED,
    SAGITTAL,
    click_at,
    drag,
    hover,
    make_desk,
    make_spine,
    make_state,
    make_volume,
    oblique,
    wheel,
)
from workstation.domain.commands import AddMark, ConfirmSpine, SetSpine
from workstation.domain.mark import MarkKind
from workstation.domain.mark_geometry import mark_values
from workstation.domain.spine import VertebralLevel
from workstation.imaging.mark_values import mark_quantities
from workstation.imaging.volume import Unit, WindowSetting
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.mark_list import MarkList, middle_of
from workstation.ui.mark_shape import crossings, is_shown
from workstation.ui.mark_words import mark_lines
from workstation.ui.pane_host import context_of
from workstation.ui.pane_overlay import build_drawing
from workstation.ui.pane_state import on_slice
from workstation.ui.text_popup import TextPopup
from workstation.ui.tools.mark_edit import Grip, moved_mark
from workstation.ui.tools.mark_plans import PLANS
from workstation.ui.tools.tool import ToolId

GEOMETRIES = {
    "axial": {"spacing": (0.7, 1.3, 2.9)},
    "reversed": {"direction": REVERSED, "spacing": (0.5, 0.5, 3.0)},
    "sagittal": {"direction": SAGITTAL, "spacing": (0.8, 0.8, 4.0)},
    "oblique": {"direction": oblique(23.0), "spacing": (0.9, 0.9, 2.0)},
}


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


def marks_of(desk):
    return desk.session.case.marks


def at(pane, x, y):
    return np.asarray(pane.to_lps(QPointF(x, y)))


def arm(desk, tool):
    desk.desk.arm(tool)


def clicks(pane, *places):
    for place in places:
        hover(pane, place)
        click_at(pane, place)


def values(mark):
    return {item.name: item.value for item in mark_values(mark)}


def shown_words(desk, pane):
    drawing = build_drawing(pane.state, pane.logical_size, context_of(desk.desk, pane))
    found = []
    for part in drawing.primitives:
        found += [part.text] if hasattr(part, "text") else list(getattr(part, "lines", ()))
    return found


@pytest.mark.parametrize("name", GEOMETRIES)
@pytest.mark.parametrize("plane", PLANES)
def test_a_known_distance_is_right_in_every_plane_of_every_geometry(desk, name, plane):
    state = make_state(make_volume(**GEOMETRIES[name]), plane)
    (pane,) = desk.show([state], columns=1)
    arm(desk, ToolId.DISTANCE)
    view = pane.state.view
    start = np.asarray(view.center_lps) - 7.0 * np.asarray(view.right)
    end = start + 12.0 * np.asarray(view.right) - 5.0 * np.asarray(view.up)
    places = [pane.to_widget(tuple(point)).toPoint() for point in (start, end)]
    drag(pane, *((place.x(), place.y()) for place in places))
    (mark,) = marks_of(desk)
    # Whole pixels of the event: half a pixel at both ends is the only error there may be.
    assert values(mark)["Length"] == pytest.approx(13.0, abs=view.mm_per_pixel(pane.logical_size))
    exact = at(pane, places[0].x(), places[0].y()) - at(pane, places[1].x(), places[1].y())
    assert values(mark)["Length"] == pytest.approx(float(np.linalg.norm(exact)), abs=1e-6)


def test_a_mark_is_kept_with_its_plane_and_series_and_can_be_undone(desk, axial):
    arm(desk, ToolId.DISTANCE)
    drag(axial, (300, 200), (400, 300))
    (mark,) = marks_of(desk)
    view = axial.state.view
    assert mark.kind is MarkKind.DISTANCE
    assert mark.direction == pytest.approx(view.direction)
    assert mark.up == pytest.approx(view.up)
    assert mark.series_uid == axial.state.volume.identity.series_uid
    assert mark.frame_of_reference_uid == FRAME
    assert mark.created_at
    assert desk.desk.armed is ToolId.DISTANCE
    assert desk.desk.selected_mark_id == mark.id
    desk.session.undo()
    assert marks_of(desk) == ()
    assert desk.desk.selected_mark_id == ""
    desk.session.redo()
    assert marks_of(desk) == (mark,)


@pytest.mark.parametrize("other", PLANES)
def test_a_mark_lies_at_the_same_patient_points_in_every_pane(desk, other):
    volume = make_volume()
    one, two = desk.show([make_state(volume), make_state(volume, other)])
    arm(desk, ToolId.DISTANCE)
    drag(one, (100, 100), (200, 180))
    (mark,) = marks_of(desk)
    for point in mark.points:
        x, y = one.to_widget(point).x(), one.to_widget(point).y()
        assert tuple(at(one, x, y)) == pytest.approx(point, abs=1e-6)
    if is_shown(mark, two.state):
        for point in mark.points:
            place = two.to_widget(point)
            assert tuple(two.to_lps(place)) == pytest.approx(point, abs=1e-6)
    for point in crossings(mark, two.state):
        assert two.state.view.distance_mm(point) == pytest.approx(0.0, abs=1e-6)


def test_where_a_line_pierces_another_plane_a_ring_shows(desk):
    volume = make_volume()
    one, two = desk.show([make_state(volume), make_state(volume, PlaneName.SAGITTAL)])
    arm(desk, ToolId.DISTANCE)
    middle = two.state.view.center_lps
    place = one.to_widget(middle).toPoint()
    drag(one, (place.x() - 40, place.y()), (place.x() + 60, place.y()))
    (mark,) = marks_of(desk)
    (hit,) = crossings(mark, two.state)
    assert hit[0] == pytest.approx(two.state.view.center_lps[0], abs=1e-6)


def test_a_mark_of_another_space_is_not_shown(desk):
    one, two = desk.show(
        [make_state(make_volume()), make_state(make_volume(frame=OTHER_FRAME, series="2"))]
    )
    arm(desk, ToolId.DISTANCE)
    drag(one, (100, 100), (200, 180))
    (mark,) = marks_of(desk)
    assert is_shown(mark, one.state)
    assert not is_shown(mark, two.state)
    assert crossings(mark, two.state) == ()


def test_two_axes_take_two_drags(desk, axial):
    arm(desk, ToolId.BIDIRECTIONAL)
    drag(axial, (300, 300), (500, 300))
    assert marks_of(desk) == ()
    drag(axial, (400, 250), (400, 330))
    (mark,) = marks_of(desk)
    scale = axial.state.view.mm_per_pixel(axial.logical_size)
    assert values(mark)["Long axis"] == pytest.approx(200 * scale)
    assert values(mark)["Short axis"] == pytest.approx(80 * scale)
    long_mm, short_mm = 200 * scale, 80 * scale
    assert f"{long_mm:.1f} × {short_mm:.1f} mm" in shown_words(desk, axial)


@pytest.mark.parametrize("degrees", [30.0, 90.0, 135.0])
def test_an_angle_takes_three_clicks(desk, axial, degrees):
    arm(desk, ToolId.ANGLE)
    corner = (400, 350)
    turn = math.radians(degrees)
    end = (round(400 + 200 * math.cos(turn)), round(350 - 200 * math.sin(turn)))
    clicks(axial, (600, 350), corner, end)
    (mark,) = marks_of(desk)
    exact = math.degrees(math.atan2(350 - end[1], end[0] - 400))
    assert values(mark)["Angle"] == pytest.approx(exact, abs=0.1)
    assert exact == pytest.approx(degrees, abs=0.3)


def test_an_angle_takes_a_drag_and_a_click_as_well(desk, axial):
    arm(desk, ToolId.ANGLE)
    drag(axial, (600, 350), (400, 350))
    click_at(axial, (400, 150))
    (mark,) = marks_of(desk)
    assert values(mark)["Angle"] == pytest.approx(90.0, abs=1e-6)


@pytest.mark.parametrize(
    ("tool", "word"), [(ToolId.COBB, "Cobb"), (ToolId.LOCAL_KYPHOSIS, "Local")]
)
@pytest.mark.parametrize("name", GEOMETRIES)
def test_end_plates_give_the_kyphosis(desk, name, tool, word):
    state = make_state(make_volume(**GEOMETRIES[name]), PlaneName.SAGITTAL)
    (pane,) = desk.show([state], columns=1)
    arm(desk, tool)
    # Front is on the left: the upper plate falls 20 degrees to the front, the lower is level.
    fall = round(200 * math.tan(math.radians(20.0)))
    drag(pane, (300, 200 + fall), (500, 200))
    drag(pane, (300, 450), (500, 450))
    (mark,) = marks_of(desk)
    ((_, angle),) = values(mark).items()
    exact = math.degrees(math.atan2(fall, 200))
    assert abs(angle) == pytest.approx(exact, abs=0.1)
    assert any("°" in line for line in shown_words(desk, pane))
    assert word in mark_values(mark)[0].name


def test_an_axial_plane_has_no_kyphosis(desk, axial):
    arm(desk, ToolId.COBB)
    drag(axial, (300, 200), (500, 220))
    drag(axial, (300, 400), (500, 420))
    assert any("Not measured" in line for line in shown_words(desk, axial))


def test_translation_is_measured_along_the_end_plate(desk):
    (pane,) = desk.show([make_state(make_volume(), PlaneName.SAGITTAL)], columns=1)
    arm(desk, ToolId.TRANSLATION)
    click_at(pane, (450, 290))
    drag(pane, (500, 300), (300, 300))
    (mark,) = marks_of(desk)
    scale = pane.state.view.mm_per_pixel(pane.logical_size)
    assert values(mark)["Translation"] == pytest.approx(50 * scale)
    assert values(mark)["Of the end-plate"] == pytest.approx(25.0, abs=0.1)


def test_heights_take_three_drags(desk):
    (pane,) = desk.show([make_state(make_volume(), PlaneName.SAGITTAL)], columns=1)
    arm(desk, ToolId.VERTEBRAL_HEIGHTS)
    for x, height in ((300, 100), (400, 120), (500, 160)):
        drag(pane, (x, 400 - height), (x, 400))
    (mark,) = marks_of(desk)
    scale = pane.state.view.mm_per_pixel(pane.logical_size)
    assert values(mark)["Anterior height"] == pytest.approx(100 * scale)
    assert values(mark)["Wedge ratio"] == pytest.approx(100 / 160)


@pytest.mark.parametrize("tool", [ToolId.CANAL_DIAMETERS, ToolId.CORD_DIAMETERS])
def test_three_diameters_give_a_percentage(desk, tool):
    (pane,) = desk.show([make_state(make_volume(), PlaneName.SAGITTAL)], columns=1)
    arm(desk, tool)
    for y, length in ((300, 40), (200, 100), (400, 100)):
        drag(pane, (300, y), (300 + length, y))
    (mark,) = marks_of(desk)
    assert mark_values(mark)[0].value == pytest.approx(60.0)


@pytest.mark.parametrize("name", GEOMETRIES)
@pytest.mark.parametrize("tool", [ToolId.ELLIPSE, ToolId.RECTANGLE])
def test_regions_have_the_statistics_of_the_native_voxels(desk, name, tool):
    volume = make_volume(**GEOMETRIES[name])
    normal = volume.geometry.direction[:, 2]
    view = PlaneView.oblique(volume.geometry.center_lps, normal, 100.0)
    state = on_slice(make_state(volume, view.plane_name).with_view(view))
    view = state.view
    (pane,) = desk.show([state], columns=1)
    arm(desk, tool)
    drag(pane, (351, 253), (523, 401))
    (mark,) = marks_of(desk)
    found = {item.name: item.quantity.value for item in mark_quantities(mark, volume)}
    k, j, i = np.indices(volume.array.shape)
    points = volume.geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    offset = points - np.asarray(view.center_lps)
    if tool is ToolId.ELLIPSE:
        center = np.asarray(mark.points[0])
        first, second = (np.asarray(p) - center for p in mark.points[1:])
        rest = points - center
        inside = (rest @ first / (first @ first)) ** 2 + (
            rest @ second / (second @ second)
        ) ** 2 <= 1.0
    else:
        corner = np.asarray(mark.points[0])
        first, second = (np.asarray(mark.points[n]) - corner for n in (1, 3))
        rest = points - corner
        along, across = rest @ first / (first @ first), rest @ second / (second @ second)
        inside = (along >= 0) & (along <= 1) & (across >= 0) & (across <= 1)
    inside &= np.abs(offset @ normal) <= volume.geometry.spacing_ijk[2] / 2
    voxels = volume.array[inside].astype(np.float64)
    assert found["Voxels"] == pytest.approx(len(voxels), abs=0.02 * len(voxels))
    assert found["Mean"] == pytest.approx(voxels.mean(), abs=1.0)


def test_a_polygon_is_closed_by_its_first_corner(desk, axial):
    arm(desk, ToolId.POLYGON)
    clicks(axial, (300, 300), (500, 300), (500, 400), (300, 400))
    assert marks_of(desk) == ()
    click_at(axial, (302, 301))
    (mark,) = marks_of(desk)
    scale = axial.state.view.mm_per_pixel(axial.logical_size)
    assert len(mark.points) == 4
    assert values(mark)["Area"] == pytest.approx(200 * 100 * scale**2)


def test_a_double_click_closes_a_polygon(desk, axial):
    arm(desk, ToolId.POLYGON)
    clicks(axial, (300, 300), (500, 300), (400, 400))
    QTest.mouseDClick(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(400, 400))
    QTest.mouseRelease(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(400, 400))
    (mark,) = marks_of(desk)
    assert len(mark.points) == 3


def test_a_stroke_makes_an_outline(desk, axial):
    arm(desk, ToolId.FREEHAND)
    around = [
        (round(400 + 80 * math.cos(turn)), round(350 + 80 * math.sin(turn)))
        for turn in np.linspace(0.0, 2 * math.pi, 60, endpoint=False)
    ]
    no_key = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(axial, LEFT, no_key, QPoint(*around[0]))
    for place in around[1:]:
        QTest.mouseMove(axial, QPoint(*place))
    QTest.mouseRelease(axial, LEFT, no_key, QPoint(*around[-1]))
    (mark,) = marks_of(desk)
    scale = axial.state.view.mm_per_pixel(axial.logical_size)
    assert values(mark)["Area"] == pytest.approx(math.pi * (80 * scale) ** 2, rel=0.02)


def test_a_sphere_on_the_fused_pane_has_the_native_maximum(desk):
    ct = make_volume()
    pet = make_volume(modality="PT", unit=Unit.SUVBW, series="2", spacing=(3.0, 3.0, 4.0),
                      shape=(20, 20, 20))  # fmt: skip
    window = WindowSetting(center=3.5, width=7.0)
    color = SliceLayer(volume=pet, window=window, color_map=ColorMap.HOT_IRON, opacity=0.6)
    state = make_state(ct)
    (pane,) = desk.show([state.with_layers((*state.layers, color))], columns=1)
    arm(desk, ToolId.SPHERE)
    x, y = pane.width() // 2, pane.height() // 2
    drag(pane, (x, y), (x + 120, y))
    (mark,) = marks_of(desk)
    radius = math.dist(*mark.points)
    k, j, i = np.indices(pet.array.shape)
    points = pet.geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    inside = np.linalg.norm(points - np.asarray(mark.points[0]), axis=-1) <= radius
    highest = float(pet.array[inside].max())
    found = {item.name: item.quantity.value for item in mark_quantities(mark, pet)}
    assert found["SUVmax"] == pytest.approx(highest)
    lines = shown_words(desk, pane)
    assert any(line.startswith("SUVmax") and f"{highest:.2f}" in line for line in lines)
    assert any(line.startswith("Mean") and "HU" in line for line in lines)


def test_a_sphere_shows_in_every_plane_through_it(desk):
    volume = make_volume()
    one, two = desk.show([make_state(volume), make_state(volume, PlaneName.CORONAL)])
    arm(desk, ToolId.SPHERE)
    place = one.to_widget(two.state.view.center_lps).toPoint()
    drag(one, (place.x(), place.y()), (place.x() + 60, place.y()))
    (mark,) = marks_of(desk)
    assert is_shown(mark, two.state)


def test_a_point_reads_its_voxel(desk, axial):
    arm(desk, ToolId.POINT)
    click_at(axial, (420, 330))
    (mark,) = marks_of(desk)
    volume = axial.state.volume
    index = np.rint(volume.geometry.lps_to_index(np.asarray(mark.points[0]))).astype(int)
    value = float(volume.array[tuple(index[::-1])])
    assert f"{value:.1f} HU".replace("-", "−") in shown_words(desk, axial)


def test_an_arrow_has_no_value(desk, axial):
    arm(desk, ToolId.ARROW)
    drag(axial, (300, 300), (380, 340))
    (mark,) = marks_of(desk)
    assert mark.kind is MarkKind.ARROW
    assert mark_lines(mark, (axial.state.volume,), desk.desk.readings) == ()


def test_text_is_asked_for_and_stands_on_the_image(desk, axial):
    arm(desk, ToolId.TEXT)
    click_at(axial, (420, 330))
    assert marks_of(desk) == ()
    (popup,) = axial.window().findChildren(TextPopup)
    QTest.keyClicks(popup.field, "old fracture")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    (mark,) = marks_of(desk)
    assert mark.label == "old fracture"
    assert "old fracture" in shown_words(desk, axial)


def test_no_text_leaves_no_mark(desk, axial):
    arm(desk, ToolId.TEXT)
    click_at(axial, (420, 330))
    (popup,) = axial.window().findChildren(TextPopup)
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert marks_of(desk) == ()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.kind.value)
def test_esc_gives_up_every_unfinished_mark(desk, axial, plan):
    arm(desk, plan.tool_id)
    tool = desk.desk.armed_tool()
    assert tool.hint.endswith("Esc to stop.")
    QTest.mousePress(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    assert tool.busy
    assert len(tool.drafts) == 1
    assert desk.host.pointer.cancel()
    assert not tool.busy
    assert tool.drafts == ()
    assert marks_of(desk) == ()


def test_nothing_is_measured_in_a_projection(desk, axial):
    state = axial.state
    axial.show_state(state.with_view(replace(state.view, slab_thickness_mm=500.0)))
    arm(desk, ToolId.DISTANCE)
    drag(axial, (300, 200), (400, 300))
    assert marks_of(desk) == ()
    assert "projection" in desk.messages.current.text


def test_a_mark_is_not_drawn_over_two_slices(desk, axial):
    arm(desk, ToolId.DISTANCE)
    click_at(axial, (300, 200))
    wheel(axial, -1)
    click_at(axial, (400, 200))
    assert marks_of(desk) == ()
    assert "slice changed" in desk.messages.current.text


def test_a_drag_without_length_is_no_mark(desk, axial):
    arm(desk, ToolId.DISTANCE)
    click_at(axial, (300, 200))
    click_at(axial, (300, 200))
    assert marks_of(desk) == ()
    assert "the same" in desk.messages.current.text


def test_a_mark_knows_its_level_only_where_the_numbering_is_confirmed(desk, axial):
    desk.session.dispatch(SetSpine(spine=make_spine("T10", "T11", "T12")))
    arm(desk, ToolId.POINT)
    place = axial.to_widget((10.0, -20.0, 31.0)).toPoint()
    click_at(axial, (place.x(), place.y()))
    assert marks_of(desk)[0].levels == ()
    desk.session.dispatch(ConfirmSpine(frame_of_reference_uid=FRAME, by="R", at=desk.session.now()))
    click_at(axial, (place.x() + 30, place.y()))
    assert marks_of(desk)[1].level in (VertebralLevel.T11, VertebralLevel.T12)


def drawn_line(desk, pane, start=(300, 300), end=(500, 300)):
    arm(desk, ToolId.DISTANCE)
    drag(pane, start, end)
    arm(desk, ToolId.WINDOW)
    return marks_of(desk)[-1]


def test_an_end_can_be_dragged_in_one_step_back(desk, axial):
    mark = drawn_line(desk, axial)
    drag(axial, (500, 300), (500, 420))
    (changed,) = marks_of(desk)
    assert changed.id == mark.id
    assert changed.points[0] == mark.points[0]
    assert changed.points[1] == pytest.approx(tuple(at(axial, 500, 420)), abs=1e-6)
    desk.session.undo()
    assert marks_of(desk) == (mark,)


def test_a_line_can_be_dragged_as_a_whole(desk, axial):
    mark = drawn_line(desk, axial)
    window = axial.state.window
    drag(axial, (400, 300), (430, 350))
    (changed,) = marks_of(desk)
    way = at(axial, 430, 350) - at(axial, 400, 300)
    for before, after in zip(mark.points, changed.points, strict=True):
        assert after == pytest.approx(tuple(np.asarray(before) + way), abs=1e-6)
    assert axial.state.window == window


def test_a_click_selects_and_a_click_beside_deselects(desk, axial):
    first = drawn_line(desk, axial)
    second = drawn_line(desk, axial, (300, 500), (500, 500))
    click_at(axial, (400, 300))
    assert desk.desk.selected_mark_id == first.id
    click_at(axial, (400, 500))
    assert desk.desk.selected_mark_id == second.id
    click_at(axial, (700, 100))
    assert desk.desk.selected_mark_id == ""
    assert len(marks_of(desk)) == 2


def test_a_drawing_tool_takes_hold_only_of_handles(desk, axial):
    mark = drawn_line(desk, axial)
    arm(desk, ToolId.DISTANCE)
    drag(axial, (400, 300), (400, 400))
    assert len(marks_of(desk)) == 2
    desk.desk.select_mark(mark.id)
    drag(axial, (300, 300), (280, 260))
    assert len(marks_of(desk)) == 2
    assert desk.session.case.mark(mark.id).points[0] != mark.points[0]


def test_esc_leaves_a_dragged_mark_as_it_was(desk, axial):
    mark = drawn_line(desk, axial)
    QTest.mousePress(axial, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(500, 300))
    QTest.mouseMove(axial, QPoint(520, 360))
    assert desk.host.pointer.cancel()
    assert marks_of(desk) == (mark,)


def a_mark(desk, axial, tool, start=(300, 250), end=(500, 350)):
    arm(desk, tool)
    drag(axial, start, end)
    return marks_of(desk)[-1]


@pytest.mark.parametrize("corner", range(4))
def test_a_stretched_rectangle_stays_one(desk, axial, corner):
    mark = a_mark(desk, axial, ToolId.RECTANGLE)
    to = tuple(at(axial, 600, 450))
    changed = moved_mark(Grip(mark=mark, point=corner), mark.points[corner], to)
    corners = [np.asarray(point) for point in changed.points]
    assert changed.points[corner] == pytest.approx(to)
    assert changed.points[(corner + 2) % 4] == pytest.approx(mark.points[(corner + 2) % 4])
    for a, b, c in zip(corners, corners[1:] + corners[:1], corners[2:] + corners[:2], strict=True):
        assert float((b - a) @ (c - b)) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("axis", [1, 2])
def test_a_turned_ellipse_keeps_its_other_axis(desk, axial, axis):
    mark = a_mark(desk, axial, ToolId.ELLIPSE)
    to = tuple(at(axial, 520, 420))
    changed = moved_mark(Grip(mark=mark, point=axis), mark.points[axis], to)
    center, first, second = (np.asarray(point) for point in changed.points)
    other = 3 - axis
    old = math.dist(mark.points[0], mark.points[other])
    assert float((first - center) @ (second - center)) == pytest.approx(0.0, abs=1e-6)
    assert math.dist(changed.points[0], changed.points[other]) == pytest.approx(old)
    assert changed.points[axis] == pytest.approx(to)


def test_the_center_of_a_sphere_moves_the_whole(desk, axial):
    mark = a_mark(desk, axial, ToolId.SPHERE)
    to = tuple(at(axial, 320, 260))
    changed = moved_mark(Grip(mark=mark, point=0), mark.points[0], to)
    assert math.dist(*changed.points) == pytest.approx(math.dist(*mark.points))


def test_a_mark_dragged_across_a_gap_is_refused(desk):
    volume = make_volume(missing_slices=(35, 36))
    (pane,) = desk.show([make_state(volume, PlaneName.SAGITTAL)], columns=1)
    mark = drawn_line(desk, pane, (300, 350), (500, 350))
    top = pane.to_widget(tuple(volume.geometry.index_to_lps(np.array([25.0, 30.0, 38.0]))))
    drag(pane, (500, 350), (500, round(top.y())))
    assert marks_of(desk) == (mark,)
    assert "missing" in desk.messages.current.text


def test_the_list_names_values_and_follows_the_case(desk, axial, qtbot):
    volume = axial.state.volume
    dialog = MarkList(desk.session, lambda key: volume, desk.desk.readings)
    qtbot.addWidget(dialog)
    assert dialog.table.rowCount() == 0
    assert "No marks yet" in dialog.hint.text()
    mark = drawn_line(desk, axial)
    assert dialog.table.rowCount() == 1
    assert dialog.table.item(0, 0).text() == "Distance"
    length = mark_values(mark)[0].value
    assert dialog.table.item(0, 2).text() == f"{length:.1f} mm"
    with qtbot.waitSignal(dialog.chosen) as told:
        dialog.table.cellClicked.emit(0, 0)
    assert told.args == [mark.id]
    dialog.table.setCurrentCell(0, 0)
    QTest.keyClick(dialog, Qt.Key.Key_Delete)
    assert marks_of(desk) == ()


def test_the_list_says_where_images_are_not_open(desk, axial, qtbot):
    drawn_line(desk, axial)
    dialog = MarkList(desk.session, lambda key: None, desk.desk.readings)
    qtbot.addWidget(dialog)
    assert dialog.table.item(0, 2).text() == "The images are not open."


def test_the_middle_of_a_mark(desk, axial):
    mark = drawn_line(desk, axial)
    assert middle_of(mark) == pytest.approx(tuple(np.mean(mark.points, axis=0)))


def test_a_signed_case_takes_no_mark(desk, axial):
    arm(desk, ToolId.DISTANCE)
    drag(axial, (300, 300), (400, 300))
    (mark,) = marks_of(desk)
    refused = desk.session.dispatch(AddMark(mark=mark))
    assert not refused
    assert len(marks_of(desk)) == 1


def test_values_do_not_overlap(desk, axial):
    for row in range(4):
        drawn_line(desk, axial, (300, 300 + 8 * row), (500, 300 + 8 * row))
    drawing = build_drawing(axial.state, axial.logical_size, context_of(desk.desk, axial))
    boxes = [
        (part.x, part.y) for part in drawing.primitives if getattr(part, "text", "").endswith(" mm")
    ]
    for one, other in itertools.combinations(boxes, 2):
        assert abs(one[0] - other[0]) > 30 or abs(one[1] - other[1]) > 10
