"""Outlines cut by planes at every angle, and pictures outlined, by hand-computed corners."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.imaging.contours import (
    SHORTEST_REACH_MM,
    ContourSegment,
    ContourSet,
    Polygon,
    cut_by_plane,
    iso_polygons,
)
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import PatientIdentity

HALF = np.sqrt(0.5)
AXES = {
    "axial": np.eye(3),
    # Columns: the polygon's first axis, its second axis, the normal.
    "sagittal": np.array([[0, 0, 1.0], [1, 0, 0], [0, 1, 0]]),
    "coronal": np.array([[1.0, 0, 0], [0, 0, 1], [0, 1, 0]]),
    "oblique": np.array([[1.0, 0, 0], [0, HALF, -HALF], [0, HALF, HALF]]),
    "left-handed": np.array([[-1.0, 0, 0], [0, 1, 0], [0, 0, 1]]),
}
"""The plane an outline is drawn in, as three columns in LPS."""


def drawn(corners, plane="axial", depth=0.0, closed=True):
    """A polygon of (first, second) corners in a plane, ``depth`` mm along its normal."""
    flat = np.array([[a, b, depth] for a, b in corners], dtype=np.float64)
    return Polygon(points_lps=flat @ AXES[plane].T, closed=closed)


def outlines(*polygons, thickness_mm=3.0):
    segment = ContourSegment(
        number=4, name="organ", color=(1, 2, 3), polygons=polygons, thickness_mm=thickness_mm
    )
    return ContourSet(
        name="set",
        kind=ObjectKind.STRUCTURE_SET,
        patient=PatientIdentity(id="17"),
        frame_of_reference_uid="1.9",
        series_uids=(),
        segments=(segment,),
    )


def cuts(contours, plane, center, normal):
    """The lines in the plane's own axes, each as sorted rounded corners."""
    axes = AXES[plane]
    found = cut_by_plane(contours, axes @ np.asarray(center, float), axes @ np.asarray(normal))
    return [sorted(np.round(line.points_lps @ axes, 6).tolist()) for line in found]


SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
TRIANGLE = [(0, 0), (12, 0), (0, 6)]
RING_SIDE = [(0, 0), (9, 0), (9, 2), (3, 2), (3, 4), (9, 4), (9, 6), (3, 6), (3, 8), (9, 8), (9, 10), (0, 10)]  # fmt: skip  # noqa: E501
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
DIAGONAL = (HALF, HALF, 0.0)


@pytest.mark.parametrize("plane", list(AXES))
@pytest.mark.parametrize(
    ("corners", "center", "normal", "wanted"),
    [
        (SQUARE, (4, 0, 0), X, [[[4, 0, 0], [4, 10, 0]]]),
        (SQUARE, (0, 7, 0), Y, [[[0, 7, 0], [10, 7, 0]]]),
        (SQUARE, (5, 5, 0), DIAGONAL, [[[0, 10, 0], [10, 0, 0]]]),
        (SQUARE, (2, 2, 0), DIAGONAL, [[[0, 4, 0], [4, 0, 0]]]),
        (TRIANGLE, (4, 0, 0), X, [[[4, 0, 0], [4, 4, 0]]]),
        (TRIANGLE, (0, 3, 0), Y, [[[0, 3, 0], [6, 3, 0]]]),
        (SQUARE, (10.5, 0, 0), X, []),
        (SQUARE, (-0.5, 0, 0), X, []),
        (SQUARE, (10, 0, 0), X, []),
        (SQUARE, (0, 0, 0), X, []),
        (
            RING_SIDE,
            (6, 0, 0),
            X,
            [[[6, 0, 0], [6, 2, 0]], [[6, 4, 0], [6, 6, 0]], [[6, 8, 0], [6, 10, 0]]],
        ),
        (RING_SIDE, (1, 0, 0), X, [[[1, 0, 0], [1, 10, 0]]]),
        # The same plane, its normal the other way round.
        (SQUARE, (4, 0, 0), (-1.0, 0.0, 0.0), [[[4, 0, 0], [4, 10, 0]]]),
    ],
)
def test_a_plane_across_shows_what_lies_inside(plane, corners, center, normal, wanted):
    assert sorted(cuts(outlines(drawn(corners, plane)), plane, center, normal)) == wanted


