"""A widget that shows one rendered frame with drawing primitives over it.

Frames are rendered inside ``paintEvent``: Qt folds update requests, so the newest state is drawn
once and the wheel never queues.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workstation.base.errors import RenderError
from workstation.ui.overlay_painter import PaneDrawing, paint_drawing
from workstation.ui.theme import current_theme, font

Frame = NDArray[np.uint8]
PaneSize = tuple[int, int]

MINIMUM_SIZE = QSize(160, 120)
ACTIVE_EDGE_PX = 2.0


class PaneFrame(QWidget):
    """Base of every pane: frame, primitives, active edge, device pixels.

    Parameters
    ----------
    number : int
        Position in the grid, from 1; part of the accessible name.

    Signals
    -------
    painted(PaneFrame)
        A frame reached the widget.
    """

    painted = Signal(object)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.overlay: Callable[[], PaneDrawing] | None = None
        self._active = False
        self._trouble = ""
        self.setMinimumSize(MINIMUM_SIZE)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(f"Pane {number}, empty")

    @property
    def active(self) -> bool:
        """Whether keys and the toolbar act on this pane."""
        return self._active

    def set_active(self, active: bool) -> None:
        """Draw or take away the active edge."""
        if active != self._active:
            self._active = active
            self.update()

    @property
    def logical_size(self) -> PaneSize:
        """Width and height in logical pixels, at least 1."""
        return (max(self.width(), 1), max(self.height(), 1))

    @property
    def device_size(self) -> PaneSize:
        """Width and height of a frame in device pixels of this very widget."""
        ratio = self.devicePixelRatioF()
        width, height = self.logical_size
        return (max(round(width * ratio), 1), max(round(height * ratio), 1))

    def render_frame(self, size: PaneSize) -> Frame | None:
        """Return the frame to show, shape (h, w, 4), or None for an empty pane."""
        raise NotImplementedError

    def close_view(self) -> None:
        """Give the render window back; the pane stays empty afterwards."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, primitives and edge."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#000000"))
        self._paint_frame(painter)
        if self.overlay is not None:
            paint_drawing(painter, self.overlay())
        self._paint_trouble(painter)
        self._paint_edge(painter)
        painter.end()
        self.painted.emit(self)

    def _paint_frame(self, painter: QPainter) -> None:
        try:
            frame = self.render_frame(self.device_size)
        except RenderError as error:
            self._trouble = error.message
            return
        self._trouble = ""
        if frame is None:
            return
        height, width = frame.shape[:2]
        image = QImage(frame.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
        ratio = self.devicePixelRatioF()
        painter.drawImage(QRectF(0, 0, width / ratio, height / ratio), image)

    def _paint_trouble(self, painter: QPainter) -> None:
        if not self._trouble:
            return
        painter.setFont(font())
        painter.setPen(current_theme().overlay_color("warning"))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self._trouble)

    def _paint_edge(self, painter: QPainter) -> None:
        if not self._active:
            return
        half = ACTIVE_EDGE_PX / 2.0
        edge = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.setPen(QPen(current_theme().overlay_color("active_border"), ACTIVE_EDGE_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(edge)


def in_frame_pixels(position: QPointF) -> tuple[float, float]:
    """Return widget coordinates as pixel indices, whose whole numbers are pixel centers."""
    return (position.x() - 0.5, position.y() - 0.5)


def in_widget(x: float, y: float) -> QPointF:
    """Return pixel indices as widget coordinates."""
    return QPointF(x + 0.5, y + 0.5)
