"""Marks: what a reader draws on images to measure or point, kept in patient coordinates.

A mark is its points in LPS millimeters and the plane it was drawn on. Its values are never stored:
:mod:`~workstation.domain.mark_geometry` computes them from the points, the imaging layer those
that need voxels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.spine import PointLps, VertebralLevel

POINT_LIMIT = 2000
"""Most points of one outline."""

LABEL_LIMIT = 500
"""Longest text of a mark, characters."""

MIN_EXTENT_MM = 0.01
"""Two points closer than this are held to be one."""


class MarkKind(StrEnum):
    """What a mark is, with the order of its points."""

    DISTANCE = "distance"
    """Two ends."""
    BIDIRECTIONAL = "bidirectional"
    """Ends of the long axis, ends of the short axis."""
    ANGLE = "angle"
    """End, corner, end."""
    COBB = "cobb"
    """Both ends of the upper end-plate of the vertebra above, both of the lower one below."""
    LOCAL_KYPHOSIS = "local_kyphosis"
    """Both ends of the upper end-plate of the vertebra, both ends of its lower one."""
    TRANSLATION = "translation"
    """Lower back corner of the upper body; upper back and upper front corner of the lower body."""
    VERTEBRAL_HEIGHTS = "vertebral_heights"
    """Top and bottom in front, in the middle, at the back."""
    CANAL_DIAMETERS = "canal_diameters"
    """Front and back of the canal at the worst level, at the normal level above, and below."""
    CORD_DIAMETERS = "cord_diameters"
    """Front and back of the cord at the worst level, at the normal level above, and below."""
    ELLIPSE = "ellipse"
    """Center, end of one half axis, end of the other."""
    RECTANGLE = "rectangle"
    """Four corners, around."""
    POLYGON = "polygon"
    """Corners, around."""
    FREEHAND = "freehand"
    """Outline, around."""
    SPHERE = "sphere"
    """Center, any point of the surface."""
    POINT = "point"
    """The point."""
    ARROW = "arrow"
    """Tip, tail."""
    TEXT = "text"
    """Where the text stands."""

    @property
    def words(self) -> str:
        """The kind as read on screen: "vertebral heights"."""
        return _WORDS.get(self, self.value.replace("_", " "))


_WORDS = {MarkKind.COBB: "Cobb angle", MarkKind.BIDIRECTIONAL: "two-axis measurement"}

POINT_COUNTS = {
    MarkKind.DISTANCE: 2,
    MarkKind.BIDIRECTIONAL: 4,
    MarkKind.ANGLE: 3,
    MarkKind.COBB: 4,
    MarkKind.LOCAL_KYPHOSIS: 4,
    MarkKind.TRANSLATION: 3,
    MarkKind.VERTEBRAL_HEIGHTS: 6,
    MarkKind.CANAL_DIAMETERS: 6,
    MarkKind.CORD_DIAMETERS: 6,
    MarkKind.ELLIPSE: 3,
    MarkKind.RECTANGLE: 4,
    MarkKind.SPHERE: 2,
    MarkKind.POINT: 1,
    MarkKind.ARROW: 2,
    MarkKind.TEXT: 1,
}
"""Number of points of each kind; outlines take three or more."""

OUTLINES = frozenset({MarkKind.POLYGON, MarkKind.FREEHAND})

REGIONS = frozenset({MarkKind.ELLIPSE, MarkKind.RECTANGLE, MarkKind.SPHERE}) | OUTLINES
"""Kinds whose values come from the voxels inside."""

_LINES = {
    MarkKind.DISTANCE: ((0, 1),),
    MarkKind.BIDIRECTIONAL: ((0, 1), (2, 3)),
    MarkKind.ANGLE: ((0, 1), (1, 2)),
    MarkKind.COBB: ((0, 1), (2, 3)),
    MarkKind.LOCAL_KYPHOSIS: ((0, 1), (2, 3)),
    MarkKind.TRANSLATION: ((1, 2),),
    MarkKind.VERTEBRAL_HEIGHTS: ((0, 1), (2, 3), (4, 5), (1, 5)),
    MarkKind.CANAL_DIAMETERS: ((0, 1), (2, 3), (4, 5)),
    MarkKind.CORD_DIAMETERS: ((0, 1), (2, 3), (4, 5)),
    MarkKind.ELLIPSE: ((0, 1), (0, 2)),
    MarkKind.RECTANGLE: ((0, 1), (1, 2)),
    MarkKind.SPHERE: ((0, 1),),
    MarkKind.ARROW: ((0, 1),),
}
"""Pairs of points that must lie apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark on an image.

    Parameters
    ----------
    id : str
        Names the mark for good; never shown.
    kind : MarkKind
    points : tuple of PointLps
        mm, in the order of the kind.
    center_lps : PointLps
        A point of the plane it was drawn on, mm.
    direction, up : PointLps
        Unit vectors of that plane: from the eye into the image, and up on the screen.
    frame_of_reference_uid : str
        The space of the points.
    series_uid : str
        The series whose voxels it measures.
    volume_index : int
        Which volume of that series.
    label : str
        Typed by the reader.
    levels : tuple of VertebralLevel
        The vertebra it belongs to; for diameters the worst level and the two normal ones.
    created_at : str
        ISO 8601 with offset.
    """

    id: str
    kind: MarkKind
    points: tuple[PointLps, ...]
    center_lps: PointLps
    direction: PointLps
    up: PointLps
    frame_of_reference_uid: str
    series_uid: str
    volume_index: int = 0
    label: str = ""
    levels: tuple[VertebralLevel, ...] = ()
    created_at: str = ""

    @property
    def level(self) -> VertebralLevel | None:
        """The vertebra it belongs to, or None."""
        return self.levels[0] if self.levels else None


def mark_refusal(mark: Mark) -> str:
    """Return why a mark cannot be kept, as one sentence; empty when it can."""
    refusals = (_count_refusal, _number_refusal, _plane_refusal, _extent_refusal, _text_refusal)
    return next((sentence for refusal in refusals if (sentence := refusal(mark))), "")


def _count_refusal(mark: Mark) -> str:
    count = len(mark.points)
    if mark.kind in OUTLINES:
        if 3 <= count <= POINT_LIMIT:
            return ""
        return f"An outline has 3 to {POINT_LIMIT} points, not {count}."
    wanted = POINT_COUNTS[mark.kind]
    if count == wanted:
        return ""
    return f"The {mark.kind.words} needs {wanted} points, not {count}."


def _number_refusal(mark: Mark) -> str:
    values = [*mark.center_lps, *mark.direction, *mark.up]
    values += [part for point in mark.points for part in point]
    return "" if all(map(math.isfinite, values)) else "A mark needs finite coordinates."


def _plane_refusal(mark: Mark) -> str:
    across = sum(a * b for a, b in zip(mark.direction, mark.up, strict=True))
    lengths = (math.hypot(*mark.direction), math.hypot(*mark.up))
    if abs(across) > 1e-3 or any(abs(length - 1.0) > 1e-3 for length in lengths):
        return "The plane of the mark is not given by two unit vectors at right angles."
    return ""


def _extent_refusal(mark: Mark) -> str:
    for first, second in _LINES.get(mark.kind, ()):
        if math.dist(mark.points[first], mark.points[second]) < MIN_EXTENT_MM:
            return f"Two points of the {mark.kind.words} are the same."
    return ""


def _text_refusal(mark: Mark) -> str:
    if len(mark.label) > LABEL_LIMIT:
        return f"The text of a mark has at most {LABEL_LIMIT} characters."
    if mark.kind is MarkKind.TEXT and not mark.label.strip():
        return "A text mark needs its text."
    return ""