@pytest.mark.parametrize("plane", list(AXES))
def test_lines_across_are_open_and_belong_to_their_structure(plane):
    contours = outlines(drawn(SQUARE, plane))
    (line,) = cut_by_plane(contours, AXES[plane] @ (4.0, 0, 0), AXES[plane] @ X)
    assert not line.closed
    assert line.segment is contours.segments[0]
    assert line.points_lps.shape == (2, 3)


@pytest.mark.parametrize("plane", list(AXES))
@pytest.mark.parametrize(
    ("depth", "shown"), [(0.0, True), (0.99, True), (-0.99, True), (1.01, False), (-1.01, False)]
)
def test_a_parallel_plane_shows_the_polygon_itself(plane, depth, shown):
    """Slices of 2 mm reach 1 mm to either side."""
    polygon = drawn(SQUARE, plane)
    contours = outlines(polygon, thickness_mm=2.0)
    found = list(cut_by_plane(contours, AXES[plane] @ (0, 0, -depth), AXES[plane] @ Z))
    assert [line.points_lps is polygon.points_lps for line in found] == [True] * shown


@pytest.mark.parametrize("thickness_mm", [0.0, 0.1, 0.5])
@pytest.mark.parametrize(
    ("depth", "shown"), [(0.0, True), (SHORTEST_REACH_MM, True), (0.3, False), (-0.25, False)]
)
def test_however_thin_the_slices_a_near_plane_shows_them(thickness_mm, depth, shown):
    contours = outlines(drawn(SQUARE), thickness_mm=thickness_mm)
    found = list(cut_by_plane(contours, np.array([0.0, 0.0, -depth]), np.array(Z)))
    assert bool(found) is shown


@pytest.mark.parametrize("plane", list(AXES))
@pytest.mark.parametrize(
    ("center", "normal", "count"),
    [((4, 0, 0), X, 0), ((0, 0, 0), Z, 1), ((0, 0, 2.0), Z, 0), ((5, 5, 0), DIAGONAL, 0)],
)
def test_an_open_line_is_shown_in_its_own_plane_only(plane, center, normal, count):
    contours = outlines(drawn(SQUARE, plane, closed=False))
    assert len(cuts(contours, plane, center, normal)) == count


def test_a_single_point_is_shown_where_it_lies():
    point = Polygon(points_lps=np.array([[3.0, 4.0, 5.0]]), closed=False)
    far = np.array([30.0, 40.0, 50.0])
    for normal in (X, Y, Z, DIAGONAL):
        (line,) = cut_by_plane(outlines(point), np.array([3.0, 4.0, 5.0]), np.array(normal))
        assert line.points_lps is point.points_lps
        assert not list(cut_by_plane(outlines(point), far, np.array(normal)))


def test_a_stack_cut_lengthwise_gives_one_line_for_each_slice():
    stack = [drawn(SQUARE, depth=3.0 * k) for k in range(4)]
    found = cuts(outlines(*stack), "axial", (2.5, 0, 0), X)
    assert found == [[[2.5, 0, 3.0 * k], [2.5, 10, 3.0 * k]] for k in range(4)]


def test_every_structure_is_cut_for_itself():
    both = outlines(drawn(SQUARE), drawn([(20, 0), (30, 0), (30, 10), (20, 10)]))
    assert cuts(both, "axial", (0, 5, 0), Y) == [
        [[0, 5, 0], [10, 5, 0]],
        [[20, 5, 0], [30, 5, 0]],
    ]


def corner_sets(loops):
    return sorted(sorted(map(tuple, np.round(loop, 6).tolist())) for loop in loops)


ONE_BY_TWO = [(-0.5, 0.0), (-0.5, 1.0), (0.0, -0.5), (0.0, 1.5), (0.5, 0.0), (0.5, 1.0)]


