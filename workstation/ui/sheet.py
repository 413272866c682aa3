"""A sheet over the darkened window: closed with Esc or a press beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.ui.components.drawing import paint_box
from workstation.ui.theme import current_theme

SHADE = QColor(0, 0, 0, 150)


class SheetBox(QWidget):
    """The raised box of a sheet."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw fill and edge."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        area = QRectF(self.rect())
        paint_box(painter, area, fill=theme.color("panel"), edge=theme.color("line_strong"))


class Sheet(QWidget):
    """Covers its window and shows a box in the middle.

    Parameters
    ----------
    window : QWidget
    width, top : int
        Width of the box and its distance from the top of the window, px; 0 centers it.
    """

    def __init__(self, window: QWidget, *, width: int, top: int = 0) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._width = width
        self._top = top
        self.box = SheetBox(self)
        self.column = QVBoxLayout(self.box)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        window = self.parentWidget()
        if watched is window and event.type() == QEvent.Type.Resize:
            self.setGeometry(window.rect())
        return False

    def place_box(self) -> None:
        """Give the box its size and place."""
        width = min(self._width, self.width() - 48)
        self.box.setFixedWidth(width)
        self.box.adjustSize()
        height = min(self.box.sizeHint().height(), self.height() - 48)
        top = self._top or (self.height() - height) // 2
        self.box.setGeometry((self.width() - width) // 2, top, width, height)

    def resizeEvent(self, event: object) -> None:
        """Place the box again."""
        del event
        self.place_box()

    def showEvent(self, event: object) -> None:
        """Place the box when everything is in it."""
        del event
        self.place_box()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Darken the window."""
        del event
        QPainter(self).fillRect(self.rect(), SHADE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a press beside the box."""
        if not self.box.geometry().contains(event.position().toPoint()):
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc; no key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        event.accept()
