"""Levels, lesions and marks of one pane; none covers a corner or another."""

from __future__ import annotations

import math

from workstation.domain.case import Case
from workstation.domain.grading import sins_of
from workstation.domain.lesion import Lesion
from workstation.domain.sins import SinsCategory
from workstation.domain.spine import Landmark, PointLps, Spine
from workstation.rendering.overlay import (
    Anchor,
    Box,
    Chip,
    Dash,
    Ellipse,
    Ink,
    Line,
    Measure,
    Placement,
    Point,
    Polyline,
    Primitive,
    Rect,
    Stroke,
    Text,
    TextStyle,
)
from workstation.rendering.plane import PlaneName, Size
from workstation.ui.mark_drawing import MarkDrawer
from workstation.ui.marks import LandmarkMark, SphereMark
from workstation.ui.pane_state import PaneState, space_of
from workstation.ui.reading_context import ReadingContext

LEVEL_REACH_MM = 45.0
"""Level labels show in planes this close to the body center."""
LANDMARK_REACH_MM = 8.0
GUTTER_MM = {PlaneName.SAGITTAL: 58.0, PlaneName.CORONAL: 48.0}
GUTTER_END_PX = 46.0
CONTOUR_PX = 2.0
FILL_ALPHA = 0.14
HANDLE_PX = 6.0
CHIP_PAD_PX = 6.0

_INKS: dict[SinsCategory | None, tuple[Ink, str]] = {
    SinsCategory.STABLE: (Ink.STABLE, "●"),
    SinsCategory.POTENTIALLY_UNSTABLE: (Ink.POTENTIALLY_UNSTABLE, "◆"),
    SinsCategory.UNSTABLE: (Ink.UNSTABLE, "▲"),
    None: (Ink.UNGRADED, "○"),
}


def stability_ink(case: Case, lesion: Lesion) -> tuple[Ink, str]:
    """Return color and shape of a lesion: the stability of its level, a ring while ungraded."""
    level = lesion.level
    category = sins_of(case, level).category if level is not None else None
    return _INKS[category]


