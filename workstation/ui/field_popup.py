"""The frame of the small popups that ask for one line: placed inside the window, left by Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from workstation.ui.components.drawing import paint_box
from workstation.ui.theme import current_theme


class FieldPopup(QFrame):
    """A box with one text field; it closes when the reader goes on elsewhere.

    Parameters
    ----------
    parent : QWidget
        Any widget of the window that the popup belongs to.
    question : str
        What is asked; the accessible name of the popup.
    """

    def __init__(self, parent: QWidget, question: str) -> None:
        super().__init__(parent.window())
        self._room = parent.window()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("levelPopup")
        self.setAccessibleName(question)
        self.field = QLineEdit()
        self.field.installEventFilter(self)

    def show_at(self, place: QPoint) -> None:
        """Open beside a global position, inside the window, ready for typing."""
        self.adjustSize()
        room = self._room.rect().size() - self.size()
        wanted = self._room.mapFromGlobal(place) + QPoint(16, -self.height() // 2)
        x = min(max(wanted.x(), 0), max(room.width(), 0))
        y = min(max(wanted.y(), 0), max(room.height(), 0))
        self.move(x, y)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close without an answer when the reader goes on elsewhere."""
        if watched is self.field and event.type() is QEvent.Type.FocusOut:
            self.close()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box."""
        del event
        theme = current_theme()
        fill, edge = theme.color("raised"), theme.color("line_strong")
        paint_box(QPainter(self), QRectF(self.rect()), fill=fill, edge=edge)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave without an answer on Esc; no key reaches the images behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        event.accept()
