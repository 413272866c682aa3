"""One letter of NOMS: what it is now, and the few inputs that make it so."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.ui.components.choices import Choice, SegmentedChoice
from workstation.ui.components.drawing import paint_box, paint_text, text_width
from workstation.ui.components.evidence import EvidenceDot, EvidenceState
from workstation.ui.components.labels import PlainLabel
from workstation.ui.components.marks import Mark, paint_mark
from workstation.ui.theme import (
    BODY_PX,
    DISPLAY_FAMILY,
    LABEL_PX,
    REGULAR,
    SEMIBOLD,
    TITLE_PX,
    current_theme,
    font,
)

_LETTER_PX = 44
_NAME_PX = 86


def answer_of(value: str) -> YesNo | Missing:
    """Return the answer behind a value of the bar."""
    return Missing(value) if value in set(Missing) else YesNo(value)


class YesNoChoice(SegmentedChoice):
    """No, Yes or Unknown; Y, N, 9 and Backspace act while it has the focus."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        choices = [
            Choice(value=YesNo.NO.value, text="No", key="N"),
            Choice(value=YesNo.YES.value, text="Yes", key="Y"),
            Choice(value=UNKNOWN.value, text="Unknown", key="9"),
        ]
        super().__init__(name, choices, parent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer by key."""
        values = {
            Qt.Key.Key_Y: YesNo.YES.value,
            Qt.Key.Key_N: YesNo.NO.value,
            Qt.Key.Key_9: UNKNOWN.value,
            Qt.Key.Key_Backspace: NOT_ASSESSED.value,
        }
        value = values.get(Qt.Key(event.key()))
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held == Qt.KeyboardModifier.NoModifier
        if value is not None and plain and self.isEnabled():
            self.picked.emit(value)
        else:
            super().keyPressEvent(event)


class InputRow(QWidget):
    """One input: where it comes from, its name, its control."""

    def __init__(self, name: str, control: QWidget, *, stretch: bool = False) -> None:
        super().__init__()
        self.dot = EvidenceDot(name)
        self.name = PlainLabel(name, tone="muted")
        self.control = control
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.dot)
        self.name.setMinimumWidth(_NAME_PX)
        row.addWidget(self.name)
        row.addWidget(control, 1 if stretch else 0)
        if not stretch:
            row.addStretch(1)
        self.setMinimumHeight(28)

    def set_source(self, state: EvidenceState, detail: str = "") -> None:
        """Say whether an image or a person stands behind it."""
        self.dot.set_state(state, detail)


class AxisCard(QWidget):
    """One letter with its value and inputs.

    Signals
    -------
    evidence_pressed(str)
        The letter whose evidence was pressed.
    """

    evidence_pressed = Signal(str)

    def __init__(self, letter: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.letter = letter
        self._title = title
        self._word = "Not assessed"
        self._mark = Mark.RING
        self._token = "text_muted"
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(_LETTER_PX - 6, 32, 10, 8)
        self.rows.setSpacing(2)
        self._describe()

    def set_value(self, word: str, mark: Mark, token: str) -> None:
        """Show the value of the letter."""
        self._word, self._mark, self._token = word, mark, token
        self._describe()
        self.update()

    @property
    def word(self) -> str:
        """The value in words."""
        return self._word

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, letter, title and value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        color = theme.color(self._token)
        paint_box(painter, QRectF(self.rect()), fill=theme.color("raised"), radius_px=3.0)
        painter.fillRect(QRectF(0, 0, 3, self.height()), color)
        letter = font(26, REGULAR, family=DISPLAY_FAMILY)
        box = QRectF(8, 4, 28, 34)
        center = Qt.AlignmentFlag.AlignCenter
        paint_text(painter, box, self.letter, letter, theme.color("text"), center)
        caps = font(LABEL_PX, SEMIBOLD, spacing_px=0.8)
        head = QRectF(_LETTER_PX, 6, 160, 22)
        paint_text(painter, head, self._title.upper(), caps, theme.color("text_muted"))
        face = font(TITLE_PX - 1, SEMIBOLD)
        width = text_width(self._word, face)
        left = self.width() - 12 - width
        value = QRectF(left, 5, width + 2, 24)
        paint_text(painter, value, self._word, face, color)
        paint_mark(painter, self._mark, QPointF(left - 12, 17), 11, color)

    def _describe(self) -> None:
        self.setAccessibleName(f"{self.letter}, {self._title}: {self._word}")


class TextValue(PlainLabel):
    """A value that comes from elsewhere, shown but not edited here."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text, size_px=BODY_PX, weight=SEMIBOLD)
