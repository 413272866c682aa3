"""Unknown and Not assessed: the two values that are no option, and never look alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import (
    KEY_HEIGHT_PX,
    key_width,
    paint_box,
    paint_key,
    paint_text,
)
from workstation.ui.components.marks import paint_not_assessed, paint_unknown
from workstation.ui.theme import BODY_PX, CONTROL_PX, REGULAR, SEMIBOLD, current_theme, font

MISSING_WORDS = {UNKNOWN: "Unknown", NOT_ASSESSED: "Not assessed"}
"""The words on the screen; the report prints them in lower case."""

_TIPS = {
    UNKNOWN: "Asked, and it cannot be known",
    NOT_ASSESSED: "Nobody has looked at this yet",
}
_KEYS = {UNKNOWN: "9", NOT_ASSESSED: "Backspace"}


class ValuePill(PaintedControl):
    """One of the two; pressing it gives that value."""

    picked = Signal(object)

    def __init__(self, value: Missing, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        self.setCheckable(True)
        self.setText(MISSING_WORDS[value])
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words = f"{name}: {self.text()}" if name else self.text()
        self.describe(words, _TIPS[value], _KEYS[value])
        self.clicked.connect(self._on_clicked)

    def nextCheckState(self) -> None:
        """Leave the state to the case."""

    def sizeHint(self) -> QSize:
        """Return ring, word and key."""
        return QSize(150, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        """Return ring, word and key without spare room."""
        return QSize(136, CONTROL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill in its state."""
        painter = QPainter(self)
        theme = current_theme()
        chosen = self.isChecked()
        rect = QRectF(self.rect())
        token = "text" if chosen else "text_muted"
        token = token if self.isEnabled() or chosen else "text_disabled"
        ink = theme.color(token)
        if chosen:
            paint_box(painter, rect, fill=theme.color("hover"), edge=theme.color("text"))
        else:
            fill = theme.color(self.fill_token()) if self.hovered else None
            paint_box(painter, rect, fill=fill, edge=theme.color("line"))
        middle = self.height() / 2.0
        draw = paint_unknown if self.value is UNKNOWN else paint_not_assessed
        draw(painter, QPointF(17, middle), 15, ink)
        face = font(BODY_PX, SEMIBOLD if chosen else REGULAR)
        paint_text(painter, QRectF(31, 0, 90, self.height()), self.text(), face, ink)
        key = _KEYS[self.value]
        at = QPointF(self.width() - key_width(key) - 6, middle - KEY_HEIGHT_PX / 2)
        paint_key(painter, key, at, color=ink)

    def _on_clicked(self) -> None:
        self.picked.emit(self.value)


class ValuePills(QWidget):
    """Both pills, one above the other or side by side.

    Signals
    -------
    picked(Missing)
    """

    picked = Signal(object)

    def __init__(
        self, name: str = "", *, beside: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        column = QBoxLayout(direction, self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.unknown = ValuePill(UNKNOWN, name)
        self.not_assessed = ValuePill(NOT_ASSESSED, name)
        for pill in (self.unknown, self.not_assessed):
            pill.picked.connect(self.picked)
            column.addWidget(pill)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_value(self, value: object) -> None:
        """Show which of the two is the value, if either is."""
        self.unknown.setChecked(value is UNKNOWN)
        self.not_assessed.setChecked(value is NOT_ASSESSED)

    def set_editable(self, editable: bool) -> None:
        """Allow or forbid choosing."""
        self.unknown.setEnabled(editable)
        self.not_assessed.setEnabled(editable)
