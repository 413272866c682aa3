"""A field on one line: evidence, key, name, answer, points; a press opens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import (
    KEY_HEIGHT_PX,
    paint_box,
    paint_key,
    paint_line,
    paint_text,
    text_width,
)
from workstation.ui.components.evidence import EvidenceState, paint_evidence
from workstation.ui.components.marks import paint_not_assessed, paint_unknown
from workstation.ui.icons import paint_icon
from workstation.ui.theme import (
    BODY_PX,
    REGULAR,
    SEMIBOLD,
    SMALL_PX,
    TITLE_PX,
    Theme,
    current_theme,
    font,
)


class AnswerKind(StrEnum):
    """Whether there is an answer; the three kinds never look alike."""

    ANSWER = "answer"
    UNKNOWN = "unknown"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """What a row shows.

    Parameters
    ----------
    key, name, answer : str
    kind : AnswerKind
    points : str
        "3", or the range "0-3" while the answer is missing; empty for a field without points.
    filled, boxes : int
        Filled and all boxes of the mini bar.
    evidence : EvidenceState
    note : str
        A second line, such as who stated the answer.
    caution : str
        What is wrong with the answer; shown at the field in the color of caution.
    agreement : str
        Published agreement of a weak item ("κ 0.21–0.24"); empty where readers agree.
    """

    key: str
    name: str
    answer: str
    kind: AnswerKind = AnswerKind.ANSWER
    points: str = ""
    filled: int = 0
    boxes: int = 0
    evidence: EvidenceState = EvidenceState.NONE
    note: str = ""
    caution: str = ""
    agreement: str = ""


def paint_mini_points(painter: QPainter, right: float, middle: float, view: ItemView) -> float:
    """Draw the boxes of the points, right aligned at ``right``; return their left edge."""
    theme = current_theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    size, gap = 7.0, 2.0
    left = right - view.boxes * (size + gap) + gap
    for position in range(view.boxes):
        box = QRectF(left + position * (size + gap), middle - size / 2, size, size)
        if position < view.filled:
            painter.fillRect(box, theme.color("text"))
            continue
        pen = QPen(theme.color("line_strong"), 1.0)
        if view.kind is not AnswerKind.ANSWER:
            pen.setDashPattern([1.5, 1.5])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()
    return left


_POINTS_LEFT_PX = 70.0


class ItemRow(PaintedControl):
    """The closed form of a field.

    Signals
    -------
    opened(str)
        The key of the field.
    """

    opened = Signal(str)

    def __init__(
        self, view: ItemView, *, name_px: int = 100, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.view = view
        self._name_px = name_px
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)
        self._describe()

    def set_view(self, view: ItemView) -> None:
        """Show another answer."""
        if view == self.view:
            return
        self.view = view
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line, two with a note."""
        return QSize(360, 50 if self._second_line() else 34)

    def minimumSizeHint(self) -> QSize:
        """Return the narrowest row."""
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        if self.hovered:
            paint_box(painter, QRectF(self.rect()), fill=theme.color("raised"), radius_px=3.0)
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), theme.color("line"))
        middle = 17.0
        paint_evidence(painter, self.view.evidence, QPointF(9, middle))
        paint_key(painter, self.view.key, QPointF(22, middle - KEY_HEIGHT_PX / 2))
        left = 58.0
        face = font(BODY_PX, SEMIBOLD)
        name = QRectF(left, 0, self._name_px, 34)
        paint_text(painter, name, self.view.name, face, theme.color("text"))
        self._paint_answer(painter, theme, left + self._name_px + 4)
        self._paint_points(painter, theme, middle)

    def _paint_answer(self, painter: QPainter, theme: Theme, left: float) -> None:
        view = self.view
        middle = 17.0
        ink = theme.color("text" if view.kind is AnswerKind.ANSWER else "text_muted")
        start = left
        if view.kind is AnswerKind.UNKNOWN:
            paint_unknown(painter, QPointF(left + 7, middle), 15, ink)
            start = left + 20
        elif view.kind is AnswerKind.NOT_ASSESSED:
            paint_not_assessed(painter, QPointF(left + 7, middle), 15, ink)
            start = left + 20
        room = self.width() - _POINTS_LEFT_PX - start
        size = BODY_PX if text_width(view.answer, font(BODY_PX)) <= room else SMALL_PX
        box = QRectF(start, 0, room, 34)
        paint_text(painter, box, view.answer, font(size), ink)
        second = self._second_line()
        if second:
            token = "caution" if view.caution else "text_muted"
            line = QRectF(left, 27, self.width() - left, 18)
            paint_text(painter, line, second, font(SMALL_PX), theme.color(token))

    def _paint_points(self, painter: QPainter, theme: Theme, middle: float) -> None:
        view = self.view
        if not view.points:
            return
        left = paint_mini_points(painter, self.width() - 1.0, middle, view)
        left = min(left, self.width() - 1.0 - 3 * 9.0 + 2.0)
        box = QRectF(left - 44, 0, 38, 34)
        known = view.kind is AnswerKind.ANSWER
        face = font(14 if known else BODY_PX, SEMIBOLD if known else REGULAR)
        ink = theme.color("text" if known else "text_muted")
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        paint_text(painter, box, view.points, face, ink, align)

    def _second_line(self) -> str:
        return self.view.caution or self.view.note

    def _describe(self) -> None:
        view = self.view
        parts = [view.name, view.answer]
        if view.points:
            parts.append(f"{view.points} points")
        parts.append(view.evidence.value)
        if self._second_line():
            parts.append(self._second_line())
        name = ", ".join(parts)
        self.describe(name, f"Open {view.name}", " ".join(view.key) if view.points else view.key)

    def _on_clicked(self) -> None:
        self.opened.emit(self.view.key)


