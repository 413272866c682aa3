"""The sticky result below a form: a number or grade, its mark and word, remarks below."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.components.drawing import paint_line
from workstation.ui.components.labels import PlainLabel
from workstation.ui.components.marks import Mark, MarkLabel
from workstation.ui.theme import (
    BODY_PX,
    BOLD,
    LABEL_PX,
    SEMIBOLD,
    TITLE_PX,
    TOTAL_PX,
    VALUE_PX,
    current_theme,
    font,
)


class FootPanel(QWidget):
    """The band at the bottom of the panel, in the color of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 8, 12, 8)
        self.rows.setSpacing(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band and its upper line."""
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(QRectF(self.rect()), theme.color("window"))
        paint_line(painter, QPointF(0, 0), QPointF(self.width(), 0), theme.color("line"))


class ResultLine(QWidget):
    """A result such as 14 / 18, Unstable, with room for a note or a button on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = PlainLabel("–", size_px=TOTAL_PX, weight=BOLD)
        self.unit = PlainLabel("", tone="muted")
        self.first_mark = MarkLabel(size_px=12)
        self.second_mark = MarkLabel(size_px=12)
        self.word = PlainLabel("", size_px=TITLE_PX, weight=SEMIBOLD)
        for part in (self.unit, self.word):
            part.setMinimumHeight(34)
        self.note = PlainLabel("", size_px=BODY_PX, tone="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.prefix = PlainLabel("", size_px=LABEL_PX, weight=SEMIBOLD, tone="muted")
        self.prefix.hide()
        row.addWidget(self.prefix)
        row.addWidget(self.value)
        row.addWidget(self.unit)
        row.addWidget(self.first_mark)
        row.addWidget(self.second_mark)
        row.addWidget(self.word)
        row.addStretch(1)
        row.addWidget(self.note)
        self.trailing = row

    def set_result(
        self, value: str, unit: str, marks: list[tuple[Mark, str]], word: str, tone: str
    ) -> None:
        """Show a result; ``tone`` is the color of number and word."""
        self.value.setText(value)
        self.value.setFont(font(TOTAL_PX if len(value) <= 6 else VALUE_PX, BOLD))
        self.value.set_tone(tone)
        self.unit.setText(unit)
        self.unit.setVisible(bool(unit))
        for label, position in ((self.first_mark, 0), (self.second_mark, 1)):
            label.setVisible(position < len(marks))
            if position < len(marks):
                label.set_mark(*marks[position])
        self.word.setText(word)
        self.word.set_tone(tone)
        self.setAccessibleName(f"{value} {unit} {word}".strip())