class MarkBuilder:
    """Builds what belongs to the case on one pane.

    Parameters
    ----------
    state : PaneState
    size : tuple of int
        Pane, logical px.
    context : ReadingContext
    placement : Placement
        Room that is already taken by corners and letters.
    measure : Measure
    """

    def __init__(
        self,
        state: PaneState,
        size: Size,
        context: ReadingContext,
        placement: Placement,
        measure: Measure,
    ) -> None:
        self.state = state
        self.size = size
        self.context = context
        self.placement = placement
        self.measure = measure
        self.space = space_of(state.volume)

    def levels(self) -> tuple[Primitive, ...]:
        """Return the labels beside the spine; the current one filled, proposed ones in lilac."""
        spine = self._spine()
        plane = self.state.view.plane_name
        if spine is None or plane is PlaneName.AXIAL:
            return ()
        current = self.context.level
        ordered = sorted(spine.landmarks, key=lambda mark: mark.level is not current)
        parts: list[Primitive] = []
        for mark in ordered:
            parts.extend(self._level_label(mark, confirmed=spine.confirmed))
        return tuple(parts)

    def spine_line(self) -> tuple[Primitive, ...]:
        """Return the body centers and the line through them while levels are being placed."""
        spine = self._spine()
        drafts = [mark for mark in self.context.marks if isinstance(mark, LandmarkMark)]
        parts: list[Primitive] = []
        if spine is not None and (self.context.landmarks or not spine.confirmed):
            parts.extend(self._centers(spine))
        for draft in drafts:
            if draft.frame_of_reference_uid == self.space:
                parts.extend(self._draft_landmark(draft))
        return tuple(parts)

    def contours(self) -> tuple[Primitive, ...]:
        """Return the outlines of lesions and of what is being drawn."""
        parts: list[Primitive] = []
        for lesion in self._lesions():
            parts.extend(self._contour(lesion))
        for mark in self.context.marks:
            if isinstance(mark, SphereMark) and mark.frame_of_reference_uid == self.space:
                circle = self._circle(mark.center_lps, mark.radius_mm)
                if circle is not None:
                    stroke = Stroke(color=Ink.UNGRADED, width=CONTOUR_PX)
                    parts.append(Ellipse(*circle, stroke, fill_alpha=FILL_ALPHA))
        return tuple(parts)

    def lesion_tags(self) -> tuple[Primitive, ...]:
        """Return number and level of each lesion cut here, at the end of its leader."""
        case = self.context.case
        if case is None:
            return ()
        parts: list[Primitive] = []
        for lesion in self._lesions():
            circle = self._circle(lesion.center_lps, lesion.radius_mm)
            if circle is not None:
                parts.extend(self._tag(case, lesion, circle))
        return tuple(parts)

    def measurements(self) -> tuple[Primitive, ...]:
        """Return the marks of the case with their values."""
        drawer = MarkDrawer(self.state, self.size, self.context, self.placement, self.measure)
        return drawer.draw()

    def _spine(self) -> Spine | None:
        case = self.context.case
        return case.spine_for(self.space) if case is not None else None

    def _lesions(self) -> tuple[Lesion, ...]:
        case = self.context.case
        if case is None or self.state.is_projection:
            return ()
        return tuple(item for item in case.lesions if item.frame_of_reference_uid == self.space)

    def _pixel(self, point: PointLps) -> Point:
        x, y = self.state.view.lps_to_pixel(point, self.size)
        return (float(x), float(y))

    def _circle(self, center: PointLps, radius_mm: float) -> tuple[Point, Point] | None:
        """Return center and radii, px, of the circle in which the plane cuts a sphere."""
        distance = self.state.view.distance_mm(center)
        squared = radius_mm * radius_mm - distance * distance
        if squared <= 0.0:
            return None
        radius = math.sqrt(squared) / self.state.view.mm_per_pixel(self.size)
        return (self._pixel(center), (radius, radius))

    def _level_label(self, mark: Landmark, *, confirmed: bool) -> tuple[Primitive, ...]:
        view = self.state.view
        if abs(view.distance_mm(mark.center_lps)) > LEVEL_REACH_MM:
            return ()
        word = str(mark.level) if confirmed else f"{mark.level}?"
        ink = Ink.LEVEL if confirmed else Ink.LEVEL_UNCONFIRMED
        width, height = self.measure(word, TextStyle.LABEL)
        x, y = self._gutter(mark.center_lps, width + 2 * CHIP_PAD_PX)
        box = Box(x, y - height / 2 - 2, width + 2 * CHIP_PAD_PX, height + 4)
        if not self.placement.claim(box):
            return ()
        if mark.level is self.context.level:
            color = Ink.CROSSHAIR if confirmed else Ink.LEVEL_UNCONFIRMED
            chip = Chip(box.x, box.y, box.width, box.height, (word,), color, filled=True)
            return (chip,)
        place = (x + CHIP_PAD_PX, y)
        return (Text(*place, word, TextStyle.LABEL, Anchor.LEFT, ink),)

    def _gutter(self, center: PointLps, width: float) -> Point:
        """Return where a label begins: behind the posterior elements, inside the pane."""
        x, y = self._pixel(center)
        view = self.state.view
        behind = GUTTER_MM[view.plane_name] / view.mm_per_pixel(self.size)
        right = self.size[0] - GUTTER_END_PX - width
        toward_right = self._back_is_right()
        wanted = x + behind if toward_right else x - behind - width
        return (min(max(wanted, GUTTER_END_PX), right), y)

    def _back_is_right(self) -> bool:
        """Whether the patient's back (sagittal) or left (coronal) is on the right of the pane."""
        axis = 1 if self.state.view.plane_name is PlaneName.SAGITTAL else 0
        return self.state.view.right[axis] >= 0

    def _centers(self, spine: Spine) -> tuple[Primitive, ...]:
        if self.state.is_projection:
            return ()
        points = [self._pixel(mark.center_lps) for mark in spine.landmarks]
        ink = Ink.LEVEL if spine.confirmed else Ink.LEVEL_UNCONFIRMED
        parts: list[Primitive] = []
        if len(points) > 1 and self.state.view.plane_name is not PlaneName.AXIAL:
            parts.append(Polyline(tuple(points), Stroke(color=ink, dash=Dash.DASHED)))
        for mark, point in zip(spine.landmarks, points, strict=True):
            if abs(self.state.view.distance_mm(mark.center_lps)) <= LANDMARK_REACH_MM:
                parts.append(Ellipse(point, (4.0, 4.0), Stroke(color=ink, width=1.6)))
        return tuple(parts)

    def _draft_landmark(self, draft: LandmarkMark) -> tuple[Primitive, ...]:
        point = self._pixel(draft.center_lps)
        word = f"{draft.level}" if draft.level is not None else "Which level?"
        stroke = Stroke(color=Ink.LEVEL, width=CONTOUR_PX)
        label = Text(point[0] + 12, point[1], word, TextStyle.LABEL, Anchor.LEFT, Ink.LEVEL)
        return (Ellipse(point, (6.0, 6.0), stroke), label)

    def _contour(self, lesion: Lesion) -> tuple[Primitive, ...]:
        circle = self._circle(lesion.center_lps, lesion.radius_mm)
        if circle is None or self.context.case is None:
            return ()
        ink, _ = stability_ink(self.context.case, lesion)
        stroke = Stroke(color=ink, width=CONTOUR_PX)
        parts: list[Primitive] = [Ellipse(*circle, stroke, fill_alpha=FILL_ALPHA)]
        if lesion.id == self.context.selected_lesion_id:
            parts.extend(_handles(*circle))
        return tuple(parts)

    def _tag(
        self, case: Case, lesion: Lesion, circle: tuple[Point, Point]
    ) -> tuple[Primitive, ...]:
        ink, glyph = stability_ink(case, lesion)
        lines = [f"{glyph} {lesion.number}  {_level_words(lesion)}"]
        if lesion.id == self.context.selected_lesion_id and self.size[0] >= 420:
            lines.append(f"{lesion.long_axis_mm:.1f} mm")
        extents = [self.measure(line, TextStyle.LABEL) for line in lines]
        width = max(item[0] for item in extents) + 2 * CHIP_PAD_PX
        height = sum(item[1] for item in extents) + CHIP_PAD_PX
        (x, y), (radius, _) = circle
        to_left = self._front_is_left()
        start = (x - radius if to_left else x + radius, y)
        place = self.placement.place_tag(start, (width, height), to_left=to_left)
        if place is None:
            return ()
        box = place.box
        leader = Line(*place.leader, Stroke(color=ink))
        return (leader, Chip(box.x, box.y, box.width, box.height, tuple(lines), ink))

    def _front_is_left(self) -> bool:
        """Whether the side away from the canal is on the left; tags go there first."""
        return self.state.view.plane_name is not PlaneName.CORONAL


def _level_words(lesion: Lesion) -> str:
    return "–".join(str(level) for level in lesion.levels) or "no level"


def _handles(center: Point, radii: Point) -> tuple[Rect, ...]:
    x, y = center
    half = HANDLE_PX / 2
    places = ((x + radii[0], y), (x - radii[0], y), (x, y + radii[1]), (x, y - radii[1]))
    return tuple(
        Rect(px - half, py - half, HANDLE_PX, HANDLE_PX, Ink.MEASURE_SELECTED, edge=Ink.SCRIM)
        for px, py in places
    )
