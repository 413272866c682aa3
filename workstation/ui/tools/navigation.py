"""Tools that change how a pane looks: window, zoom, pan, scroll and the linked point."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt

from workstation.rendering.window_drag import dragged_window
from workstation.ui.pane_state import PaneState, stepped
from workstation.ui.tools.tool import PointerEvent, Tool, ToolDesk, ToolId

ZOOM_DRAG_PX = 200.0
"""Dragging this far multiplies the magnification by e."""
SCROLL_DRAG_PX = 6.0
"""Dragging this far steps one slice."""
FIELD_LIMITS_MM = (4.0, 4000.0)


def dragged_zoom(state: PaneState, factor: float, event: PointerEvent | None) -> PaneState:
    """Return the state magnified by ``factor``; the point of the event keeps its pixel."""
    low, high = FIELD_LIMITS_MM
    field = state.view.field_mm
    allowed = field / min(max(field / factor, low), high)
    return state.with_view(state.view.zoomed(allowed, event.point_lps if event else None))


class _DragTool(Tool):
    """Remembers where a drag began and what the pane showed then."""

    def __init__(self, desk: ToolDesk) -> None:
        super().__init__(desk)
        self._begin: PointerEvent | None = None

    @property
    def busy(self) -> bool:
        """Whether a drag is in progress."""
        return self._begin is not None

    def press(self, event: PointerEvent) -> None:
        """Remember where the drag began."""
        self._begin = event

    def move(self, event: PointerEvent) -> None:
        """Show what the drag has come to."""
        begin = self._begin
        if begin is not None and event.pane is begin.pane:
            self.drag(begin, event, event.position - begin.position)

    def release(self, event: PointerEvent) -> None:
        """End the drag."""
        self.move(event)
        self._begin = None

    def cancel(self) -> None:
        """Show again what was shown before the drag."""
        begin, self._begin = self._begin, None
        if begin is not None:
            self.desk.change_window(begin.pane, begin.state)
            self.desk.change_state(begin.pane, begin.state)

    def drag(self, begin: PointerEvent, event: PointerEvent, moved: QPointF) -> None:
        """Show the outcome of a drag of ``moved`` pixels since ``begin``."""
        raise NotImplementedError


class WindowTool(_DragTool):
    """Drag to the right for a wider window, up for a darker image."""

    id: ToolId = ToolId.WINDOW
    hint: str = "Window: drag right for wider, up for darker. Esc to stop."
    cursor: Qt.CursorShape = Qt.CursorShape.ArrowCursor

    def __init__(self, desk: ToolDesk) -> None:
        super().__init__(desk)
        self._inverted = False

    def set_inverted(self, inverted: bool) -> None:
        """Say whether dragging down makes the image darker instead of brighter."""
        self._inverted = inverted
        way = "down" if inverted else "up"
        self.hint = f"Window: drag right for wider, {way} for darker. Esc to stop."

    def drag(self, begin: PointerEvent, event: PointerEvent, moved: QPointF) -> None:
        """Change the window of every pane of the series."""
        start = begin.state.window
        window = dragged_window(start, moved.x(), moved.y(), inverted=self._inverted)
        self.desk.change_window(event.pane, event.state.with_window(window))


class ZoomTool(_DragTool):
    """Drag up to magnify around where the drag began."""

    id: ToolId = ToolId.ZOOM
    hint: str = "Zoom: drag up to magnify. Esc to stop."
    cursor: Qt.CursorShape = Qt.CursorShape.SizeVerCursor

    def drag(self, begin: PointerEvent, event: PointerEvent, moved: QPointF) -> None:
        """Magnify in proportion to the way."""
        factor = math.exp(-moved.y() / ZOOM_DRAG_PX)
        self.desk.change_state(event.pane, dragged_zoom(begin.state, factor, begin))


class PanTool(_DragTool):
    """Drag the image with the pointer."""

    id: ToolId = ToolId.PAN
    hint: str = "Pan: drag the image. Esc to stop."
    cursor: Qt.CursorShape = Qt.CursorShape.OpenHandCursor

    def drag(self, begin: PointerEvent, event: PointerEvent, moved: QPointF) -> None:
        """Keep the grabbed point under the pointer."""
        size = event.pane.logical_size
        view = begin.state.view.panned(moved.x(), moved.y(), size)
        self.desk.change_state(event.pane, begin.state.with_view(view))


class ScrollTool(_DragTool):
    """Drag along the slice slider, or up and down, to step through the slices."""

    id: ToolId = ToolId.PAN

    def drag(self, begin: PointerEvent, event: PointerEvent, moved: QPointF) -> None:
        """Step in proportion to the way."""
        steps = round(moved.y() / SCROLL_DRAG_PX)
        self.desk.change_state(event.pane, stepped(begin.state, steps))


class CrosshairTool(Tool):
    """Click or drag the linked point; every pane of the same space follows."""

    id: ToolId = ToolId.CROSSHAIR
    hint: str = "Cross-hair: click a point. All panes of this space go there."

    def press(self, event: PointerEvent) -> None:
        """Move the linked point here."""
        self.desk.point_to(event.pane, event.point_lps)

    def move(self, event: PointerEvent) -> None:
        """Move the linked point along."""
        self.desk.point_to(event.pane, event.point_lps)
