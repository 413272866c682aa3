"""The small popup that asks for the words of a text mark or a name; Enter gives them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.components.controls import TextButton
from workstation.ui.components.labels import PlainLabel
from workstation.ui.field_popup import FieldPopup
from workstation.ui.theme import SEMIBOLD

FIELD_WIDTH_PX = 220


class TextPopup(FieldPopup):
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
        super().__init__(parent, question)
        self._answer = answer
        self.field.setAccessibleName("Text")
        self.field.setMaxLength(limit)
        self.field.setFixedWidth(FIELD_WIDTH_PX)
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

    def closeEvent(self, event: object) -> None:
        """Say that the question is over."""
        del event
        self.closed.emit()

    def _accept(self) -> None:
        text = self.field.text().strip()
        if text:
            self._answer(text)
            self.close()
