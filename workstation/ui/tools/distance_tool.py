"""Measures a distance in patient millimeters: drag, or click two points."""

from __future__ import annotations

import math
from typing import ClassVar

from workstation.ui.marks import DistanceMark, Mark
from workstation.ui.pane_state import space_of
from workstation.ui.tools.tool import CLICK_PX, PointerEvent, Tool, ToolDesk, ToolId

PROJECTION_REFUSAL = "A projection has no depth; lengths are not measured in it."
GAP_REFUSAL = "Slices are missing here; lengths across the gap are not measured."


class DistanceTool(Tool):
    """Drag from one end to the other, or click both ends; the tool stays armed."""

    id: ClassVar[ToolId] = ToolId.DISTANCE
    hint: ClassVar[str] = "Distance: drag, or click both ends. Esc to stop."

    def __init__(self, desk: ToolDesk) -> None:
        super().__init__(desk)
        self._begin: PointerEvent | None = None
        self._draft: DistanceMark | None = None
        self._second = False

    @property
    def busy(self) -> bool:
        """Whether a line has only one end so far."""
        return self._begin is not None

    @property
    def drafts(self) -> tuple[Mark, ...]:
        """The line being drawn."""
        return (self._draft,) if self._draft is not None else ()

    def press(self, event: PointerEvent) -> None:
        """Put the first end here, unless a click has put it elsewhere already."""
        self._second = self._begin is not None and self._begin.pane is event.pane
        if not self._second:
            self._begin = event

    def move(self, event: PointerEvent) -> None:
        """Draw the line to here."""
        if self._begin is not None and event.pane is self._begin.pane:
            self._draft = measured_line(self._begin, event)
            self.desk.redraw()

    def release(self, event: PointerEvent) -> None:
        """Keep the line; a first click waits for the second."""
        begin = self._begin
        if begin is None:
            return
        moved = event.position - begin.position
        if math.hypot(moved.x(), moved.y()) < CLICK_PX and not self._second:
            return
        line = measured_line(begin, event)
        self._begin = self._draft = None
        if line.refusal:
            self.desk.caution(line.refusal)
        else:
            self.desk.set_measurements((*self.desk.measurements, line))
        self.desk.redraw()

    def cancel(self) -> None:
        """Take the unfinished line away."""
        self._begin = self._draft = None
        self.desk.redraw()


def measured_line(begin: PointerEvent, end: PointerEvent) -> DistanceMark:
    """Return the line between two pointer events of one pane."""
    return DistanceMark(
        start_lps=begin.point_lps,
        end_lps=end.point_lps,
        frame_of_reference_uid=space_of(begin.state.volume),
        refusal=_refusal(begin, end),
    )


def _refusal(begin: PointerEvent, end: PointerEvent) -> str:
    if begin.state.is_projection:
        return PROJECTION_REFUSAL
    volume = begin.state.volume
    ends = [float(volume.geometry.lps_to_index(e.point_lps)[2]) for e in (begin, end)]  # type: ignore[arg-type]
    low, high = min(ends) - 0.5, max(ends) + 0.5
    crossed = any(low < k < high for k in volume.missing_slices)
    return GAP_REFUSAL if crossed else ""
