"""A yes-or-no question in which the deciding button carries the grade it leads to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.ui.components.controls import KEYBOARD_REASONS, PaintedControl
from workstation.ui.components.drawing import (
    paint_box,
    paint_line,
    paint_text,
    paint_wrapped,
    text_width,
    wrapped_height,
)
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.components.marks import paint_unknown
from workstation.ui.theme import BODY_PX, SEMIBOLD, SMALL_PX, current_theme, font

_ROW_PX = 33
_YES_PX = 58
_NO_PX = 66
_GAP_PX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question.

    Parameters
    ----------
    number : int
    text : str
    answer : YesNo or Missing
    yes, no : str
        Words of the buttons, with the grade where the answer decides ("No: 1a").
    dimmed : bool
        Whether an earlier answer made it needless.
    editable : bool
    """

    number: int
    text: str
    answer: YesNo | Missing = NOT_ASSESSED
    yes: str = "Yes"
    no: str = "No"
    dimmed: bool = False
    editable: bool = True


class AnswerButton(PaintedControl):
    """Yes or No of a question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dimmed = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def nextCheckState(self) -> None:
        """Leave the state to the case."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the answer in its state."""
        painter = QPainter(self)
        theme = current_theme()
        rect = QRectF(self.rect())
        if self.isChecked():
            paint_box(painter, rect, fill=theme.color("accent"))
            ink = theme.color("on_accent")
        else:
            fill = theme.color(self.fill_token()) if self.isEnabled() else None
            token = "text_disabled" if self.dimmed or not self.isEnabled() else "text_muted"
            paint_box(painter, rect, fill=fill, edge=theme.color("line"))
            ink = theme.color("text" if self.hovered and not self.dimmed else token)
        center = Qt.AlignmentFlag.AlignCenter
        paint_text(painter, rect, self.text(), font(BODY_PX, SEMIBOLD), ink, center)


class QuestionRow(FittedWidget):
    """One question with its two answers; Y, N, 9 and Backspace act while it has the focus.

    Signals
    -------
    answered(int, object)
        Number and the answer that was given, a YesNo or Missing.
    focused(int)
        The keyboard came here.
    """

    answered = Signal(int, object)
    focused = Signal(int)

    def __init__(self, view: QuestionView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.keyboard_focus = False
        self.yes = AnswerButton(self)
        self.no = AnswerButton(self)
        self.yes.clicked.connect(self._on_yes)
        self.no.clicked.connect(self._on_no)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_view(view)

    def set_view(self, view: QuestionView) -> None:
        """Show another answer."""
        self.view = view
        for button, words, value, key in (
            (self.yes, view.yes, YesNo.YES, "Y"),
            (self.no, view.no, YesNo.NO, "N"),
        ):
            button.setText(words)
            button.setChecked(view.answer is value)
            button.dimmed = view.dimmed
            button.setEnabled(view.editable)
            button.describe(f"Question {view.number}, {view.text} {words}", words, key)
            button.update()
        answer = view.answer.value.replace("_", " ")
        needless = ", not needed after an earlier no" if view.dimmed else ""
        self.setAccessibleName(f"Question {view.number}: {view.text} {answer}{needless}")
        self.setToolTip(f"{view.text} Answer with Y or N; 9 unknown, Backspace not assessed")
        self.update()

    def height_at(self, width: int) -> int:
        """Return the height that the question needs at a width."""
        text = wrapped_height(self.view.text, self._face(width), self._text_width(width))
        return max(_ROW_PX, int(text) + 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the answers at the right edge."""
        super().resizeEvent(event)
        top = (self.height() - 1 - 28) // 2
        left = self.width() - _NO_PX
        self.no.setGeometry(left, top, _NO_PX, 28)
        self.yes.setGeometry(left - _GAP_PX - _YES_PX, top, _YES_PX, 28)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell which question the keyboard is at."""
        self.keyboard_focus = event.reason() in KEYBOARD_REASONS
        self.focused.emit(self.view.number)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Repaint at rest."""
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer by key."""
        answers: dict[int, YesNo | Missing] = {
            Qt.Key.Key_Y: YesNo.YES,
            Qt.Key.Key_N: YesNo.NO,
            Qt.Key.Key_9: UNKNOWN,
            Qt.Key.Key_Backspace: NOT_ASSESSED,
        }
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, _KEYPAD)
        if plain and self.view.editable and event.key() in answers:
            self.answered.emit(self.view.number, answers[event.key()])
            return
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw number, question and the line below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), theme.color("line"))
        if self.hasFocus():
            band = QRectF(0, 1, self.width(), self.height() - 2)
            paint_box(painter, band, fill=theme.color("raised"), radius_px=3.0)
        token = "text_disabled" if self.view.dimmed else "text"
        number = QRectF(6, 0, 14, self.height())
        muted = theme.color("text_disabled" if self.view.dimmed else "text_muted")
        paint_text(painter, number, str(self.view.number), font(BODY_PX, SEMIBOLD), muted)
        face = self._face(self.width())
        width = self._text_width(self.width())
        height = wrapped_height(self.view.text, face, width)
        box = QRectF(24, (self.height() - 1 - height) / 2.0, width, height)
        paint_wrapped(painter, box, self.view.text, face, theme.color(token))
        if self.view.answer is UNKNOWN:
            at = QPointF(self.yes.x() - 14.0, self.height() / 2.0)
            paint_unknown(painter, at, 15, theme.color("text"))

    def _text_width(self, width: int) -> float:
        return width - 24 - _YES_PX - _NO_PX - _GAP_PX - 26

    def _face(self, width: int) -> QFont:
        fits = text_width(self.view.text, font(BODY_PX)) <= self._text_width(width)
        return font(BODY_PX if fits else SMALL_PX)

    def _on_yes(self) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.answered.emit(self.view.number, YesNo.YES)

    def _on_no(self) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.answered.emit(self.view.number, YesNo.NO)


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
