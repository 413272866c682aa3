"""Where annotations find room: boxes that are taken, and tags that move along their leader."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workstation.rendering.plane import Size
from workstation.rendering.primitives import Anchor, Measure, Point, Text

LEADER_SHORTEST_PX = 24.0
LEADER_STEP_PX = 8.0
LEADER_SLOPES = (0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0)
"""Vertical parts of a leader, tried from level to steep."""
MARGIN_PX = 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in logical pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def overlaps(self, other: Box, margin: float = 0.0) -> bool:
        """Whether two boxes share more than an edge, or come nearer than ``margin``."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )

    def within(self, size: Size) -> bool:
        """Whether the box lies inside a pane of (width, height)."""
        return self.x >= 0 and self.y >= 0 and self.right <= size[0] and self.bottom <= size[1]

    def crossed_by(self, start: Point, end: Point) -> bool:
        """Whether a line from ``start`` to ``end`` touches the box."""
        return clipped_line(start, end, self) is not None


@dataclass(frozen=True, slots=True)
class TagPlace:
    """Room found for a tag: its box, and the ends of its leader."""

    box: Box
    leader: tuple[Point, Point]


class Placement:
    """What is taken in one pane.

    Parameters
    ----------
    size : tuple of int
        Width and height of the pane, logical px.
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self._taken: list[Box] = []
        self._leaders: list[tuple[Point, Point]] = []

    def reserve(self, box: Box) -> None:
        """Keep everything that comes later away from a box: a corner, a letter, the canal."""
        self._taken.append(box)

    def is_free(self, box: Box) -> bool:
        """Whether a box lies in the pane and touches nothing that is taken."""
        return box.within(self._size) and not any(
            box.overlaps(taken, MARGIN_PX) for taken in self._taken
        )

    def claim(self, box: Box) -> bool:
        """Reserve a box if it is free; a level label that is refused is dropped."""
        if not self.is_free(box):
            return False
        self.reserve(box)
        return True

    def place_tag(
        self, target: Point, extent: tuple[float, float], *, to_left: bool = False
    ) -> TagPlace | None:
        """Return and reserve room for a tag, or None when the pane has none.

        The tag moves along its leader away from the target, then to the other side. Its leader
        crosses no other leader and nothing that is taken.

        Parameters
        ----------
        target : tuple of float
            Where the leader begins, px: the edge or center of a mark.
        extent : tuple of float
            Width and height of the tag.
        to_left : bool
            The side that is tried first.
        """
        for left in (to_left, not to_left):
            for slope in LEADER_SLOPES:
                place = self._along(target, extent, (-1.0 if left else 1.0, slope))
                if place is not None:
                    self.reserve(place.box)
                    self._leaders.append(place.leader)
                    return place
        return None

    def _along(
        self, target: Point, extent: tuple[float, float], slope: tuple[float, float]
    ) -> TagPlace | None:
        length = math.hypot(*slope)
        distance = LEADER_SHORTEST_PX
        while distance < self._size[0] + self._size[1]:
            end = (
                target[0] + distance * slope[0] / length,
                target[1] + distance * slope[1] / length,
            )
            left = end[0] - extent[0] if slope[0] < 0 else end[0]
            place = TagPlace(Box(left, end[1] - extent[1] / 2, *extent), (target, end))
            if self._fits(place):
                return place
            distance += LEADER_STEP_PX
        return None

    def _fits(self, place: TagPlace) -> bool:
        start, end = place.leader
        return (
            self.is_free(place.box)
            and not any(taken.crossed_by(start, end) for taken in self._taken)
            and not any(place.box.crossed_by(*other) for other in self._leaders)
            and not any(lines_cross(place.leader, other) for other in self._leaders)
        )


def text_box(text: Text, measure: Measure) -> Box:
    """Return the box that a text covers."""
    width, height = measure(text.text, text.style)
    name = text.anchor.value
    left = text.x - width / 2
    if "left" in name:
        left = text.x
    elif "right" in name:
        left = text.x - width
    top = text.y - height / 2
    if text.anchor in (Anchor.TOP_LEFT, Anchor.TOP, Anchor.TOP_RIGHT):
        top = text.y
    elif text.anchor in (Anchor.BOTTOM_LEFT, Anchor.BOTTOM, Anchor.BOTTOM_RIGHT):
        top = text.y - height
    return Box(left, top, width, height)


def clipped_line(start: Point, end: Point, box: Box) -> tuple[Point, Point] | None:
    """Return the part of a line inside a box, or None (Liang and Barsky, 1984)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    low, high = 0.0, 1.0
    edges = (
        (-dx, start[0] - box.x),
        (dx, box.right - start[0]),
        (-dy, start[1] - box.y),
        (dy, box.bottom - start[1]),
    )
    for step, room in edges:
        if step == 0.0:
            if room < 0.0:
                return None
            continue
        if step < 0.0:
            low = max(low, room / step)
        else:
            high = min(high, room / step)
    if low > high:
        return None
    return (
        (start[0] + low * dx, start[1] + low * dy),
        (start[0] + high * dx, start[1] + high * dy),
    )


def lines_cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two line segments cross or touch inside both."""
    (a, b), (c, d) = first, second
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
