"""A 2D pane: shows a :class:`PaneState` and turns pointer positions into patient coordinates."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from workstation.domain.spine import PointLps
from workstation.rendering.plane import as_vector
from workstation.rendering.slice_view import SliceScene, SliceView
from workstation.ui.pane_frame import Frame, PaneFrame, PaneSize, in_frame_pixels, in_widget
from workstation.ui.pane_state import PaneState, slice_position

SETTLE_MS = 150
"""How long after the last movement the full picture is drawn."""


class PaneInput(Protocol):
    """What handles the pointer over a pane."""

    def press(self, pane: Pane, event: QMouseEvent) -> None:
        """Handle a pressed button."""

    def move(self, pane: Pane, event: QMouseEvent) -> None:
        """Handle a moved pointer, with or without buttons."""

    def release(self, pane: Pane, event: QMouseEvent) -> None:
        """Handle a released button."""

    def double_click(self, pane: Pane, event: QMouseEvent) -> None:
        """Handle a double click."""

    def wheel(self, pane: Pane, event: QWheelEvent) -> None:
        """Handle a turned wheel."""

    def leave(self, pane: Pane) -> None:
        """Handle the pointer leaving the pane."""


class Pane(PaneFrame):
    """One 2D pane; a hanging protocol gives it a state, tools change it.

    Parameters
    ----------
    number : int
        Position in the grid, from 1.

    Signals
    -------
    state_changed(Pane)
        The pane shows something else.
    entered(Pane)
        The pointer came over the pane.
    """

    state_changed = Signal(object)
    entered = Signal(object)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(number, parent)
        self.input: PaneInput | None = None
        self._state: PaneState | None = None
        self._view: SliceView | None = None
        self._scene: SliceScene | None = None
        self._frame: Frame | None = None
        self._moving = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)

    @property
    def state(self) -> PaneState | None:
        """What the pane shows, or None while it is empty."""
        return self._state

    def show_state(self, state: PaneState | None, *, moving: bool = False) -> None:
        """Show something else with the next frame; ``moving`` during a drag or the wheel."""
        if moving:
            self._moving = True
            self._settle.start()
        if state == self._state:
            return
        self._state = state
        self._name_for_screen_readers()
        self.update()
        self.state_changed.emit(self)

    def to_lps(self, position: QPointF) -> PointLps:
        """Return the patient point under a widget position, on the plane of the pane, mm."""
        if self._state is None:
            return (0.0, 0.0, 0.0)
        pixel = in_frame_pixels(position)
        return as_vector(self._state.view.pixel_to_lps(pixel, self.logical_size))

    def to_widget(self, point_lps: PointLps) -> QPointF:
        """Return where a patient point lies in the widget, projected onto the plane."""
        if self._state is None:
            return QPointF()
        x, y = self._state.view.lps_to_pixel(point_lps, self.logical_size)
        return in_widget(float(x), float(y))

    @property
    def is_light(self) -> bool:
        """Whether the picture is dark on white, as PET is shown."""
        return self._state is not None and self.scene((1, 1), self._state).is_light

    def scene(self, size: PaneSize, state: PaneState) -> SliceScene:
        """Return what to render for a state at a size in device pixels."""
        return SliceScene(layers=state.layers, view=state.view, size=size, moving=self._moving)

    def render_frame(self, size: PaneSize) -> Frame | None:
        """Return the frame of the present state, rendered again only when it differs."""
        if self._state is None:
            return None
        scene = self.scene(size, self._state)
        if scene != self._scene or self._frame is None:
            if self._view is None:
                self._view = SliceView()
            self._frame = self._view.render(scene)
            self._scene = scene
        return self._frame

    def close_view(self) -> None:
        """Give the render window back and show nothing."""
        self._settle.stop()
        if self._view is not None:
            self._view.close()
            self._view = None
        self._scene = self._frame = self._state = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hand the event to the tools."""
        if self.input is not None:
            self.input.press(self, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hand the event to the tools."""
        if self.input is not None:
            self.input.move(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Hand the event to the tools."""
        if self.input is not None:
            self.input.release(self, event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Hand the event to the tools."""
        if self.input is not None:
            self.input.double_click(self, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Hand the event to the tools; it goes no further."""
        if self.input is not None:
            self.input.wheel(self, event)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the pointer is here: keys act on the pane under it."""
        super().enterEvent(event)
        self.entered.emit(self)

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer has left."""
        super().leaveEvent(event)
        if self.input is not None:
            self.input.leave(self)

    def _settled(self) -> None:
        self._moving = False
        self.update()

    def _name_for_screen_readers(self) -> None:
        self.setAccessibleName(describe_pane(self.number, self._state))


def describe_pane(number: int, state: PaneState | None) -> str:
    """Return a pane in words: "Pane 1, T2 sagittal, image 14 of 38, A on the left"."""
    if state is None:
        return f"Pane {number}, empty"
    position = slice_position(state)
    series = state.volume.identity.series_description or state.volume.identity.modality
    parts = [f"Pane {number}", f"{series} {state.view.plane_name}".strip()]
    if not state.is_projection:
        parts.append(f"image {position.number} of {position.count}")
    if state.level is not None:
        parts.append(f"level {state.level}")
    parts.append(f"{state.view.letters().left} on the left")
    return ", ".join(parts)
