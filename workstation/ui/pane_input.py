"""Turns mouse and wheel over a pane into tools: one table of buttons for every pane."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from workstation.ui.pane import Pane
from workstation.ui.pane_state import at_slice, slice_position, stepped
from workstation.ui.tools.mark_edit import GRIP_CURSOR, MarkEditTool
from workstation.ui.tools.navigation import PanTool, WindowTool, ZoomTool, dragged_zoom
from workstation.ui.tools.tool import CLICK_PX, PointerEvent, Tool, ToolDesk, ToolId

WHEEL_STEP = 120
"""Eighths of a degree of one notch."""
FAST_STEPS = 5
WHEEL_ZOOM = 1.15
SLIDER_GRAB_PX = 10.0
_NAVIGATION = (ToolId.WINDOW, ToolId.ZOOM, ToolId.PAN, ToolId.CROSSHAIR)
_BOTH = Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton


class PanePointer(QObject):
    """Routes pointer events of every pane to the armed tool or to navigation.

    Parameters
    ----------
    desk : ToolDesk
    armed : callable
        Gives the tool that the left button uses.
    edit : MarkEditTool
        Takes hold of marks under the pointer.

    Signals
    -------
    pressed(Pane)
        A button went down over a pane: it becomes the active one.
    hovered(Pane, PointLps or None)
        The pointer is over a patient point, or has left the pane.
    clicked(PointerEvent)
        A click without a drag while nothing but the window tool is armed.
    menu_wanted(Pane, QPoint)
        A right click without a drag, at a global position.
    maximize_wanted(Pane)
    """

    pressed = Signal(object)
    hovered = Signal(object, object)
    clicked = Signal(object)
    menu_wanted = Signal(object, object)
    maximize_wanted = Signal(object)

    def __init__(
        self,
        desk: ToolDesk,
        armed: Callable[[], Tool],
        edit: MarkEditTool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.space_held = False
        """Whether the space bar is down: the left button then pans."""
        self.wheel_sign = -1
        """-1 where turning the wheel toward the reader goes to the next slice."""
        self.fast_steps = FAST_STEPS
        self._desk = desk
        self._armed = armed
        self._window = WindowTool(desk)
        self._zoom = ZoomTool(desk)
        self._pan = PanTool(desk)
        self._edit = edit
        self._active: Tool | None = None
        self._press: PointerEvent | None = None
        self._button = Qt.MouseButton.NoButton
        self._slider: Pane | None = None
        self._wheel_rest = 0

    @property
    def window_tool(self) -> WindowTool:
        """The tool that changes the window whatever is armed."""
        return self._window

    def press(self, pane: Pane, event: QMouseEvent) -> None:
        """Choose the tool of the pressed button and begin."""
        self.pressed.emit(pane)
        pointer = _pointer(pane, event.position(), event.modifiers())
        if pointer is None:
            return
        if self._on_slider(pane, event):
            self._slider = pane
            self._slide(pane, event.position())
            return
        if self._active is not None:
            self._active.cancel()
        self._press = pointer
        self._button = event.button()
        self._active = self._tool_for(event, pointer)
        self._active.press(pointer)

    def move(self, pane: Pane, event: QMouseEvent) -> None:
        """Go on with the tool; without a button say what lies under the pointer."""
        pointer = _pointer(pane, event.position(), event.modifiers())
        if pointer is None:
            return
        if self._slider is pane:
            self._slide(pane, event.position())
        elif self._active is not None:
            self._active.move(pointer)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._desk.point_to(pane, pointer.point_lps)
        elif self._armed().busy:
            self._armed().move(pointer)
        else:
            over = self._grips(self._armed(), pointer)
            pane.setCursor(GRIP_CURSOR if over else self._armed().cursor)
        self.hovered.emit(pane, pointer.point_lps)

    def release(self, pane: Pane, event: QMouseEvent) -> None:
        """End the tool; a click without a drag points, or opens the menu."""
        if self._slider is not None:
            self._slider = None
            return
        pointer = _pointer(pane, event.position(), event.modifiers())
        tool, press = self._active, self._press
        if event.button() is not self._button or tool is None or press is None or pointer is None:
            return
        self._active = self._press = None
        moved = event.position() - press.position
        if math.hypot(moved.x(), moved.y()) >= CLICK_PX or tool not in (self._window, self._zoom):
            tool.release(pointer)
            return
        tool.cancel()
        if event.button() is Qt.MouseButton.RightButton:
            self.menu_wanted.emit(pane, _global(event))
        else:
            self.clicked.emit(pointer)

    def double_click(self, pane: Pane, event: QMouseEvent) -> None:
        """Show the pane alone or all again; a drawing tool takes it as a second press."""
        left = event.button() is Qt.MouseButton.LeftButton
        if not left or self._armed().id not in _NAVIGATION:
            self.press(pane, event)
        elif not self._on_slider(pane, event):
            self.maximize_wanted.emit(pane)

    def wheel(self, pane: Pane, event: QWheelEvent) -> None:
        """Step through the slices; with Ctrl zoom at the pointer, with Shift five slices."""
        state = pane.state
        if state is None:
            return
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            pointer = _pointer(pane, event.position(), event.modifiers())
            zoomed = dragged_zoom(state, WHEEL_ZOOM ** (delta / WHEEL_STEP), pointer)
            self._desk.change_state(pane, zoomed)
            return
        self._wheel_rest += delta
        notches = int(self._wheel_rest / WHEEL_STEP)
        self._wheel_rest -= notches * WHEEL_STEP
        if notches:
            fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            steps = self.wheel_sign * notches * (self.fast_steps if fast else 1)
            self._desk.change_state(pane, stepped(state, steps))
            self.hovered.emit(pane, pane.to_lps(event.position()))

    def leave(self, pane: Pane) -> None:
        """Say that nothing lies under the pointer any more."""
        self.hovered.emit(pane, None)

    def cancel(self) -> bool:
        """Give up what is in progress; False when nothing was."""
        tool = self._active or self._armed()
        busy = tool.busy
        tool.cancel()
        self._active = self._press = self._slider = None
        return busy

    def _tool_for(self, event: QMouseEvent, pointer: PointerEvent) -> Tool:
        if event.buttons() & _BOTH == _BOTH:
            return self._window
        if event.button() is Qt.MouseButton.MiddleButton:
            return self._pan
        if event.button() is Qt.MouseButton.RightButton:
            return self._zoom
        if self.space_held:
            return self._pan
        armed = self._armed()
        if self._grips(armed, pointer):
            return self._edit
        return self._window if armed.id is ToolId.WINDOW else armed

    def _grips(self, armed: Tool, pointer: PointerEvent) -> bool:
        """Whether the left button takes hold of a mark instead of using the armed tool."""
        if armed.busy or armed.id in (ToolId.LESION, ToolId.LEVEL):
            return False
        drawing = armed.id not in _NAVIGATION
        return self._edit.grip(pointer, handles_only=drawing) is not None

    def _on_slider(self, pane: Pane, event: QMouseEvent) -> bool:
        if pane.state is None or pane.state.is_projection:
            return False
        left = event.button() is Qt.MouseButton.LeftButton
        return left and event.position().x() >= pane.width() - SLIDER_GRAB_PX

    def _slide(self, pane: Pane, position: QPointF) -> None:
        if pane.state is None:
            return
        count = slice_position(pane.state).count
        part = min(max(position.y() / max(pane.height() - 1, 1), 0.0), 1.0)
        self._desk.change_state(pane, at_slice(pane.state, round(part * (count - 1))))


def _pointer(pane: Pane, position: QPointF, modifiers: Qt.KeyboardModifier) -> PointerEvent | None:
    state = pane.state
    if state is None:
        return None
    return PointerEvent(
        pane=pane,
        state=state,
        position=position,
        point_lps=pane.to_lps(position),
        modifiers=modifiers,
    )


def _global(event: QMouseEvent) -> QPoint:
    return event.globalPosition().toPoint()
