"""Outlines drawn elsewhere, as polygons in the patient, and where a plane cuts them.

They come from segmentations and structure sets. They are shown as they are and become part of a
case only by the reader's own hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import Finding, PatientIdentity, SeriesIdentity

Points = NDArray[np.float64]
Color = tuple[int, int, int]

MAX_POINTS = 2_000_000
"""Corners of all outlines of one object; more are not read."""

SHORTEST_REACH_MM = 0.25
"""A plane this close to a polygon shows it, however thin its slices are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Polygon:
    """One outline on one image.

    Parameters
    ----------
    points_lps : ndarray, shape (n, 3), float64, mm
        Corners in order; read-only.
    closed : bool
    """

    points_lps: Points
    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContourSegment:
    """One structure: an organ, a tumor.

    Parameters
    ----------
    number : int
    name : str
    color : tuple of int, or None
        Red, green, blue from 0 to 255, as the object recommends.
    polygons : tuple of Polygon
    thickness_mm : float
        Distance from one outlined image to the next.
    """

    number: int
    name: str
    color: Color | None
    polygons: tuple[Polygon, ...]
    thickness_mm: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContourSet:
    """What one segmentation or structure set outlines.

    Parameters
    ----------
    name : str
    kind : ObjectKind
    patient : PatientIdentity
    frame_of_reference_uid : str
    series_uids : tuple of str
        The series it says it was drawn on.
    segments : tuple of ContourSegment
    findings : tuple of Finding
    """

    name: str
    kind: ObjectKind
    patient: PatientIdentity
    frame_of_reference_uid: str
    series_uids: tuple[str, ...]
    segments: tuple[ContourSegment, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CutLine:
    """Where a plane meets an outline: the polygon itself, or a line across it.

    Parameters
    ----------
    segment : ContourSegment
    points_lps : ndarray, shape (n, 3), float64, mm
    closed : bool
    """

    segment: ContourSegment
    points_lps: Points
    closed: bool


def disagreement(contours: ContourSet, identity: SeriesIdentity) -> Finding | None:
    """Return why outlines must not be shown on a series, or None when they may."""
    if not _same_person(contours.patient, identity.patient):
        return Finding(
            code="outlines-other-patient",
            message="The outlines are of another patient and are not shown on this series.",
        )
    frame = contours.frame_of_reference_uid
    if not frame or frame != identity.frame_of_reference_uid:
        return Finding(
            code="outlines-other-space",
            message="The outlines belong to another coordinate system than this series and are "
            "not shown on it.",
        )
    return None


def _same_person(one: PatientIdentity, other: PatientIdentity) -> bool:
    if (one.id, one.issuer, one.birth_date) != (other.id, other.issuer, other.birth_date):
        return False
    return bool(one.id) or one.name == other.name


def cut_by_plane(contours: ContourSet, center_lps: Points, normal: Points) -> Iterator[CutLine]:
    """Yield what a plane shows of outlines.

    Parameters
    ----------
    contours : ContourSet
    center_lps : ndarray, shape (3,), float64, mm
        A point of the plane.
    normal : ndarray, shape (3,), float64
        Unit vector across it.
    """
    for segment in contours.segments:
        reach = max(segment.thickness_mm / 2.0, SHORTEST_REACH_MM)
        for polygon in segment.polygons:
            distances = (polygon.points_lps - center_lps) @ normal
            low, high = float(distances.min()), float(distances.max())
            if high - low < reach:
                if -reach < (low + high) / 2.0 <= reach:
                    yield CutLine(segment, polygon.points_lps, polygon.closed)
            elif low < 0.0 < high and polygon.closed:
                for line in _crossings(polygon.points_lps, distances):
                    yield CutLine(segment, line, closed=False)


def _crossings(points: Points, distances: Points) -> Iterator[Points]:
    """Yield the lines, shape (2, 3), in which a plane lies inside a closed polygon."""
    after = np.roll(distances, -1)
    where = np.flatnonzero((distances < 0.0) != (after < 0.0))
    share = distances[where] / (distances[where] - after[where])
    crossed = points[where] + share[:, None] * (np.roll(points, -1, axis=0)[where] - points[where])
    along = crossed[-1] - crossed[0]
    ordered = crossed[np.argsort(crossed @ along, kind="stable")]
    for n in range(0, len(ordered) - 1, 2):
        yield ordered[n : n + 2]


_NORTH, _EAST, _SOUTH, _WEST = range(4)
_STEPS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_WEST, _NORTH),),
    2: ((_NORTH, _EAST),),
    3: ((_WEST, _EAST),),
    4: ((_EAST, _SOUTH),),
    5: ((_WEST, _NORTH), (_EAST, _SOUTH)),
    6: ((_NORTH, _SOUTH),),
    7: ((_WEST, _SOUTH),),
    8: ((_SOUTH, _WEST),),
    9: ((_SOUTH, _NORTH),),
    10: ((_NORTH, _EAST), (_SOUTH, _WEST)),
    11: ((_SOUTH, _EAST),),
    12: ((_EAST, _WEST),),
    13: ((_EAST, _NORTH),),
    14: ((_NORTH, _WEST),),
}
"""Marching squares: by which corners of a cell lie inside (north-west 1, north-east 2, south-east
4, south-west 8), from which side the outline enters and where it leaves, inside on its left."""


def iso_polygons(values: NDArray[np.generic], level: float) -> list[Points]:
    """Return the closed outlines of where a picture exceeds a level.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        Outside of the picture everything counts as below the level.
    level : float

    Returns
    -------
    list of ndarray, shape (n, 2), float64
        Corners as (row, column), on the lines between neighboring pixel centers.
    """
    outside = 0.0 if level > 0.0 else level - 1.0
    field = np.pad(np.asarray(values, dtype=np.float64), 1, constant_values=outside)
    inside = field > level
    if not inside.any():
        return []
    following = _linked(inside)
    corners = _edge_points(field, level, np.fromiter(following, np.int64, len(following)))
    return [np.array([corners[edge] for edge in loop]) for loop in _loops(following)]


def _linked(inside: NDArray[np.bool_]) -> dict[int, int]:
    """Return the edge that follows each crossed edge; an edge is 2 * point, + 1 when upright."""
    case = (
        inside[:-1, :-1] * 1 + inside[:-1, 1:] * 2 + inside[1:, 1:] * 4 + inside[1:, :-1] * 8
    ).astype(np.int64)
    width = inside.shape[1]
    following: dict[int, int] = {}
    for number, steps in _STEPS.items():
        rows, columns = np.nonzero(case == number)
        point = rows * width + columns
        sides = (2 * point, 2 * (point + 1) + 1, 2 * (point + width), 2 * point + 1)
        for start, end in steps:
            following.update(zip(sides[start].tolist(), sides[end].tolist(), strict=True))
    return following


def _edge_points(field: Points, level: float, edges: NDArray[np.int64]) -> dict[int, Points]:
    """Return where the level crosses each edge, (row, column) without the margin."""
    width = field.shape[1]
    row, column = np.divmod(edges // 2, width)
    down = edges % 2
    first, second = field[row, column], field[row + down, column + 1 - down]
    share = (level - first) / (second - first)
    places = np.stack([row - 1 + down * share, column - 1 + (1 - down) * share], axis=1)
    return dict(zip(edges.tolist(), places, strict=True))


def _loops(following: dict[int, int]) -> Iterator[list[int]]:
    left = dict(following)
    while left:
        start, edge = left.popitem()
        loop = [start]
        while edge != start:
            loop.append(edge)
            edge = left.pop(edge)
        yield loop
