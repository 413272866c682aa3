"""One-of-several choices: a segmented bar, and chips that wrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.ui.components.controls import PaintedControl, rove
from workstation.ui.components.drawing import paint_box, paint_line, paint_text, text_width
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.theme import BODY_PX, CONTROL_PX, SEMIBOLD, Theme, current_theme, font


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice: its stored value, its word, its explanation and key."""

    value: str
    text: str
    tip: str = ""
    key: str = ""


class ChoiceButton(PaintedControl):
    """One choice of a bar or of a set of chips; painted flat in a bar, boxed as a chip."""

    picked = Signal(str)

    def __init__(self, choice: Choice, *, boxed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self._boxed = boxed
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(choice.text)
        self.clicked.connect(self._on_clicked)
        self.describe(choice.text, choice.tip, choice.key)

    def nextCheckState(self) -> None:
        """Leave the state to the case: only an accepted command changes it."""

    def sizeHint(self) -> QSize:
        """Return the word with its margins."""
        pad = 18 if self._boxed else 20
        width = text_width(self.text(), font(BODY_PX, SEMIBOLD)) + pad
        return QSize(max(int(width + 0.999), CONTROL_PX), CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the word with its smallest margins; it is never cut."""
        width = text_width(self.text(), font(BODY_PX, SEMIBOLD)) + 8
        return QSize(int(width + 0.999), CONTROL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the choice in its state."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        ink = self._paint_chip(painter, theme) if self._boxed else self._paint_cell(painter, theme)
        face = font(BODY_PX, SEMIBOLD if self.isChecked() or not self._boxed else 400)
        center = Qt.AlignmentFlag.AlignCenter
        paint_text(painter, QRectF(self.rect()), self.text(), face, theme.color(ink), center)

    def _paint_chip(self, painter: QPainter, theme: Theme) -> str:
        rect = QRectF(self.rect())
        if self.isChecked():
            edge, wash = theme.color("accent"), theme.color("accent_wash")
            paint_box(painter, rect, fill=wash, edge=edge, width_px=2.0)
            return "text"
        if not self.isEnabled():
            paint_box(painter, rect, edge=theme.color("line"))
            return "text_disabled"
        edge = theme.color("line_strong")
        paint_box(painter, rect, fill=theme.color(self.fill_token()), edge=edge)
        return "text" if self.hovered else "text_muted"

    def _paint_cell(self, painter: QPainter, theme: Theme) -> str:
        rect = QRectF(self.rect()).adjusted(1, 2, -1, -2)
        if self.isChecked():
            paint_box(painter, rect, fill=theme.color("accent"), radius_px=3.0)
            return "on_accent"
        if not self.isEnabled():
            return "text_disabled"
        if self.hovered or self.isDown():
            paint_box(painter, rect, fill=theme.color(self.fill_token()), radius_px=3.0)
        return "text" if self.hovered else "text_muted"

    def _on_clicked(self) -> None:
        self.picked.emit(self.choice.value)


def step_between(group: QWidget, buttons: Sequence[ChoiceButton], event: QKeyEvent) -> None:
    """Move the keyboard to the neighbor on left and right; other keys go to the parent."""
    step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
    focused = group.focusWidget()
    position = next((n for n, button in enumerate(buttons) if button is focused), None)
    if step is None or position is None:
        event.ignore()
        return
    target = buttons[min(max(position + step, 0), len(buttons) - 1)]
    target.setFocus(Qt.FocusReason.TabFocusReason)


class SegmentedChoice(QWidget):
    """Choices in one bar; at most one is chosen, none while nothing is answered.

    Signals
    -------
    picked(str)
        The value that was pressed; the bar itself changes only with :meth:`set_value`.
    """

    picked = Signal(str)

    def __init__(self, name: str, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.buttons = [ChoiceButton(choice, boxed=False, parent=self) for choice in choices]
        for button in self.buttons:
            button.describe(f"{name}: {button.choice.text}", button.choice.tip, button.choice.key)
            button.picked.connect(self.picked)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CONTROL_PX)

    @property
    def value(self) -> str:
        """The chosen value; empty for none."""
        return next((b.choice.value for b in self.buttons if b.isChecked()), "")

    @property
    def has_keyboard(self) -> bool:
        """Whether one of its choices has the keyboard."""
        return any(button.hasFocus() for button in self.buttons)

    def set_value(self, value: str) -> None:
        """Show a value as chosen; an empty one shows none."""
        for button in self.buttons:
            button.setChecked(button.choice.value == value)
        rove(self.buttons)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Be one stop of the keyboard again when choosing is allowed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            rove(self.buttons)

    def button(self, value: str) -> ChoiceButton | None:
        """Return the button of a value, or None."""
        return next((b for b in self.buttons if b.choice.value == value), None)

    def sizeHint(self) -> QSize:
        """Return the widths of all choices in a row."""
        return QSize(sum(b.sizeHint().width() for b in self.buttons) + 2, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the widths of all words in a row."""
        return QSize(sum(b.minimumSizeHint().width() for b in self.buttons) + 2, CONTROL_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width in proportion to the words."""
        wants = [button.sizeHint().width() for button in self.buttons]
        spare = self.width() - 2 - sum(wants)
        left = 1.0
        for button, want in zip(self.buttons, wants, strict=True):
            width = want + spare / len(wants)
            right = left + width
            box = QRect(round(left), 0, round(right) - round(left), CONTROL_PX)
            button.setGeometry(box)
            left = right

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between the choices with left and right."""
        step_between(self, self.buttons, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame and the separators between choices at rest."""
        painter = QPainter(self)
        theme = current_theme()
        edge = theme.color("line_strong" if self.isEnabled() else "line")
        fill = theme.color("pressed" if theme.is_dark else "raised")
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge)
        for left, right in zip(self.buttons, self.buttons[1:], strict=False):
            if left.isChecked() or right.isChecked():
                continue
            x = right.x()
            paint_line(painter, QPointF(x, 8), QPointF(x, self.height() - 9), theme.color("line"))


class ChipSet(FittedWidget):
    """Chips that wrap to the width; one or several may be chosen.

    Signals
    -------
    picked(str)
        The value that was pressed.
    """

    picked = Signal(str)

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice],
        *,
        gap_px: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._gap_px = gap_px
        self.setAccessibleName(name)
        self.buttons = [ChoiceButton(choice, boxed=True, parent=self) for choice in choices]
        for button in self.buttons:
            button.describe(f"{name}: {button.choice.text}", button.choice.tip, button.choice.key)
            button.picked.connect(self.picked)

    def set_values(self, values: Sequence[str] | frozenset[str]) -> None:
        """Show these values as chosen."""
        for button in self.buttons:
            button.setChecked(button.choice.value in values)
        rove(self._shown())
        self.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between the chips with left and right."""
        step_between(self, self._shown(), event)

    def changeEvent(self, event: QEvent) -> None:
        """Be one stop of the keyboard again when choosing is allowed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            rove(self._shown())

    def button(self, value: str) -> ChoiceButton | None:
        """Return the chip of a value, or None."""
        return next((b for b in self.buttons if b.choice.value == value), None)

    def height_at(self, width: int) -> int:
        """Return the height of all lines of chips."""
        boxes = self._boxes(width)
        return boxes[-1].bottom() + 1 if boxes else 0

    def sizeHint(self) -> QSize:
        """Return one line of chips, or what fits the present width."""
        wide = sum(b.sizeHint().width() + self._gap_px for b in self._shown()) - self._gap_px
        width = min(wide, self.width()) if self.width() > self.least_width_px else wide
        return QSize(max(wide, 0), self.height_at(max(width, 1)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chips out."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Lay out the chips that are offered now."""
        for button, box in zip(self._shown(), self._boxes(self.width()), strict=True):
            button.setGeometry(box)
        self.refit()

    def _shown(self) -> list[ChoiceButton]:
        return [button for button in self.buttons if not button.isHidden()]

    def _boxes(self, width: int) -> list[QRect]:
        boxes = []
        left = top = 0
        for button in self._shown():
            want = button.sizeHint().width()
            if left and left + want > width:
                left, top = 0, top + CONTROL_PX + 4
            boxes.append(QRect(left, top, min(want, max(width, 1)), CONTROL_PX))
            left += want + self._gap_px
        return boxes
