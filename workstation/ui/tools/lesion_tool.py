"""Marks a lesion: press at its center, drag to its border; handles change it afterwards."""

from __future__ import annotations

import math
from dataclasses import replace

from workstation.domain.commands import AddLesion, ReplaceLesion
from workstation.domain.lesion import Lesion
from workstation.domain.spine import PointLps
from workstation.ui.marks import Draft, SphereMark
from workstation.ui.pane_state import space_of
from workstation.ui.tools.tool import CLICK_PX, PointerEvent, Tool, ToolDesk, ToolId

CLICK_RADIUS_MM = 5.0
"""Radius of a lesion that was clicked without a drag."""
SMALLEST_RADIUS_MM = 0.5
LARGEST_RADIUS_MM = 150.0
HANDLE_REACH_PX = 8.0


def drawn_radius_mm(center: PointLps, border: PointLps) -> float:
    """Return the radius of a sphere drawn from its center to a point of its border, mm."""
    return min(max(math.dist(center, border), SMALLEST_RADIUS_MM), LARGEST_RADIUS_MM)


def handle_hit(event: PointerEvent, lesion: Lesion) -> bool:
    """Whether the pointer is on one of the four handles of a lesion's outline."""
    if lesion.frame_of_reference_uid != space_of(event.state.volume):
        return False
    view = event.state.view
    cut = cut_radius_mm(lesion.center_lps, lesion.radius_mm, view.distance_mm(lesion.center_lps))
    if cut is None:
        return False
    middle = event.pane.to_widget(lesion.center_lps)
    reach = cut / view.mm_per_pixel(event.pane.logical_size)
    offset = event.position - middle
    radius = math.hypot(offset.x(), offset.y())
    angle = math.degrees(math.atan2(offset.y(), offset.x())) % 90.0
    on_axis = min(angle, 90.0 - angle) < 20.0
    return abs(radius - reach) <= HANDLE_REACH_PX and on_axis


def cut_radius_mm(center: PointLps, radius_mm: float, distance_mm: float) -> float | None:
    """Return the radius of the circle in which a plane cuts a sphere, or None when it misses."""
    del center
    squared = radius_mm * radius_mm - distance_mm * distance_mm
    return math.sqrt(squared) if squared > 0.0 else None


class LesionTool(Tool):
    """Press at the center, drag the radius, release to mark; a click marks a small sphere."""

    id: ToolId = ToolId.LESION
    hint: str = "Mark lesion: click a centre, drag to its border. Esc to stop."

    def __init__(self, desk: ToolDesk) -> None:
        super().__init__(desk)
        self._begin: PointerEvent | None = None
        self._radius_mm = 0.0
        self._resized: Lesion | None = None

    @property
    def busy(self) -> bool:
        """Whether an outline is being drawn."""
        return self._begin is not None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The outline being drawn."""
        if self._begin is None or self._radius_mm <= 0.0:
            return ()
        return (
            SphereMark(
                center_lps=self._center,
                radius_mm=self._radius_mm,
                frame_of_reference_uid=space_of(self._begin.state.volume),
            ),
        )

    @property
    def _center(self) -> PointLps:
        if self._resized is not None:
            return self._resized.center_lps
        return self._begin.point_lps if self._begin is not None else (0.0, 0.0, 0.0)

    def press(self, event: PointerEvent) -> None:
        """Put the center here, or take hold of the handle of a lesion."""
        case = self.desk.case
        lesions = case.lesions if case is not None else ()
        self._resized = next((item for item in lesions if handle_hit(event, item)), None)
        self._begin = event
        self._radius_mm = 0.0

    def move(self, event: PointerEvent) -> None:
        """Draw the border through here."""
        if self._begin is None:
            return
        self._radius_mm = drawn_radius_mm(self._center, event.point_lps)
        self.desk.redraw()

    def release(self, event: PointerEvent) -> None:
        """Mark the lesion."""
        begin, lesion = self._begin, self._resized
        if begin is None:
            return
        moved = event.position - begin.position
        clicked = math.hypot(moved.x(), moved.y()) < CLICK_PX
        radius = CLICK_RADIUS_MM if clicked else drawn_radius_mm(self._center, event.point_lps)
        self._begin = self._resized = None
        if lesion is None:
            self.mark(begin, radius)
        elif not clicked:
            self.desk.dispatch(ReplaceLesion(lesion=replace(lesion, radius_mm=radius)))
        self.desk.redraw()

    def mark(self, event: PointerEvent, radius_mm: float = CLICK_RADIUS_MM) -> None:
        """Mark a lesion around the point of an event."""
        self.desk.dispatch(
            AddLesion(
                id=self.desk.new_id(),
                center_lps=event.point_lps,
                radius_mm=radius_mm,
                frame_of_reference_uid=space_of(event.state.volume),
                series_uid=event.state.volume.identity.series_uid,
                created_at=self.desk.now(),
            )
        )

    def cancel(self) -> None:
        """Take the drawn outline away."""
        self._begin = self._resized = None
        self.desk.redraw()
