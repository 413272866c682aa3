"""The level tool as a state machine: naming, proposing, dragging, refusing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui.tool_support import MADE_AT, WrittenDesk, event_at, plain_state, square_pane
from tests.ui.window_support import FRAME, OTHER_FRAME, make_spine, make_volume
from workstation.base.errors import InputRefusedError
from workstation.domain.case import Case
from workstation.domain.commands import MoveLandmark, SetSpine
from workstation.domain.spine import LandmarkState, Variant, VertebralLevel
from workstation.rendering.plane import PlaneName
from workstation.ui.pane_state import PROJECTION_MM
from workstation.ui.tools.level_tool import GRAB_DEPTH_MM, GRAB_PX, LevelTool, proposed_spine

L = VertebralLevel


def case_of(*spines) -> Case:
    return Case(id="c", created_at=MADE_AT, spines=spines)


@pytest.fixture
def desk(qapp):
    return WrittenDesk(case_of())


@pytest.fixture
def tool(desk):
    return LevelTool(desk)


@pytest.fixture
def pane(qapp):
    """Sagittal: T9 of ``make_spine("T9", ...)`` lies at (200, 170), T10 at (200, 190)."""
    return square_pane(plain_state(PlaneName.SAGITTAL))


def click(tool, pane, x, y):
    tool.press(event_at(pane, x, y))
    tool.release(event_at(pane, x, y))


@pytest.mark.parametrize(
    ("plane", "place", "point"),
    [
        (PlaneName.SAGITTAL, (200, 170), (10.0, -20.0, 60.0)),
        (PlaneName.SAGITTAL, (230, 200), (10.0, 10.0, 30.0)),
        (PlaneName.CORONAL, (230, 170), (40.0, -20.0, 60.0)),
        (PlaneName.AXIAL, (190, 215), (0.0, -5.0, 30.0)),
    ],
)
@pytest.mark.parametrize("level", [L.C2, L.T9, L.L5])
def test_the_first_name_makes_a_spine_of_one_vertebra(desk, tool, plane, place, point, level):
    pane = square_pane(plain_state(plane))
    click(tool, pane, *place)
    ((asked, proposal, answer),) = desk.levels
    assert proposal is None
    assert asked.point_lps == pytest.approx(point)
    (draft,) = tool.drafts
    assert (draft.level, draft.center_lps) == (None, pytest.approx(point))
    assert desk.commands == []
    answer(level)
    (command,) = desk.commands
    assert isinstance(command, SetSpine)
    (mark,) = command.spine.landmarks
    assert (mark.level, mark.state) == (level, LandmarkState.CLICKED)
    assert mark.center_lps == pytest.approx(point)
    assert command.spine.frame_of_reference_uid == FRAME
    assert command.spine.series_uid == "1.2.3.4.1"
    assert command.spine.counted_from == f"from {level}"
    assert not tool.busy


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [
        (L.T9, L.T10, []),
        (L.T9, L.T11, [L.T10]),
        (L.T11, L.L2, [L.T12, L.L1]),
        (L.C6, L.T2, [L.C7, L.T1]),
        (L.L4, L.S1, [L.L5]),
    ],
)
def test_two_names_propose_every_vertebra_between(desk, tool, pane, first, second, between):
    click(tool, pane, 200, 100)
    desk.levels[-1][2](first)
    desk.case = case_of(desk.commands[-1].spine)
    click(tool, pane, 200, 300)
    desk.levels[-1][2](second)
    spine = desk.commands[-1].spine
    assert list(spine.levels) == [first, *between, second]
    states = {mark.level: mark.state for mark in spine.landmarks}
    assert {states[first], states[second]} == {LandmarkState.CLICKED}
    assert all(states[level] is not LandmarkState.CLICKED for level in between)
    heights = [mark.center_lps[2] for mark in spine.landmarks]
    assert heights == sorted(heights, reverse=True)
    assert (heights[0], heights[-1]) == pytest.approx((130.0, -70.0))
    assert not spine.confirmed


@pytest.mark.parametrize(
    ("upper", "lower"), [(L.T10, L.T9), (L.L1, L.T12), (L.S1, L.L5), (L.T1, L.C7)]
)
def test_a_lower_vertebra_above_a_higher_one_is_refused(desk, tool, pane, upper, lower):
    click(tool, pane, 200, 100)
    desk.levels[-1][2](upper)
    desk.case = case_of(desk.commands[-1].spine)
    click(tool, pane, 200, 300)
    with pytest.raises(InputRefusedError):
        desk.levels[-1][2](lower)
    assert len(desk.commands) == 1


@pytest.mark.parametrize("level", [L.L6, L.T13])
def test_a_vertebra_that_needs_a_declared_variant_is_refused(desk, tool, pane, level):
    click(tool, pane, 200, 200)
    with pytest.raises(InputRefusedError, match="does not exist unless"):
        desk.levels[-1][2](level)
    assert desk.commands == []


def test_declared_variants_and_the_way_of_counting_stay(desk, pane):
    known = replace(
        make_spine("T9"), variants=frozenset({Variant.SIX_LUMBAR}), counted_from="from C2"
    )
    made = proposed_spine(event_at(pane, 200, 300), known, {L.L5: (10.0, -20.0, -70.0)})
    assert made.variants == frozenset({Variant.SIX_LUMBAR})
    assert made.counted_from == "from C2"


@pytest.mark.parametrize(
    ("place", "grabbed"),
    [
        ((200, 170), L.T9),
        ((200 + GRAB_PX - 1, 170), L.T9),
        ((200, 178), L.T9),
        ((200, 182), L.T10),
        ((200, 190), L.T10),
        ((200 - GRAB_PX - 1, 190), None),
        ((200, 190 + GRAB_PX + 1), None),
        ((300, 180), None),
    ],
)
def test_the_nearest_vertebra_under_the_pointer_is_dragged(desk, tool, pane, place, grabbed):
    desk.case = case_of(make_spine("T9", "T10"))
    tool.press(event_at(pane, *place))
    tool.move(event_at(pane, 260, 150))
    assert [draft.level for draft in tool.drafts] == ([grabbed] if grabbed else [])
    tool.release(event_at(pane, 260, 150))
    if grabbed is None:
        assert desk.commands == []
    else:
        (command,) = desk.commands
        assert isinstance(command, MoveLandmark)
        assert (command.level, command.frame_of_reference_uid) == (grabbed, FRAME)
        assert command.center_lps == pytest.approx((10.0, 40.0, 80.0))
    assert desk.levels == []
    assert not tool.busy


@pytest.mark.parametrize(
    ("depth_mm", "takes_hold"),
    [(0.0, True), (GRAB_DEPTH_MM - 0.1, True), (-GRAB_DEPTH_MM + 0.1, True), (12.1, False)],
)
def test_a_vertebra_is_dragged_only_near_its_plane(desk, tool, depth_mm, takes_hold):
    state = plain_state(PlaneName.SAGITTAL)
    pane = square_pane(state.with_view(state.view.scrolled(depth_mm)))
    desk.case = case_of(make_spine("T9"))
    tool.press(event_at(pane, 200, 170))
    tool.move(event_at(pane, 230, 170))
    assert bool(tool.drafts) is takes_hold


def test_the_spine_of_another_space_is_not_touched(desk, tool, pane):
    desk.case = case_of(make_spine("T9", "T10", frame=OTHER_FRAME))
    tool.press(event_at(pane, 200, 170))
    tool.release(event_at(pane, 260, 150))
    assert desk.commands == []
    click(tool, pane, 200, 170)
    assert desk.levels[-1][1] is None


@pytest.mark.parametrize(
    ("place", "proposal"),
    [
        ((200, 170), L.T9),
        ((260, 170), L.T9),
        ((200, 210), L.T11),
        ((260, 188), L.T10),
        ((200, 390), None),
    ],
)
def test_what_lies_there_is_proposed(desk, tool, pane, place, proposal):
    desk.case = case_of(make_spine("T9", "T10", "T11"))
    click(tool, pane, *place)
    assert desk.levels[-1][1] is proposal


def test_a_new_name_keeps_the_place_of_the_vertebra_that_was_clicked(desk, tool, pane):
    desk.case = case_of(make_spine("T9"))
    click(tool, pane, 206, 175)
    desk.levels[-1][2](L.T8)
    (mark,) = desk.commands[-1].spine.landmarks
    assert (mark.level, mark.center_lps) == (L.T8, (10.0, -20.0, 60.0))


def test_the_same_name_elsewhere_moves_the_vertebra(desk, tool, pane):
    desk.case = case_of(make_spine("T9"))
    click(tool, pane, 200, 300)
    desk.levels[-1][2](L.T9)
    (mark,) = desk.commands[-1].spine.landmarks
    assert mark.center_lps == pytest.approx((10.0, -20.0, -70.0))


@pytest.mark.parametrize("thickness_mm", [PROJECTION_MM, 2.0 * PROJECTION_MM])
def test_a_projection_names_nothing(desk, tool, thickness_mm):
    state = plain_state(PlaneName.SAGITTAL)
    pane = square_pane(state.with_view(replace(state.view, slab_thickness_mm=thickness_mm)))
    click(tool, pane, 200, 200)
    assert desk.levels == []
    assert desk.cautions == ["A projection has no depth; name levels in a slice."]
    assert not tool.busy


@pytest.mark.parametrize("steps", [["press"], ["press", "move"], ["press", "release"]])
def test_cancel_leaves_every_vertebra_where_it_was(desk, tool, pane, steps):
    desk.case = case_of(make_spine("T9"))
    for step in steps:
        getattr(tool, step)(event_at(pane, 200, 170))
    tool.cancel()
    assert (tool.busy, tool.drafts, desk.commands) == (False, (), [])
    tool.release(event_at(pane, 300, 300))
    assert desk.commands == []


@pytest.mark.parametrize("step", ["move", "release"])
def test_nothing_happens_before_a_press(desk, tool, pane, step):
    desk.case = case_of(make_spine("T9"))
    getattr(tool, step)(event_at(pane, 200, 170))
    assert (desk.commands, desk.levels, desk.redraws) == ([], [], 0)


@pytest.mark.parametrize("way_px", [4, 9, 60])
def test_a_drag_beside_every_vertebra_asks_nothing(desk, tool, pane, way_px):
    tool.press(event_at(pane, 300, 300))
    tool.release(event_at(pane, 300 + way_px, 300))
    assert (desk.levels, desk.commands, tool.busy) == ([], [], False)


@pytest.mark.parametrize("way_px", [0, 1, 3])
def test_a_click_with_an_unsteady_hand_names_where_it_began(desk, tool, pane, way_px):
    tool.press(event_at(pane, 300, 300))
    tool.release(event_at(pane, 300 + way_px, 300))
    assert desk.levels[-1][0].point_lps == pytest.approx((10.0, 80.0, -70.0))


def test_without_a_case_a_name_is_asked_for_all_the_same(desk, tool, pane):
    desk.case = None
    click(tool, pane, 200, 200)
    assert desk.levels[-1][1] is None


def test_a_volume_without_a_space_has_a_spine_of_its_own(desk, tool):
    pane = square_pane(plain_state(PlaneName.SAGITTAL, make_volume(frame="")))
    click(tool, pane, 200, 200)
    desk.levels[-1][2](L.T5)
    assert desk.commands[-1].spine.frame_of_reference_uid == "only-1.2.3.4.1"
