"""How each kind of mark is drawn: how many points it takes and what the reader is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from workstation.domain.mark import POINT_COUNTS, MarkKind
from workstation.domain.spine import PointLps
from workstation.rendering.plane import PlaneView, as_vector
from workstation.ui.tools.tool import ToolId

Shape = Callable[[Sequence[PointLps], PlaneView], tuple[PointLps, ...]]
"""From the points that were set to the points of the mark, in the plane of a view."""


class Gesture(StrEnum):
    """How points are set."""

    POINTS = "points"
    """Clicks and drags, until there are enough."""
    CORNERS = "corners"
    """Clicks, until the outline is closed."""
    STROKE = "stroke"
    """One drag, every part of which counts."""


def as_set(points: Sequence[PointLps], view: PlaneView) -> tuple[PointLps, ...]:
    """Return the points as they were set."""
    del view
    return tuple(points)


def box_corners(points: Sequence[PointLps], view: PlaneView) -> tuple[PointLps, ...]:
    """Return the four corners, around, of the upright box between two opposite ones."""
    if len(points) < 2:
        return tuple(points)
    start, across, upward = _sides(points, view)
    corners = (start, start + across, start + across + upward, start + upward)
    return tuple(as_vector(corner) for corner in corners)


def box_ellipse(points: Sequence[PointLps], view: PlaneView) -> tuple[PointLps, ...]:
    """Return center and ends of the half axes of the ellipse that fills such a box."""
    if len(points) < 2:
        return tuple(points)
    start, across, upward = _sides(points, view)
    center = start + (across + upward) / 2.0
    ends = (center, center + across / 2.0, center + upward / 2.0)
    return tuple(as_vector(end) for end in ends)


def _sides(
    points: Sequence[PointLps], view: PlaneView
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start = np.asarray(points[0])
    way = np.asarray(points[-1]) - start
    right, up = np.asarray(view.right), np.asarray(view.up)
    return start, float(way @ right) * right, float(way @ up) * up


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPlan:
    """How one kind of mark is drawn.

    Parameters
    ----------
    kind : MarkKind
    hint : str
        What the status bar says while the tool is armed.
    gesture : Gesture
    count : int
        Points to set; without meaning for outlines.
    shape : callable
    """

    kind: MarkKind
    hint: str
    gesture: Gesture = Gesture.POINTS
    count: int = 0
    shape: Shape = as_set

    @property
    def tool_id(self) -> ToolId:
        """The tool that draws it."""
        return ToolId(self.kind.value)


def _plan(kind: MarkKind, hint: str) -> MarkPlan:
    return MarkPlan(kind=kind, hint=f"{hint} Esc to stop.", count=POINT_COUNTS[kind])


PLANS: tuple[MarkPlan, ...] = (
    _plan(MarkKind.DISTANCE, "Distance: drag, or click both ends."),
    _plan(MarkKind.BIDIRECTIONAL, "Two axes: drag the long axis, then the short one."),
    _plan(MarkKind.ANGLE, "Angle: click one end, the corner, the other end."),
    _plan(MarkKind.COBB, "Kyphosis: drag along the upper end-plate, then along the lower one."),
    _plan(MarkKind.LOCAL_KYPHOSIS, "Local kyphosis: drag along the upper, then the lower plate."),
    _plan(
        MarkKind.TRANSLATION,
        "Translation: click the lower back corner above, then drag along the end-plate below "
        "from the back.",
    ),
    _plan(
        MarkKind.VERTEBRAL_HEIGHTS,
        "Heights: drag from top to bottom in front, in the middle, at the back.",
    ),
    _plan(
        MarkKind.CANAL_DIAMETERS,
        "Canal: drag front to back at the worst level, the normal one above, the one below.",
    ),
    _plan(
        MarkKind.CORD_DIAMETERS,
        "Cord: drag front to back at the worst level, the normal one above, the one below.",
    ),
    MarkPlan(
        kind=MarkKind.ELLIPSE,
        hint="Ellipse: drag from corner to corner. Esc to stop.",
        count=2,
        shape=box_ellipse,
    ),
    MarkPlan(
        kind=MarkKind.RECTANGLE,
        hint="Rectangle: drag from corner to corner. Esc to stop.",
        count=2,
        shape=box_corners,
    ),
    MarkPlan(
        kind=MarkKind.POLYGON,
        hint="Polygon: click the corners, the first one again to close. Esc to stop.",
        gesture=Gesture.CORNERS,
    ),
    MarkPlan(
        kind=MarkKind.FREEHAND,
        hint="Outline: drag around. Esc to stop.",
        gesture=Gesture.STROKE,
    ),
    _plan(MarkKind.SPHERE, "Sphere: drag from the centre to the surface."),
    _plan(MarkKind.POINT, "Value: click a point."),
    _plan(MarkKind.ARROW, "Arrow: drag from the tip to the tail."),
    _plan(MarkKind.TEXT, "Text: click where it stands."),
)