@pytest.mark.parametrize(
    ("mask", "wanted"),
    [
        ([[1]], [[(-0.5, 0.0), (0.0, -0.5), (0.0, 0.5), (0.5, 0.0)]]),
        ([[1, 1]], [ONE_BY_TWO]),
        ([[1], [1]], [sorted((b, a) for a, b in ONE_BY_TWO)]),
        (
            [[1, 0, 1]],
            [
                [(-0.5, 0.0), (0.0, -0.5), (0.0, 0.5), (0.5, 0.0)],
                [(-0.5, 2.0), (0.0, 1.5), (0.0, 2.5), (0.5, 2.0)],
            ],
        ),
        (
            [[0, 1], [1, 0]],
            [
                [(-0.5, 1.0), (0.0, 0.5), (0.0, 1.5), (0.5, 1.0)],
                [(0.5, 0.0), (1.0, -0.5), (1.0, 0.5), (1.5, 0.0)],
            ],
        ),
        (
            [[1, 1], [1, 0]],
            [
                [
                    (-0.5, 0.0), (-0.5, 1.0), (0.0, -0.5), (0.0, 1.5),
                    (0.5, 1.0), (1.0, -0.5), (1.0, 0.5), (1.5, 0.0),
                ],
            ],
        ),
    ],
)  # fmt: skip
def test_small_masks_are_outlined_corner_by_corner(mask, wanted):
    assert corner_sets(iso_polygons(np.array(mask), 0.5)) == wanted


def area(corners):
    rows, columns = corners[:, 0], corners[:, 1]
    return float(np.sum(columns * np.roll(rows, -1) - np.roll(columns, -1) * rows)) / 2.0


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 4), (3, 2), (5, 5), (2, 7)])
def test_a_rectangle_loses_its_four_cut_corners(rows, columns):
    """Each of the four corners is cut by a triangle of 1/8 pixel."""
    (corners,) = iso_polygons(np.ones((rows, columns)), 0.5)
    assert abs(area(corners)) == pytest.approx(rows * columns - 0.5)
    assert len(corners) == 2 * (rows + columns)


@pytest.mark.parametrize("turned", ["rows", "columns", "both"])
def test_a_mirrored_mask_has_the_mirrored_outline(turned):
    mask = np.array([[1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 1]])
    flips = {"rows": (0,), "columns": (1,), "both": (0, 1)}[turned]
    last = np.array(mask.shape) - 1
    plain = [loop.copy() for loop in iso_polygons(mask, 0.5)]
    for loop in plain:
        for axis in flips:
            loop[:, axis] = last[axis] - loop[:, axis]
    assert corner_sets(iso_polygons(np.flip(mask, flips), 0.5)) == corner_sets(plain)


@pytest.mark.parametrize(
    ("values", "level", "left", "right"),
    [
        ([0.0, 10.0, 0.0], 5.0, 0.5, 1.5),
        ([0.0, 10.0, 0.0], 2.0, 0.2, 1.8),
        ([0.0, 10.0, 0.0], 9.0, 0.9, 1.1),
        ([0.0, 8.0, 4.0], 2.0, 0.25, 2.5),
        # Below zero the outside counts as one less than the level.
        ([-5.0, -1.0, -5.0], -3.0, 0.5, 1.5),
        ([-9.0, -1.0, -5.0], -3.0, 0.75, 1.5),
        ([1.0], 0.0, -0.5, 0.5),
        ([3.0], 0.0, -0.75, 0.75),
    ],
)
def test_the_level_is_crossed_in_proportion(values, level, left, right):
    (corners,) = iso_polygons(np.array([values]), level)
    across = corners[corners[:, 0] == 0.0]
    assert across[:, 1].min() == pytest.approx(left)
    assert across[:, 1].max() == pytest.approx(right)


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int16, np.float32])
def test_the_outline_does_not_hang_on_the_type_of_the_pixels(dtype):
    mask = np.array([[0, 1, 1], [0, 1, 0]])
    assert corner_sets(iso_polygons(mask.astype(dtype), 0.5)) == corner_sets(
        iso_polygons(mask, 0.5)
    )
