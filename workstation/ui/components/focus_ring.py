"""The focus ring: two pixels wide, three pixels outside what the keyboard has reached."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from workstation.ui.components.drawing import paint_box
from workstation.ui.theme import current_theme

_OUTSIDE_PX = 4
_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class FocusRing(QWidget):
    """One ring around one widget; it moves and ends with that widget."""

    def __init__(self, target: QWidget, host: QWidget) -> None:
        super().__init__(host)
        self._target = target
        self._host = host
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("")
        for widget in _between(target, host):
            widget.installEventFilter(self)
        target.destroyed.connect(self.deleteLater)
        self._follow()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay around the widget; its parents move it without telling it."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show):
            self._follow()
        elif event.type() == QEvent.Type.Hide:
            self.hide()
        return False

    def _follow(self) -> None:
        reach = _OUTSIDE_PX
        corner = self._target.mapTo(self._host, QPoint(0, 0))
        box = QRect(corner, self._target.size())
        self.setGeometry(box.adjusted(-reach, -reach, reach, reach))
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring."""
        painter = QPainter(self)
        color = current_theme().color("focus")
        paint_box(painter, QRectF(self.rect()), edge=color, width_px=2.0, radius_px=6.0)


def _between(target: QWidget, host: QWidget) -> list[QWidget]:
    chain = [target]
    parent = target.parentWidget()
    while parent is not None and parent is not host:
        chain.append(parent)
        parent = parent.parentWidget()
    return chain


def _host_of(target: QWidget, window: QWidget) -> QWidget:
    """Return the widget that scrolls the target, or the window: a ring needs room around it."""
    widget: QWidget = target
    while (parent := widget.parentWidget()) is not None and widget is not window:
        grandparent = parent.parentWidget()
        if isinstance(grandparent, QScrollArea) and grandparent.viewport() is parent:
            return widget
        widget = parent
    return window


class FocusRings(QObject):
    """Shows a ring wherever the keyboard brings the focus in one window; text fields always."""

    def __init__(self, window: QWidget) -> None:
        # It outlives the window by one turn: the focus also changes while the window is destroyed.
        application = QApplication.instance()
        super().__init__(application)
        self._window = window
        self._ring: FocusRing | None = None
        window.destroyed.connect(self.deleteLater)
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @property
    def ring(self) -> FocusRing | None:
        """The ring that shows now, or None."""
        return self._ring if self._ring is not None and shiboken6.isValid(self._ring) else None

    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        ring, self._ring = self.ring, None
        if not shiboken6.isValid(self._window):
            return
        if ring is not None:
            ring.hide()
            ring.deleteLater()
        if now is not None and self._wants_ring(now):
            self._ring = FocusRing(now, _host_of(now, self._window))

    def _wants_ring(self, widget: QWidget) -> bool:
        if widget.parentWidget() is None or not self._window.isAncestorOf(widget):
            return False
        if isinstance(widget, _TEXT_FIELDS):
            return True
        return bool(getattr(widget, "keyboard_focus", False))
