"""Outlines in a pane: where they lie, when they do not show, what they are called."""

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.window_support import make_volume
from workstation.imaging.contours import ContourSegment, ContourSet, Polygon
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import PatientIdentity
from workstation.rendering.overlay import Dash, Ink, Placement, Polyline, Text
from workstation.rendering.plane import PlaneName
from workstation.ui.hanging import slice_state
from workstation.ui.overlay_painter import text_measure
from workstation.ui.pane_outlines import outline_primitives
from workstation.ui.pane_overlay import build_drawing
from workstation.ui.pane_state import PROJECTION_MM
from workstation.ui.reading_context import ReadingContext

SIZE = (600, 500)


@pytest.fixture
def volume():
    return make_volume()


@pytest.fixture
def state(volume):
    return slice_state(volume, PlaneName.AXIAL)


def square(state, half=8.0, offset=(0.0, 0.0, 0.0)):
    x, y, z = np.asarray(state.view.center_lps) + np.asarray(offset)
    corners = [
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    ]
    return Polygon(points_lps=np.array([(a, b, z) for a, b in corners]))


def contour_set(state, *polygons, name="GTV", **changes):
    identity = state.volume.identity
    segment = ContourSegment(number=1, name=name, color=None, polygons=polygons, thickness_mm=1.0)
    made = ContourSet(
        name="Plan",
        kind=ObjectKind.STRUCTURE_SET,
        patient=identity.patient,
        frame_of_reference_uid=identity.frame_of_reference_uid,
        series_uids=(),
        segments=(segment,),
    )
    return replace(made, **changes)


def drawn(state, *sets):
    return outline_primitives(state, SIZE, sets, Placement(SIZE), text_measure())


def lines_of(parts):
    return [part for part in parts if isinstance(part, Polyline)]


def words_of(parts):
    return [part.text for part in parts if isinstance(part, Text)]


def test_an_outline_lies_on_its_pixels(state):
    polygon = square(state)
    (line,) = lines_of(drawn(state, contour_set(state, polygon)))
    expected = state.view.lps_to_pixel(polygon.points_lps, SIZE)
    assert np.allclose(line.points, expected)
    assert line.closed
    assert (line.stroke.color, line.stroke.dash) == (Ink.PRIOR, Dash.DASHED)


def test_a_structure_is_named_once(state):
    both = contour_set(state, square(state), square(state, half=3.0))
    assert words_of(drawn(state, both)) == ["GTV"]


def test_two_structures_of_the_same_number_in_two_sets_are_both_named(state):
    one = contour_set(state, square(state))
    other = contour_set(state, square(state, half=2.0, offset=(-30.0, 0.0, 0.0)), name="cord")
    parts = drawn(state, one, replace(other, name="Second plan"))
    assert sorted(words_of(parts)) == ["GTV", "cord"]


def test_a_name_without_room_is_left_out_and_the_line_stays(state):
    placement = Placement((5, 5))
    parts = outline_primitives(
        state, SIZE, [contour_set(state, square(state))], placement, text_measure()
    )
    assert words_of(parts) == []
    assert len(lines_of(parts)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"patient": PatientIdentity(id="somebody else")},
        {"frame_of_reference_uid": "1.2.3.999"},
        {"frame_of_reference_uid": ""},
    ],
    ids=["other patient", "other space", "no space"],
)
def test_outlines_of_others_are_never_drawn(state, changes):
    assert drawn(state, contour_set(state, square(state), **changes)) == ()


def test_an_outline_beside_the_plane_does_not_show(state):
    away = square(state, offset=(0.0, 0.0, 5.0))
    assert drawn(state, contour_set(state, away)) == ()


def test_a_plane_across_shows_a_line(state, volume):
    sagittal = slice_state(volume, PlaneName.SAGITTAL)
    (line,) = lines_of(drawn(sagittal, contour_set(state, square(state))))
    assert not line.closed
    assert len(line.points) == 2


def test_a_projection_shows_none(state):
    thick = state.with_view(replace(state.view, slab_thickness_mm=PROJECTION_MM))
    assert drawn(thick, contour_set(state, square(state))) == ()


def test_the_overlay_of_a_pane_holds_them(state):
    sets = (contour_set(state, square(state)),)
    with_them = build_drawing(state, SIZE, ReadingContext(outlines=sets))
    without = build_drawing(state, SIZE, ReadingContext())
    dashed = [part for part in lines_of(with_them.primitives) if part.stroke.color is Ink.PRIOR]
    assert len(dashed) == 1
    assert not [part for part in lines_of(without.primitives) if part.stroke.color is Ink.PRIOR]


def test_hidden_annotations_hide_them_too(state):
    sets = (contour_set(state, square(state)),)
    hidden = build_drawing(state, SIZE, ReadingContext(outlines=sets, hidden=True))
    assert lines_of(hidden.primitives) == []
