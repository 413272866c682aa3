"""Takes hold of marks that are drawn already: select, move as a whole, move one point."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, Qt

from workstation.domain.commands import ReplaceMark
from workstation.domain.mark import Mark, MarkKind
from workstation.domain.spine import PointLps
from workstation.rendering.plane import as_vector
from workstation.ui.mark_shape import handles, is_shown, segments
from workstation.ui.marks import Draft
from workstation.ui.tools.mark_tool import drawing_refusal
from workstation.ui.tools.tool import CLICK_PX, PointerEvent, Tool, ToolDesk, ToolId

HANDLE_REACH_PX = 8.0
LINE_REACH_PX = 5.0
WHOLE = -1
"""In place of the number of a point: the mark as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grip:
    """What the pointer is on: a mark, and which of its points."""

    mark: Mark
    point: int = WHOLE


class MarkEditTool(Tool):
    """Drags marks; a click selects one."""

    id: ToolId = ToolId.MARK_EDIT
    hint: str = "Mark: drag a handle or the line. Del removes it."

    def __init__(self, desk: ToolDesk) -> None:
        super().__init__(desk)
        self._begin: PointerEvent | None = None
        self._grip: Grip | None = None
        self._changed: Mark | None = None

    @property
    def busy(self) -> bool:
        """Whether a mark is being dragged."""
        return self._begin is not None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The mark as it would become."""
        return (self._changed,) if self._changed is not None else ()

    def grip(self, event: PointerEvent, *, handles_only: bool = False) -> Grip | None:
        """Return what lies under the pointer; the selected mark first.

        Parameters
        ----------
        event : PointerEvent
        handles_only : bool
            Only points of the selected mark: while another tool draws.
        """
        chosen = self.desk.selected_mark_id
        marks = self._shown(event, chosen)
        for mark in marks:
            found = _point_under(mark, event)
            if found is not None and (mark.id == chosen or not handles_only):
                return Grip(mark=mark, point=found)
        over = () if handles_only else (mark for mark in marks if _line_under(mark, event))
        first = next(iter(over), None)
        return Grip(mark=first) if first is not None else None

    def _shown(self, event: PointerEvent, chosen: str) -> list[Mark]:
        """Return the marks that the pane shows, the selected one first."""
        case = self.desk.case
        marks = [mark for mark in case.marks if is_shown(mark, event.state)] if case else []
        return sorted(marks, key=lambda mark: mark.id != chosen)

    def press(self, event: PointerEvent) -> None:
        """Take hold of what lies here."""
        self._grip = self.grip(event)
        self._begin = event if self._grip is not None else None
        if self._grip is not None:
            self.desk.select_mark(self._grip.mark.id)

    def move(self, event: PointerEvent) -> None:
        """Move it to here."""
        begin, grip = self._begin, self._grip
        if begin is None or grip is None or event.pane is not begin.pane:
            return
        moved = event.position - begin.position
        if self._changed is None and math.hypot(moved.x(), moved.y()) < CLICK_PX:
            return
        self._changed = moved_mark(grip, begin.point_lps, event.point_lps)
        self.desk.redraw()

    def release(self, event: PointerEvent) -> None:
        """Keep the mark as it is now."""
        self.move(event)
        begin, changed = self._begin, self._changed
        self._begin = self._grip = self._changed = None
        if begin is not None and changed is not None:
            refusal = drawing_refusal(begin.state, changed)
            if refusal:
                self.desk.caution(refusal)
            else:
                self.desk.dispatch(ReplaceMark(mark=changed))
        self.desk.redraw()

    def cancel(self) -> None:
        """Leave the mark as it was."""
        self._begin = self._grip = self._changed = None
        self.desk.redraw()


def moved_mark(grip: Grip, start: PointLps, end: PointLps) -> Mark:
    """Return a mark after what was gripped at ``start`` has gone to ``end``, LPS mm."""
    mark, number = grip.mark, grip.point
    if number == WHOLE or (number == 0 and mark.kind in (MarkKind.ELLIPSE, MarkKind.SPHERE)):
        way = np.asarray(end) - np.asarray(start)
        return replace(mark, points=tuple(as_vector(np.asarray(p) + way) for p in mark.points))
    if mark.kind is MarkKind.RECTANGLE:
        return replace(mark, points=_stretched(mark.points, number, end))
    if mark.kind is MarkKind.ELLIPSE:
        return replace(mark, points=_turned(mark, number, end))
    points = list(mark.points)
    points[number] = end
    return replace(mark, points=tuple(points))


def _stretched(corners: tuple[PointLps, ...], number: int, to: PointLps) -> tuple[PointLps, ...]:
    """Return a rectangle with one corner elsewhere; the opposite one stays."""
    at = [np.asarray(corner) for corner in corners]
    fixed = (number + 2) % 4
    along, other = at[(fixed + 1) % 4] - at[fixed], at[(fixed + 3) % 4] - at[fixed]
    along, other = along / np.linalg.norm(along), other / np.linalg.norm(other)
    way = np.asarray(to) - at[fixed]
    at[(fixed + 1) % 4] = at[fixed] + float(way @ along) * along
    at[(fixed + 3) % 4] = at[fixed] + float(way @ other) * other
    at[number] = at[fixed] + float(way @ along) * along + float(way @ other) * other
    return tuple(as_vector(corner) for corner in at)


def _turned(mark: Mark, number: int, to: PointLps) -> tuple[PointLps, ...]:
    """Return an ellipse with one half axis ending elsewhere; the other keeps its length."""
    center = np.asarray(mark.points[0])
    axis = np.asarray(to) - center
    if float(np.linalg.norm(axis)) < 1e-6:
        return mark.points
    other = 3 - number
    across = np.cross(np.asarray(mark.direction), axis)
    across /= np.linalg.norm(across)
    old = np.asarray(mark.points[other]) - center
    sign = 1.0 if float(across @ old) >= 0.0 else -1.0
    ends = {number: center + axis, other: center + sign * float(np.linalg.norm(old)) * across}
    return (mark.points[0], as_vector(ends[1]), as_vector(ends[2]))


def _point_under(mark: Mark, event: PointerEvent) -> int | None:
    for number in handles(mark):
        offset = event.pane.to_widget(mark.points[number]) - event.position
        if math.hypot(offset.x(), offset.y()) <= HANDLE_REACH_PX:
            return number
    return None


def _line_under(mark: Mark, event: PointerEvent) -> bool:
    return any(
        _distance_px(event.pane.to_widget(a), event.pane.to_widget(b), event.position)
        <= LINE_REACH_PX
        for a, b in segments(mark)
    )


def _distance_px(start: QPointF, end: QPointF, at: QPointF) -> float:
    way, offset = end - start, at - start
    length = QPointF.dotProduct(way, way)
    part = min(max(QPointF.dotProduct(offset, way) / length, 0.0), 1.0) if length > 0 else 0.0
    rest = offset - way * part
    return math.hypot(rest.x(), rest.y())


GRIP_CURSOR = Qt.CursorShape.SizeAllCursor
