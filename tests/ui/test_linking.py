"""How panes follow the linked point, each other and the levels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.window_support import (
    PLANES,
    SAGITTAL,
    make_spine,
    make_state,
    make_volume,
)
from workstation.domain.lesion import Lesion
from workstation.domain.spine import Landmark, Spine, VertebralLevel
from workstation.rendering.plane import PlaneName
from workstation.ui.linking import (
    at_lesion,
    at_level,
    following_change,
    following_point,
    next_level,
)
from workstation.ui.pane_state import stepped

POINT = (15.0, -12.0, 20.0)


@pytest.mark.parametrize("plane", PLANES)
def test_planes_go_through_the_linked_point(plane):
    state = make_state(make_volume(), plane)
    followed = following_point(state, POINT)
    # A native stack stops on a slice, so half a slice may remain.
    assert abs(followed.view.distance_mm(POINT)) <= 1.0


def test_a_visible_point_does_not_move_the_pane_sideways():
    state = make_state(make_volume(), PlaneName.AXIAL)
    followed = following_point(state, POINT)
    assert followed.view.center_lps[:2] == pytest.approx(state.view.center_lps[:2])


def test_a_point_outside_is_brought_into_view():
    state = make_state(make_volume(), PlaneName.AXIAL)
    near = state.with_view(replace(state.view, field_mm=10.0))
    followed = following_point(near, (30.0, -20.0, 30.0))
    assert followed.view.center_lps[0] == pytest.approx(30.0)


def test_parallel_panes_scroll_together():
    ct, mr = make_state(make_volume()), make_state(make_volume(series="2", spacing=(1, 1, 1)))
    after = stepped(ct, 3)
    followed = following_change(mr, ct, after)
    assert followed.view.center_lps[2] == pytest.approx(after.view.center_lps[2])


def test_crossing_panes_stay():
    axial = make_state(make_volume(), PlaneName.AXIAL)
    sagittal = make_state(make_volume(), PlaneName.SAGITTAL)
    assert following_change(sagittal, axial, stepped(axial, 3)) is sagittal


def test_panes_of_one_field_zoom_and_pan_together():
    one = make_state(make_volume())
    other = make_state(make_volume(series="2"))
    zoomed = one.with_view(one.view.zoomed(2.0, (20.0, -20.0, 30.0)))
    followed = following_change(other, one, zoomed)
    assert followed.view.field_mm == pytest.approx(zoomed.view.field_mm)
    assert followed.view.center_lps == pytest.approx(zoomed.view.center_lps)


def test_a_close_up_keeps_its_own_zoom():
    overview = make_state(make_volume())
    close = overview.with_view(overview.view.zoomed(3.0))
    zoomed = overview.with_view(overview.view.zoomed(2.0))
    assert following_change(close, overview, zoomed).view.field_mm == close.view.field_mm


def tilted_spine() -> Spine:
    """Three levels on a line that leans 30 degrees to the front from head to foot."""
    marks = tuple(
        Landmark(level=VertebralLevel(name), center_lps=(10.0, -20.0 - 10.0 * n, 60.0 - 17.32 * n))
        for n, name in enumerate(("T9", "T10", "T11"))
    )
    return Spine(frame_of_reference_uid="f", series_uid="s", landmarks=marks)


def test_the_axial_pane_turns_parallel_to_the_end_plate():
    state = at_level(make_state(make_volume()), tilted_spine(), VertebralLevel.T10)
    axis = np.array([0.0, 0.5, 0.866])
    assert abs(float(np.dot(state.view.direction, axis))) == pytest.approx(1.0, abs=1e-3)
    assert state.view.center_lps == pytest.approx((10.0, -30.0, 42.68))
    assert state.level is VertebralLevel.T10
    # Seen from the feet: the right of the patient stays on the left of the image.
    assert state.view.letters().left == "R"


@pytest.mark.parametrize("plane", [PlaneName.SAGITTAL, PlaneName.CORONAL])
def test_other_panes_recenter_on_the_level(plane):
    state = at_level(make_state(make_volume(), plane), tilted_spine(), VertebralLevel.T11)
    in_plane = [axis for axis in range(3) if abs(state.view.direction[axis]) < 0.5]
    expected = (10.0, -40.0, 25.36)
    assert [state.view.center_lps[a] for a in in_plane] == pytest.approx(
        [expected[a] for a in in_plane], abs=0.01
    )


def test_a_level_that_is_not_placed_moves_nothing():
    state = make_state(make_volume())
    assert at_level(state, make_spine("T9"), VertebralLevel.L1) is state


def test_a_lesion_is_brought_to_the_middle():
    lesion = Lesion(
        id="a",
        number=1,
        center_lps=(12.0, -18.0, 41.0),
        radius_mm=4.0,
        frame_of_reference_uid="f",
        series_uid="s",
    )
    state = at_lesion(make_state(make_volume(direction=SAGITTAL), PlaneName.SAGITTAL), lesion, None)
    assert state.view.center_lps == pytest.approx((12.0, -18.0, 41.0))


@pytest.mark.parametrize(
    ("current", "steps", "expected"),
    [("T10", 1, "T11"), ("T10", -1, "T9"), ("T11", 1, "T11"), ("T9", -1, "T9"), (None, 1, "T10")],
)
def test_the_walk_stops_at_the_ends(current, steps, expected):
    spine = make_spine("T9", "T10", "T11")
    here = VertebralLevel(current) if current else None
    found = next_level(spine, here, (10.0, -20.0, 60.0), steps)
    assert found is VertebralLevel(expected)


def test_walking_an_empty_spine_goes_nowhere():
    assert next_level(Spine(frame_of_reference_uid="f", series_uid="s"), None, POINT, 1) is None
