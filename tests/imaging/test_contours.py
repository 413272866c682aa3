"""Outlines as geometry: marching squares, planes that cut them, on whose series they may lie."""

from dataclasses import replace

import numpy as np
import pytest

from workstation.imaging.contours import (
    ContourSegment,
    ContourSet,
    Polygon,
    cut_by_plane,
    disagreement,
    iso_polygons,
)
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import PatientIdentity, SeriesIdentity

Z = np.array([0.0, 0.0, 1.0])
X = np.array([1.0, 0.0, 0.0])
ADA = PatientIdentity(id="17", name="EXAMPLE^Ada", birth_date="1960-02-29")
SERIES = SeriesIdentity(patient=ADA, frame_of_reference_uid="1.9")


def area(corners):
    """Return the signed area of (row, column) corners."""
    rows, columns = corners[:, 0], corners[:, 1]
    return float(np.sum(columns * np.roll(rows, -1) - np.roll(columns, -1) * rows)) / 2.0


def square(z=0.0, side=10.0, left=0.0):
    points = np.array([[0, 0, z], [side, 0, z], [side, side, z], [0, side, z]], float)
    return Polygon(points_lps=points + np.array([left, 0.0, 0.0]))


def outlines(*polygons, thickness_mm=3.0, **changes):
    segment = ContourSegment(
        number=1, name="tumor", color=None, polygons=polygons, thickness_mm=thickness_mm
    )
    given = ContourSet(
        name="set",
        kind=ObjectKind.SEGMENTATION,
        patient=ADA,
        frame_of_reference_uid="1.9",
        series_uids=(),
        segments=(segment,),
    )
    return replace(given, **changes)


def test_one_pixel_is_a_diamond_around_its_center():
    (corners,) = iso_polygons(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]), 0.5)
    assert {tuple(corner) for corner in corners.tolist()} == {
        (0.5, 1.0),
        (1.5, 1.0),
        (1.0, 0.5),
        (1.0, 1.5),
    }


def test_a_mask_at_the_border_is_closed_outside_of_it():
    (corners,) = iso_polygons(np.ones((2, 3)), 0.5)
    assert corners[:, 0].min() == -0.5
    assert corners[:, 0].max() == 1.5
    assert corners[:, 1].min() == -0.5
    assert corners[:, 1].max() == 2.5


def test_a_hole_is_an_outline_of_its_own_that_turns_the_other_way():
    mask = np.ones((7, 7))
    mask[3, 3] = 0
    areas = sorted(area(corners) for corners in iso_polygons(mask, 0.5))
    assert len(areas) == 2
    assert areas[0] * areas[1] < 0
    assert min(abs(value) for value in areas) == pytest.approx(0.5)


def test_touching_corners_stay_two_outlines():
    found = iso_polygons(np.array([[1, 0], [0, 1]]), 0.5)
    assert sorted(abs(area(corners)) for corners in found) == [0.5, 0.5]


def test_fractions_are_interpolated_between_pixels():
    (corners,) = iso_polygons(np.array([[0.0, 100.0, 25.0]]), 50.0)
    assert corners[:, 1].min() == pytest.approx(0.5)
    assert corners[:, 1].max() == pytest.approx(1.0 + 50.0 / 75.0)


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.full((3, 3), 0.5)])
def test_nothing_above_the_level_is_no_outline(values):
    assert iso_polygons(values, 0.5) == []


def test_a_disc_has_the_area_of_its_pixels():
    rows, columns = np.mgrid[:41, :41]
    mask = (rows - 20) ** 2 + (columns - 20) ** 2 <= 15**2
    (corners,) = iso_polygons(mask, 0.5)
    assert abs(area(corners)) == pytest.approx(np.pi * 15**2, rel=0.03)


def test_every_random_mask_is_outlined_by_closed_loops():
    rng = np.random.default_rng(3)
    for _ in range(20):
        mask = rng.integers(0, 2, (9, 11))
        loops = iso_polygons(mask, 0.5)
        steps = [np.abs(np.roll(loop, -1, axis=0) - loop).max() for loop in loops]
        assert max(steps) <= 1.0


@pytest.mark.parametrize(
    ("z", "shown"), [(0.0, True), (1.4, True), (1.5, False), (-1.5, True), (1.6, False)]
)
def test_a_plane_shows_the_outline_nearest_to_it(z, shown):
    found = list(cut_by_plane(outlines(square()), np.array([0.0, 0.0, z]), Z))
    assert bool(found) is shown


def test_two_neighbors_never_show_in_one_plane():
    both = outlines(square(0.0), square(3.0))
    for z in np.arange(-1.0, 4.0, 0.25):
        assert len(list(cut_by_plane(both, np.array([0.0, 0.0, z]), Z))) == 1


def test_a_plane_across_shows_the_line_inside():
    (line,) = cut_by_plane(outlines(square()), np.array([4.0, 0.0, 0.0]), X)
    assert not line.closed
    assert line.segment.name == "tumor"
    assert sorted(line.points_lps.tolist()) == [[4.0, 0.0, 0.0], [4.0, 10.0, 0.0]]


def test_a_plane_across_a_bay_shows_two_lines():
    points = [[0, 0], [10, 0], [10, 3], [2, 3], [2, 7], [10, 7], [10, 10], [0, 10]]
    bay = Polygon(points_lps=np.array([[x, y, 0] for x, y in points], float))
    lines = list(cut_by_plane(outlines(bay), np.array([5.0, 0.0, 0.0]), X))
    spans = sorted(tuple(sorted(line.points_lps[:, 1].tolist())) for line in lines)
    assert spans == [(0.0, 3.0), (7.0, 10.0)]


def test_a_plane_beside_shows_nothing():
    assert not list(cut_by_plane(outlines(square()), np.array([11.0, 0.0, 0.0]), X))


def test_open_lines_are_not_filled_across():
    path = Polygon(points_lps=square().points_lps, closed=False)
    assert not list(cut_by_plane(outlines(path), np.array([4.0, 0.0, 0.0]), X))
    (line,) = cut_by_plane(outlines(path), np.zeros(3), Z)
    assert not line.closed


def test_outlines_of_the_same_person_and_space_may_be_shown():
    assert disagreement(outlines(), SERIES) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"patient": replace(ADA, id="18")}, "outlines-other-patient"),
        ({"patient": replace(ADA, issuer="elsewhere")}, "outlines-other-patient"),
        ({"patient": replace(ADA, birth_date="1960-03-01")}, "outlines-other-patient"),
        ({"frame_of_reference_uid": "1.8"}, "outlines-other-space"),
        ({"frame_of_reference_uid": ""}, "outlines-other-space"),
    ],
)
def test_others_may_not(changes, code):
    assert disagreement(outlines(**changes), SERIES).code == code


def test_without_an_id_the_name_decides():
    nobody = replace(ADA, id="")
    series = replace(SERIES, patient=nobody)
    assert disagreement(outlines(patient=nobody), series) is None
    other = replace(nobody, name="SAMPLE^Otto")
    assert disagreement(outlines(patient=other), series).code == "outlines-other-patient"


def test_two_empty_spaces_are_not_one():
    series = replace(SERIES, frame_of_reference_uid="")
    assert disagreement(outlines(frame_of_reference_uid=""), series).code == "outlines-other-space"
