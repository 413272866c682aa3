"""The lines of marks in patient coordinates, and in which panes they show."""

from __future__ import annotations

import math

import numpy as np

from workstation.domain.mark import OUTLINES, Mark, MarkKind
from workstation.domain.spine import PointLps
from workstation.rendering.plane import as_vector
from workstation.ui.pane_state import PaneState, space_of, thickness_mm

ELLIPSE_STEPS = 72
LEAST_REACH_MM = 0.5
"""Marks show in planes this near even where slices are thinner."""

Segment = tuple[PointLps, PointLps]

_CHAINS: dict[MarkKind, tuple[tuple[int, int], ...]] = {
    MarkKind.DISTANCE: ((0, 1),),
    MarkKind.ARROW: ((0, 1),),
    MarkKind.ANGLE: ((0, 1), (1, 2)),
    MarkKind.BIDIRECTIONAL: ((0, 1), (2, 3)),
    MarkKind.COBB: ((0, 1), (2, 3)),
    MarkKind.LOCAL_KYPHOSIS: ((0, 1), (2, 3)),
    MarkKind.TRANSLATION: ((1, 2),),
    MarkKind.VERTEBRAL_HEIGHTS: ((0, 1), (2, 3), (4, 5)),
    MarkKind.CANAL_DIAMETERS: ((0, 1), (2, 3), (4, 5)),
    MarkKind.CORD_DIAMETERS: ((0, 1), (2, 3), (4, 5)),
}
_CLOSED = frozenset({MarkKind.RECTANGLE}) | OUTLINES


def segments(mark: Mark) -> tuple[Segment, ...]:
    """Return the straight lines of a mark, LPS mm; of an unfinished one those that are there."""
    points = mark.points
    if mark.kind in _CLOSED:
        return tuple(zip(points, (*points[1:], points[0]), strict=True))
    if mark.kind is MarkKind.ELLIPSE and len(points) == 3:
        around = ellipse_points(mark)
        return tuple(zip(around, (*around[1:], around[0]), strict=True))
    pairs = _CHAINS.get(mark.kind, ())
    return tuple((points[a], points[b]) for a, b in pairs if max(a, b) < len(points))


def ellipse_points(mark: Mark) -> tuple[PointLps, ...]:
    """Return points around an ellipse, LPS mm."""
    if len(mark.points) < 3:
        return mark.points
    center, first, second = (np.asarray(point) for point in mark.points)
    angles = np.linspace(0.0, 2.0 * math.pi, ELLIPSE_STEPS, endpoint=False)
    return tuple(
        as_vector(center + math.cos(a) * (first - center) + math.sin(a) * (second - center))
        for a in angles
    )


def handles(mark: Mark) -> tuple[int, ...]:
    """Return the numbers of the points that can be dragged alone; a stroke has none."""
    return () if mark.kind is MarkKind.FREEHAND else tuple(range(len(mark.points)))


def reach_mm(state: PaneState) -> float:
    """Return how far from the plane of a pane a point still belongs to its slice, mm."""
    return max(thickness_mm(state) / 2.0, LEAST_REACH_MM) + 1e-6


def is_shown(mark: Mark, state: PaneState) -> bool:
    """Whether a mark lies in the slice that a pane shows; a sphere in every plane through it."""
    if mark.frame_of_reference_uid != space_of(state.volume) or state.is_projection:
        return False
    if mark.kind is MarkKind.SPHERE and len(mark.points) == 2:
        return abs(state.view.distance_mm(mark.points[0])) < math.dist(*mark.points)
    reach = reach_mm(state)
    return all(abs(state.view.distance_mm(point)) <= reach for point in mark.points)


def crossings(mark: Mark, state: PaneState) -> tuple[PointLps, ...]:
    """Return where the lines of a mark that lies in another plane pierce that of a pane, LPS mm."""
    if mark.frame_of_reference_uid != space_of(state.volume) or state.is_projection:
        return ()
    found = []
    for start, end in segments(mark):
        before, after = state.view.distance_mm(start), state.view.distance_mm(end)
        if before * after < 0.0:
            part = before / (before - after)
            way = np.asarray(end) - np.asarray(start)
            found.append(as_vector(np.asarray(start) + part * way))
    return tuple(found)