class CardHead(PaintedControl):
    """The head of the open field: key, name, published agreement, points; a press closes it."""

    def __init__(self, view: ItemView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self._short = False
        self.setFixedHeight(30)
        self.set_view(view)

    def set_view(self, view: ItemView) -> None:
        """Show another answer."""
        self.view = view
        points = f", {view.points} points" if view.points else ""
        weak = f", readers disagree, {view.agreement}" if view.agreement else ""
        tip = f"Close {view.name}"
        if view.agreement:
            tip += (
                f"\nPublished agreement between readers {view.agreement}: Fourney 2011, Campos 2014"
            )
        self.describe(f"{view.name}, open{points}{weak}", tip, "Esc")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the head."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        middle = self.height() / 2.0
        paint_evidence(painter, self.view.evidence, QPointF(7, middle))
        at = QPointF(20, middle - KEY_HEIGHT_PX / 2)
        paint_key(painter, self.view.key, at, selected=True)
        face = font(TITLE_PX - 1, SEMIBOLD)
        width = text_width(self.view.name, face)
        name = QRectF(54, 0, width + 2, self.height())
        paint_text(painter, name, self.view.name, face, theme.color("text"))
        if self.view.agreement:
            self._paint_agreement(painter, 54 + width + 10, theme.color("caution"))
        left = paint_mini_points(painter, self.width() - 1.0, middle, self.view)
        left = min(left, self.width() - 1.0 - 3 * 9.0 + 2.0)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        box = QRectF(left - 44, 0, 38, self.height())
        paint_text(painter, box, self.view.points, face, theme.color("text"), align)

    def _paint_agreement(self, painter: QPainter, left: float, color: QColor) -> None:
        face = font(SMALL_PX, SEMIBOLD)
        long = f"readers disagree  {self.view.agreement}"
        room = self.width() - left - 84
        text = long if text_width(long, face) + 34 <= room else self.view.agreement
        width = text_width(text, face) + 32
        pill = QRectF(left, (self.height() - 20) / 2.0, width, 20)
        wash = current_theme().color("caution_wash")
        paint_box(painter, pill, fill=wash, edge=color, radius_px=10.0)
        paint_icon(painter, "users-round", QRectF(left + 8, pill.y() + 3.5, 13, 13), color)
        paint_text(painter, pill.adjusted(25, 0, 0, 0), text, face, color)
