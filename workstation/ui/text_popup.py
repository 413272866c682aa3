"""The small popup that asks for the words of a text mark or a name; Enter gives them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_box
from workstation.ui.components.labels import PlainLabel
from workstation.ui.theme import SEMIBOLD, current_theme

FIELD_WIDTH_PX = 220


class TextPopup(QFrame):
    """Asks for a line of text.

    Signals
    -------
    closed()
    """

    closed = Signal()

    def __init__(
        self,
        answer: Callable[[str], object],
        parent: QWidget,
        *,
        question: str = "What does it say?",
        limit: int = 120,
    ) -> None:
        super().__init__(parent.window())
        self._room = parent.window()
        self._answer = answer
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("levelPopup")
        self.setAccessibleName(question)
        self.field = QLineEdit()
        self.field.setAccessibleName("Text")
        self.field.setMaxLength(limit)
        self.field.setFixedWidth(FIELD_WIDTH_PX)
        self.field.installEventFilter(self)
        self.field.returnPressed.connect(self._accept)
        button = TextButton("Keep", kind="primary")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(PlainLabel(question, weight=SEMIBOLD))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(button)
        column.addLayout(row)

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

    def closeEvent(self, event: object) -> None:
        """Say that the question is over."""
        del event
        self.closed.emit()

    def _accept(self) -> None:
        text = self.field.text().strip()
        if text:
            self._answer(text)
            self.close()
