"""Drawing and dragging marks step by step; every point by hand in patient millimeters."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.ui.tool_support import (
    CENTER,
    MADE_AT,
    WrittenDesk,
    event_at,
    moved_by,
    plain_state,
    square_pane,
)
from tests.ui.window_support import FRAME, OTHER_FRAME, make_spine, make_volume
from workstation.domain.case import Case
from workstation.domain.commands import AddMark, ReplaceMark
from workstation.domain.mark import Mark, MarkKind
from workstation.domain.spine import VertebralLevel
from workstation.rendering.plane import PlaneName
from workstation.ui.pane_state import PROJECTION_MM
from workstation.ui.tools.mark_edit import WHOLE, Grip, MarkEditTool, moved_mark
from workstation.ui.tools.mark_plans import PLANS, Gesture, box_corners, box_ellipse
from workstation.ui.tools.mark_tool import (
    DRAFT_ID,
    MOVED_REFUSAL,
    PROJECTION_REFUSAL,
    STROKE_STEP_PX,
    make_mark_tools,
    same_plane,
)

BY_KIND = {plan.kind: plan for plan in PLANS}
DRAG_KINDS = (MarkKind.DISTANCE, MarkKind.ARROW, MarkKind.SPHERE)


@pytest.fixture
def desk(qapp):
    return WrittenDesk(Case(id="c", created_at=MADE_AT))


@pytest.fixture
def pane(qapp):
    return square_pane(plain_state())


def tool_of(desk, kind):
    return next(tool for tool in make_mark_tools(desk) if tool.id.value == kind.value)


def pull(tool, pane, start, end):
    tool.press(event_at(pane, *start))
    tool.move(event_at(pane, *end))
    tool.release(event_at(pane, *end))


def touch(tool, pane, *places):
    for place in places:
        tool.press(event_at(pane, *place))
        tool.release(event_at(pane, *place))


def kept(desk) -> Mark:
    (command,) = desk.commands
    assert isinstance(command, AddMark)
    return command.mark


def axial(x, y):
    """The patient point of an axial pane at a widget position."""
    return pytest.approx((10.0 + x - 200, -20.0 + y - 200, 30.0), abs=1e-9)


def lies_at(points):
    """The points of a mark, to a billionth of a millimeter."""
    return pytest.approx(np.asarray(points, dtype=float), abs=1e-9)


def test_there_is_one_tool_for_each_kind_of_mark(desk):
    tools = make_mark_tools(desk)
    assert {tool.id.value for tool in tools} == {kind.value for kind in MarkKind}
    assert all(tool.hint.endswith("Esc to stop.") for tool in tools)


@pytest.mark.parametrize("kind", DRAG_KINDS)
@pytest.mark.parametrize("gesture", ["drag", "two clicks"])
def test_two_points_come_from_a_drag_or_from_two_clicks(desk, pane, kind, gesture):
    tool = tool_of(desk, kind)
    if gesture == "drag":
        pull(tool, pane, (180, 190), (230, 170))
    else:
        touch(tool, pane, (180, 190), (230, 170))
    mark = kept(desk)
    assert mark.kind is kind
    assert np.asarray(mark.points) == lies_at([(-10, -30, 30), (40, -50, 30)])
    assert mark.center_lps == CENTER
    assert (mark.direction, mark.up) == ((0.0, 0.0, 1.0), (0.0, -1.0, 0.0))
    assert (mark.frame_of_reference_uid, mark.series_uid) == (FRAME, "1.2.3.4.1")
    assert (mark.volume_index, mark.label, mark.created_at) == (0, "", MADE_AT)
    assert desk.selected_mark_id == mark.id
    assert not tool.busy


@pytest.mark.parametrize(
    ("plane", "points"),
    [
        (PlaneName.AXIAL, [(10, -20, 30), (50, 10, 30)]),
        (PlaneName.SAGITTAL, [(10, -20, 30), (10, 20, 0)]),
        (PlaneName.CORONAL, [(10, -20, 30), (50, -20, 0)]),
    ],
)
def test_the_same_drag_lies_elsewhere_in_each_plane_but_is_as_long(desk, plane, points):
    pull(tool_of(desk, MarkKind.DISTANCE), square_pane(plain_state(plane)), (200, 200), (240, 230))
    mark = kept(desk)
    assert np.asarray(mark.points) == lies_at(points)
    assert math.dist(*mark.points) == pytest.approx(50.0)


STEPS = {
    MarkKind.BIDIRECTIONAL: [(150, 200), (250, 200), (200, 180), (200, 220)],
    MarkKind.ANGLE: [(150, 200), (200, 200), (200, 150)],
    MarkKind.COBB: [(150, 150), (250, 160), (150, 250), (250, 240)],
    MarkKind.LOCAL_KYPHOSIS: [(150, 150), (250, 160), (150, 250), (250, 240)],
    MarkKind.TRANSLATION: [(150, 150), (150, 200), (250, 210)],
    MarkKind.VERTEBRAL_HEIGHTS: [
        (150, 150),
        (150, 190),
        (180, 150),
        (180, 185),
        (210, 150),
        (210, 195),
    ],
    MarkKind.CANAL_DIAMETERS: [
        (150, 150),
        (160, 150),
        (150, 200),
        (165, 200),
        (150, 250),
        (170, 250),
    ],
    MarkKind.CORD_DIAMETERS: [
        (150, 150),
        (158, 150),
        (150, 200),
        (160, 200),
        (150, 250),
        (161, 250),
    ],
}


@pytest.mark.parametrize("kind", STEPS)
def test_many_points_are_kept_in_the_order_of_the_clicks(desk, kind):
    pane = square_pane(plain_state(PlaneName.SAGITTAL))
    tool = tool_of(desk, kind)
    places = STEPS[kind]
    for number, place in enumerate(places[:-1], 1):
        touch(tool, pane, place)
        assert tool.busy
        (draft,) = tool.drafts
        assert (draft.id, len(draft.points)) == (DRAFT_ID, number)
        assert desk.commands == []
    touch(tool, pane, places[-1])
    expected = [(10.0, -20.0 + x - 200, 30.0 - (y - 200)) for x, y in places]
    assert np.asarray(kept(desk).points) == lies_at(expected)
    assert (tool.busy, tool.drafts) == (False, ())


@pytest.mark.parametrize("kind", [kind for kind in STEPS if len(STEPS[kind]) % 2 == 0])
def test_the_same_mark_comes_from_drags(desk, kind):
    pane = square_pane(plain_state(PlaneName.SAGITTAL))
    tool = tool_of(desk, kind)
    places = STEPS[kind]
    for start, end in zip(places[::2], places[1::2], strict=True):
        pull(tool, pane, start, end)
    expected = [(10.0, -20.0 + x - 200, 30.0 - (y - 200)) for x, y in places]
    assert np.asarray(kept(desk).points) == lies_at(expected)


CORNERS = [
    ((180, 180), (240, 230)),
    ((240, 230), (180, 180)),
    ((180, 230), (240, 180)),
    ((240, 180), (180, 230)),
]


@pytest.mark.parametrize(("start", "end"), CORNERS)
def test_a_rectangle_has_the_same_corners_from_whichever_it_is_drawn(desk, pane, start, end):
    pull(tool_of(desk, MarkKind.RECTANGLE), pane, start, end)
    points = kept(desk).points
    found = {tuple(round(value, 6) for value in point) for point in points}
    assert found == {(-10, -40, 30), (50, -40, 30), (50, 10, 30), (-10, 10, 30)}
    sides = [math.dist(points[n], points[(n + 1) % 4]) for n in range(4)]
    assert sides == pytest.approx([60, 50, 60, 50])


@pytest.mark.parametrize(("start", "end"), CORNERS)
def test_an_ellipse_fills_its_box(desk, pane, start, end):
    pull(tool_of(desk, MarkKind.ELLIPSE), pane, start, end)
    center, first, second = kept(desk).points
    assert center == pytest.approx((20.0, -15.0, 30.0))
    assert math.dist(center, first) == pytest.approx(30.0)
    assert math.dist(center, second) == pytest.approx(25.0)


@pytest.mark.parametrize("shape", [box_corners, box_ellipse])
@pytest.mark.parametrize("points", [(), (CENTER,)])
def test_a_box_of_fewer_than_two_points_is_not_drawn_yet(shape, points):
    assert shape(points, plain_state().view) == points


@pytest.mark.parametrize("angle_deg", [30.0, 90.0])
def test_a_box_stands_upright_on_the_screen_of_a_turned_pane(angle_deg):
    view = plain_state().view.rotated(angle_deg)
    opposite = moved_by(moved_by(CENTER, view.right, 40.0), view.up, 20.0)
    corners = box_corners((CENTER, opposite), view)
    assert corners[0] == pytest.approx(CENTER)
    assert corners[1] == pytest.approx(moved_by(CENTER, view.right, 40.0))
    assert corners[2] == pytest.approx(opposite)
    assert corners[3] == pytest.approx(moved_by(CENTER, view.up, 20.0))


@pytest.mark.parametrize(
    ("closing", "corners"),
    [((150, 150), 3), ((157, 150), 3), ((250, 250), 3), ((252, 252), 3)],
)
def test_a_polygon_closes_on_its_first_corner_or_on_a_second_click(desk, pane, closing, corners):
    tool = tool_of(desk, MarkKind.POLYGON)
    touch(tool, pane, (150, 150), (250, 150), (250, 250))
    assert tool.busy
    touch(tool, pane, closing)
    points = kept(desk).points
    assert len(points) == corners
    assert [axial(150, 150), axial(250, 150), axial(250, 250)] == list(points)


@pytest.mark.parametrize("closing", [(159, 150), (250, 255), (200, 330)])
def test_a_polygon_stays_open_elsewhere(desk, pane, closing):
    tool = tool_of(desk, MarkKind.POLYGON)
    touch(tool, pane, (150, 150), (250, 150), (250, 250), closing)
    assert desk.commands == []
    assert len(tool.drafts[0].points) == 4


@pytest.mark.parametrize("places", [[(150, 150)] * 2, [(150, 150), (250, 150), (150, 150)]])
def test_two_corners_make_no_polygon(desk, pane, places):
    tool = tool_of(desk, MarkKind.POLYGON)
    touch(tool, pane, *places)
    assert desk.commands == []
    assert tool.busy


@pytest.mark.parametrize(
    ("step_px", "taken"), [(1.0, 11), (STROKE_STEP_PX, 21), (5.0, 21), (0.5, 6)]
)
def test_a_stroke_takes_a_point_every_two_pixels(desk, pane, step_px, taken):
    tool = tool_of(desk, MarkKind.FREEHAND)
    tool.press(event_at(pane, 100, 100))
    for number in range(1, 21):
        tool.move(event_at(pane, 100 + number * step_px, 100))
    assert len(tool.drafts[0].points) == taken
    tool.release(event_at(pane, 100 + 20 * step_px, 100))
    assert len(kept(desk).points) == taken


def test_a_stroke_of_two_points_encloses_nothing(desk, pane):
    tool = tool_of(desk, MarkKind.FREEHAND)
    pull(tool, pane, (100, 100), (103, 100))
    assert desk.commands == []
    (caution,) = desk.cautions
    assert caution.startswith("An outline has 3 to")
    assert caution.endswith("not 2.")
    assert not tool.busy


@pytest.mark.parametrize("kind", [plan.kind for plan in PLANS if plan.kind is not MarkKind.POINT])
def test_cancel_takes_every_unfinished_mark_away(desk, pane, kind):
    tool = tool_of(desk, kind)
    tool.press(event_at(pane, 150, 150))
    assert tool.busy
    tool.cancel()
    assert (tool.busy, tool.drafts) == (False, ())
    tool.move(event_at(pane, 250, 250))
    tool.release(event_at(pane, 250, 250))
    assert (desk.commands, desk.texts, desk.cautions) == ([], [], [])


@pytest.mark.parametrize("kind", MarkKind)
@pytest.mark.parametrize("step", ["move", "release"])
def test_nothing_happens_before_a_press(desk, pane, kind, step):
    tool = tool_of(desk, kind)
    getattr(tool, step)(event_at(pane, 150, 150))
    assert (tool.busy, tool.drafts, desk.commands, desk.redraws) == (False, (), [], 0)


@pytest.mark.parametrize("kind", DRAG_KINDS)
def test_a_drag_without_length_is_refused_in_words(desk, pane, kind):
    tool = tool_of(desk, kind)
    touch(tool, pane, (150, 150), (150, 150))
    assert desk.commands == []
    assert [text.endswith("are the same.") for text in desk.cautions] == [True]
    assert not tool.busy


@pytest.mark.parametrize("kind", [plan.kind for plan in PLANS if plan.gesture is Gesture.POINTS])
def test_no_mark_of_any_kind_is_kept_on_a_projection(desk, kind):
    state = plain_state(PlaneName.SAGITTAL)
    flat = replace(state.view, slab_thickness_mm=PROJECTION_MM)
    pane = square_pane(state.with_view(flat))
    places = STEPS.get(kind, [(150, 150), (250, 250)])
    count = {MarkKind.POINT: 1, MarkKind.TEXT: 1}.get(kind, len(places))
    touch(tool_of(desk, kind), pane, *places[:count])
    for _, answer in desk.texts:
        answer("words")
    assert desk.cautions == [PROJECTION_REFUSAL]
    assert desk.commands == []


@pytest.mark.parametrize("step_mm", [-2.0, 0.01, 30.0])
def test_a_mark_is_not_drawn_over_two_slices(desk, pane, step_mm):
    tool = tool_of(desk, MarkKind.DISTANCE)
    touch(tool, pane, (150, 150))
    pane.show_state(pane.state.with_view(pane.state.view.scrolled(step_mm)))
    tool.move(event_at(pane, 250, 150))
    assert len(tool.drafts[0].points) == 1
    touch(tool, pane, (250, 150))
    assert desk.cautions == [MOVED_REFUSAL]
    assert (desk.commands, tool.busy) == ([], False)


def test_zoom_and_pan_between_two_clicks_do_no_harm(desk, pane):
    tool = tool_of(desk, MarkKind.DISTANCE)
    touch(tool, pane, (150, 200))
    pane.show_state(pane.state.with_view(pane.state.view.zoomed(2.0).panned(30, 40, (400, 400))))
    place = pane.to_widget((50.0, -20.0, 30.0))
    touch(tool, pane, (place.x(), place.y()))
    assert np.asarray(kept(desk).points) == lies_at([(-40, -20, 30), (50, -20, 30)])


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda state: state, True),
        (lambda state: state.with_view(state.view.zoomed(3.0)), True),
        (lambda state: state.with_view(state.view.rotated(40.0)), True),
        (lambda state: state.with_view(state.view.flip()), True),
        (lambda state: state.with_view(state.view.scrolled(5e-4)), True),
        (lambda state: state.with_view(state.view.scrolled(2e-3)), False),
        (lambda state: state.with_view(state.view.tilted((1, 0, 0), 0.1, CENTER)), False),
        (lambda state: plain_state(PlaneName.CORONAL), False),
        (lambda state: plain_state(volume=make_volume(series="9")), False),
    ],
)
def test_what_counts_as_the_same_plane(pane, change, same):
    before = event_at(pane, 200, 200)
    pane.show_state(change(pane.state))
    assert same_plane(before, event_at(pane, 200, 200)) is same


def test_two_panes_are_never_the_same_plane(pane):
    other = square_pane(pane.state, 2)
    assert not same_plane(event_at(pane, 200, 200), event_at(other, 200, 200))


@pytest.mark.parametrize(("answer", "label"), [("cyst", "cyst"), ("  two words ", "two words")])
def test_text_is_kept_where_it_was_asked_for(desk, pane, answer, label):
    tool = tool_of(desk, MarkKind.TEXT)
    touch(tool, pane, (240, 180))
    ((_, give),) = desk.texts
    assert (desk.commands, tool.busy) == ([], False)
    give(answer)
    mark = kept(desk)
    assert (mark.label, mark.points) == (label, (axial(240, 180),))
    assert desk.selected_mark_id == mark.id


@pytest.mark.parametrize("answer", ["", "   ", "x" * 100_000])
def test_no_text_and_endless_text_are_refused(desk, pane, answer):
    touch(tool_of(desk, MarkKind.TEXT), pane, (240, 180))
    desk.texts[0][1](answer)
    assert desk.commands == []
    assert "text" in desk.cautions[0]


def test_a_refused_mark_is_not_selected(desk, pane):
    desk.accepts = False
    pull(tool_of(desk, MarkKind.DISTANCE), pane, (150, 150), (250, 250))
    assert len(desk.commands) == 1
    assert desk.selected_mark_id == ""


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_level_is_named_only_where_the_reader_confirmed_the_numbering(desk, confirmed):
    desk.spine = make_spine("T9", "T10", "T11", confirmed=confirmed)
    pane = square_pane(plain_state(PlaneName.SAGITTAL))
    pull(tool_of(desk, MarkKind.DISTANCE), pane, (190, 190), (210, 190))
    assert kept(desk).levels == ((VertebralLevel.T10,) if confirmed else ())


def test_three_diameters_name_three_levels(desk):
    desk.spine = make_spine("T9", "T10", "T11", confirmed=True)
    tool = tool_of(desk, MarkKind.CANAL_DIAMETERS)
    pane = square_pane(plain_state(PlaneName.SAGITTAL))
    for y in (190, 170, 210):
        pull(tool, pane, (190, y), (205, y))
    levels = (VertebralLevel.T10, VertebralLevel.T9, VertebralLevel.T11)
    assert kept(desk).levels == levels


@pytest.mark.parametrize(
    ("kind", "refused"),
    [(MarkKind.DISTANCE, True), (MarkKind.SPHERE, True), (MarkKind.ARROW, False)],
)
def test_only_pictures_may_cross_missing_slices(desk, kind, refused):
    volume = make_volume(missing_slices=(20,))
    pane = square_pane(plain_state(PlaneName.SAGITTAL, volume))
    pull(tool_of(desk, kind), pane, (200, 180), (200, 220))
    assert bool(desk.commands) is not refused
    assert bool(desk.cautions) is refused


def mark_of(kind, *points, mark_id="m1", frame=FRAME) -> Mark:
    return Mark(
        id=mark_id,
        kind=kind,
        points=tuple(points),
        center_lps=CENTER,
        direction=(0.0, 0.0, 1.0),
        up=(0.0, -1.0, 0.0),
        frame_of_reference_uid=frame,
        series_uid="1.2.3.4.1",
    )


LINE = mark_of(MarkKind.DISTANCE, (-40.0, -20.0, 30.0), (60.0, -20.0, 30.0))
"""On the axial pane from (150, 200) to (250, 200)."""


def edit_desk(*marks, selected="") -> WrittenDesk:
    made = WrittenDesk(Case(id="c", created_at=MADE_AT, marks=marks))
    made.selected_mark_id = selected
    return made


GRIPS = [
    ((150, 200), 0),
    ((250, 200), 1),
    ((142, 200), 0),
    ((258, 200), 1),
    ((141, 200), None),
    ((200, 200), WHOLE),
    ((200, 205), WHOLE),
    ((200, 195), WHOLE),
    ((200, 206), None),
    ((163, 203), WHOLE),
    ((300, 300), None),
]


@pytest.mark.parametrize(("place", "point"), GRIPS)
def test_ends_lie_within_eight_pixels_and_lines_within_five(pane, place, point):
    grip = MarkEditTool(edit_desk(LINE)).grip(event_at(pane, *place))
    assert (grip.point if grip else None) == point


@pytest.mark.parametrize("selected", ["", "m1"])
@pytest.mark.parametrize("place", [(150, 200), (200, 200)])
def test_while_another_tool_draws_only_the_selected_mark_has_handles(pane, selected, place):
    grip = MarkEditTool(edit_desk(LINE, selected=selected)).grip(
        event_at(pane, *place), handles_only=True
    )
    assert (grip is not None) is (selected == "m1" and place == (150, 200))


@pytest.mark.parametrize("selected", ["m1", "m2"])
def test_of_two_marks_in_one_place_the_selected_one_is_taken(pane, selected):
    tool = MarkEditTool(edit_desk(LINE, replace(LINE, id="m2"), selected=selected))
    assert tool.grip(event_at(pane, 200, 200)).mark.id == selected


@pytest.mark.parametrize(
    "mark",
    [
        replace(LINE, frame_of_reference_uid=OTHER_FRAME),
        replace(LINE, points=((-40.0, -20.0, 34.0), (60.0, -20.0, 34.0))),
        replace(LINE, points=((-40.0, -20.0, 30.0), (60.0, -20.0, 40.0))),
    ],
    ids=["another space", "another slice", "leaves the slice"],
)
def test_what_is_not_shown_cannot_be_taken(pane, mark):
    assert MarkEditTool(edit_desk(mark)).grip(event_at(pane, 150, 200)) is None


@pytest.mark.parametrize(
    ("start", "points"),
    [
        ((150, 200), [(-20, 10, 30), (60, -20, 30)]),
        ((250, 200), [(-40, -20, 30), (80, 10, 30)]),
        ((200, 200), [(-20, 10, 30), (80, 10, 30)]),
    ],
)
def test_a_drag_moves_an_end_or_the_whole(pane, start, points):
    desk = edit_desk(LINE)
    tool = MarkEditTool(desk)
    tool.press(event_at(pane, *start))
    assert desk.selected_mark_id == "m1"
    tool.move(event_at(pane, start[0] + 20, start[1] + 30))
    assert np.asarray(tool.drafts[0].points) == lies_at(points)
    assert desk.commands == []
    tool.release(event_at(pane, start[0] + 20, start[1] + 30))
    (command,) = desk.commands
    assert isinstance(command, ReplaceMark)
    assert np.asarray(command.mark.points) == lies_at(points)
    assert (command.mark.id, command.mark.kind) == ("m1", MarkKind.DISTANCE)
    assert not tool.busy


@pytest.mark.parametrize("way_px", [0, 2, 3.9])
def test_a_click_selects_and_moves_nothing(pane, way_px):
    desk = edit_desk(LINE)
    tool = MarkEditTool(desk)
    pull(tool, pane, (200, 200), (200 + way_px, 200))
    assert (desk.commands, desk.selected_mark_id, tool.busy) == ([], "m1", False)


def test_back_to_where_it_began_is_still_a_change(pane):
    desk = edit_desk(LINE)
    tool = MarkEditTool(desk)
    tool.press(event_at(pane, 200, 200))
    tool.move(event_at(pane, 220, 200))
    tool.release(event_at(pane, 200, 200))
    assert desk.commands[0].mark.points == LINE.points


def test_cancel_leaves_the_mark_as_it_was(pane):
    desk = edit_desk(LINE)
    tool = MarkEditTool(desk)
    tool.press(event_at(pane, 150, 200))
    tool.move(event_at(pane, 170, 230))
    tool.cancel()
    tool.release(event_at(pane, 170, 230))
    assert (desk.commands, tool.drafts, tool.busy) == ([], (), False)


def test_a_press_beside_everything_begins_nothing(pane):
    desk = edit_desk(LINE)
    tool = MarkEditTool(desk)
    pull(tool, pane, (300, 300), (350, 350))
    assert (desk.commands, desk.selected_mark_id, tool.busy) == ([], "", False)


def test_another_pane_takes_no_part_in_the_drag_of_a_mark(pane):
    desk, other = edit_desk(LINE), square_pane(plain_state(PlaneName.CORONAL), 2)
    tool = MarkEditTool(desk)
    tool.press(event_at(pane, 150, 200))
    tool.move(event_at(other, 300, 300))
    tool.release(event_at(other, 300, 300))
    assert desk.commands == []


def test_ends_that_meet_are_refused(pane):
    desk = edit_desk(LINE)
    pull(MarkEditTool(desk), pane, (150, 200), (250, 200))
    assert desk.commands == []
    assert desk.cautions[0].endswith("are the same.")


BOX_CORNERS = ((0.0, 0.0, 30.0), (40.0, 0.0, 30.0), (40.0, 20.0, 30.0), (0.0, 20.0, 30.0))
BOX = mark_of(MarkKind.RECTANGLE, *BOX_CORNERS)


@pytest.mark.parametrize(
    ("corner", "to", "points"),
    [
        (0, (-10, -5, 30), [(-10, -5, 30), (40, -5, 30), (40, 20, 30), (-10, 20, 30)]),
        (1, (50, -5, 30), [(0, -5, 30), (50, -5, 30), (50, 20, 30), (0, 20, 30)]),
        (2, (60, 60, 30), [(0, 0, 30), (60, 0, 30), (60, 60, 30), (0, 60, 30)]),
        (3, (10, 30, 30), [(10, 0, 30), (40, 0, 30), (40, 30, 30), (10, 30, 30)]),
        (2, (-40, -20, 30), [(0, 0, 30), (-40, 0, 30), (-40, -20, 30), (0, -20, 30)]),
    ],
)
def test_a_stretched_box_keeps_its_opposite_corner(corner, to, points):
    moved = moved_mark(Grip(mark=BOX, point=corner), BOX.points[corner], to)
    assert np.asarray(moved.points) == lies_at(points)


ELLIPSE = mark_of(MarkKind.ELLIPSE, (0.0, 0.0, 30.0), (40.0, 0.0, 30.0), (0.0, 20.0, 30.0))


@pytest.mark.parametrize(
    ("point", "to", "points"),
    [
        (0, (5, 7, 30), [(5, 7, 30), (45, 7, 30), (5, 27, 30)]),
        (1, (60, 0, 30), [(0, 0, 30), (60, 0, 30), (0, 20, 30)]),
        (1, (0, 50, 30), [(0, 0, 30), (0, 50, 30), (20, 0, 30)]),
        (2, (0, 10, 30), [(0, 0, 30), (40, 0, 30), (0, 10, 30)]),
        (2, (30, 0, 30), [(0, 0, 30), (0, 40, 30), (30, 0, 30)]),
        (1, (0, 0, 30), [(0, 0, 30), (40, 0, 30), (0, 20, 30)]),
        (WHOLE, (1, 2, 30), [(1, 2, 30), (41, 2, 30), (1, 22, 30)]),
    ],
)
def test_an_ellipse_moves_turns_and_stretches(point, to, points):
    start = ELLIPSE.points[max(point, 0)]
    moved = moved_mark(Grip(mark=ELLIPSE, point=point), start, to)
    center, first, second = (np.asarray(p) for p in moved.points)
    wanted = [np.asarray(p, dtype=float) for p in points]
    assert center == lies_at(wanted[0])
    for found, half in ((first, wanted[1]), (second, wanted[2])):
        # The end of a half axis may lie on either side of the center: it is the same ellipse.
        same = np.allclose(found - center, half - center, atol=1e-9)
        assert same or np.allclose(center - found, half - center, atol=1e-9)


@pytest.mark.parametrize(("point", "radius_mm"), [(0, 10.0), (1, 25.0), (WHOLE, 10.0)])
def test_a_sphere_moves_by_its_center_and_grows_by_its_surface(point, radius_mm):
    ball = mark_of(MarkKind.SPHERE, (0.0, 0.0, 30.0), (10.0, 0.0, 30.0))
    start = ball.points[max(point, 0)]
    moved = moved_mark(Grip(mark=ball, point=point), start, moved_by(start, (1, 0, 0), 15.0))
    assert math.dist(*moved.points) == pytest.approx(radius_mm)
    assert moved.points[0][0] == (0.0 if point == 1 else 15.0)
