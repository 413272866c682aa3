"""What stands in the way of signing, each a link to its field, and how full the report is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.domain.completeness import Check, Severity
from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import (
    paint_box,
    paint_line,
    paint_text,
    paint_wrapped,
    text_width,
    wrapped_height,
)
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, SEMIBOLD, SMALL_PX, current_theme, font

_LOOKS = {
    Severity.CONTRADICTION: ("git-compare-arrows", "critical", "contradiction, blocks signing"),
    Severity.BLOCKING: ("circle-alert", "critical", "blocks signing"),
    Severity.OPEN: ("circle-dashed", "text_muted", "open, prints as it is"),
    Severity.NOTE: ("circle", "text_muted", "note"),
}
_LEFT_PX = 28
_RIGHT_PX = 18


def field_words(field: str) -> str:
    """Return a field in words for the link: "sins.T9.pain" is "SINS T9 pain"."""
    part, _, rest = field.partition(".")
    tabs = {"sins": "SINS", "escc": "ESCC", "noms": "NOMS", "spine": "Spine", "lesion": "Lesion"}
    if part == "lesion":
        name = rest.partition(".")[2]
        return f"Lesion {name.replace('_', ' ')}".strip()
    words = rest.replace(".", " ").replace("_", " ")
    return f"{tabs.get(part, part.capitalize())} {words}".strip()


class CheckRow(PaintedControl):
    """One remark.

    Signals
    -------
    followed(str)
        The field it is mended in.
    """

    followed = Signal(str)

    def __init__(self, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check_item = check
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)
        _, _, words = _LOOKS[check.severity]
        detail = f". {check.detail}" if check.detail else ""
        link = field_words(check.field)
        self.describe(f"{check.text}{detail}, {words}, go to {link}", f"{words}. Go to {link}")

    def height_at(self, width: int) -> int:
        """Return the height that the words need at a width."""
        room = self._room(width)
        height = wrapped_height(self.check_item.text, font(BODY_PX, SEMIBOLD), room) + 13
        if self.check_item.detail:
            height += wrapped_height(
                self.check_item.detail, font(SMALL_PX), width - _LEFT_PX - _RIGHT_PX
            )
        return max(int(height + 0.999), 29)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw sign, words and link."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        icon, token, _ = _LOOKS[self.check_item.severity]
        if self.hovered:
            paint_box(painter, QRectF(self.rect()), fill=theme.color("hover"), radius_px=3.0)
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), theme.color("line"))
        paint_icon(painter, icon, QRectF(4, 6, 16, 16), theme.color(token))
        face = font(BODY_PX, SEMIBOLD)
        room = self._room(self.width())
        height = wrapped_height(self.check_item.text, face, room)
        box = QRectF(_LEFT_PX, 6, room, height)
        paint_wrapped(painter, box, self.check_item.text, face, theme.color("text"))
        if self.check_item.detail:
            below = QRectF(_LEFT_PX, 6 + height, self.width() - _LEFT_PX - _RIGHT_PX, 200)
            small = font(SMALL_PX)
            paint_wrapped(painter, below, self.check_item.detail, small, theme.color("text_muted"))
        self._paint_link(painter)

    def _paint_link(self, painter: QPainter) -> None:
        theme = current_theme()
        accent = theme.color("accent")
        text = field_words(self.check_item.field)
        width = text_width(text, font(SMALL_PX, SEMIBOLD))
        left = self.width() - _RIGHT_PX - width
        box = QRectF(left, 5, width + 1, 19)
        paint_text(painter, box, text, font(SMALL_PX, SEMIBOLD), accent)
        paint_icon(painter, "chevron-right", QRectF(self.width() - 16, 8, 14, 14), accent)

    def _room(self, width: int) -> float:
        link = text_width(field_words(self.check_item.field), font(SMALL_PX, SEMIBOLD))
        return max(width - _LEFT_PX - _RIGHT_PX - link - 10, 80)

    def _on_clicked(self) -> None:
        self.followed.emit(self.check_item.field)


class CheckList(FittedWidget):
    """The remarks, worst first.

    Signals
    -------
    followed(str)
    """

    followed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CheckRow] = []
        self._checks: tuple[Check, ...] = ()
        self.setAccessibleName("Checks before signing")

    def set_checks(self, checks: Sequence[Check]) -> None:
        """Show these remarks."""
        if tuple(checks) == self._checks:
            return
        self._checks = tuple(checks)
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [CheckRow(check, self) for check in checks]
        for row in self.rows:
            row.followed.connect(self.followed)
            row.show()
        self._arrange()

    def height_at(self, width: int) -> int:
        """Return the height of all rows."""
        return sum(row.height_at(width) for row in self.rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out."""
        self._arrange()

    def _arrange(self) -> None:
        top = 0
        for row in self.rows:
            height = row.height_at(self.width())
            row.setGeometry(0, top, self.width(), height)
            top += height
        self.refit()


class CompletenessMeter(QWidget):
    """One cell for each field: filled, open (a dash), or blocking (critical edge)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = (0, 0, 0)
        self.setFixedHeight(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_counts(self, filled: int, open_: int, blocking: int) -> None:
        """Show how many fields are filled, open and blocking."""
        self._counts = (filled, open_, blocking)
        words = f"{filled} filled, {open_} open, {blocking} block signing"
        self.setAccessibleName(f"Completeness: {words}")
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells."""
        painter = QPainter(self)
        theme = current_theme()
        total = max(sum(self._counts), 1)
        step = (self.width() + 2.0) / total
        filled, open_, _ = self._counts
        for position in range(sum(self._counts)):
            left = round(position * step)
            box = QRectF(left, 1, round((position + 1) * step) - left - 2, 10)
            if position < filled:
                painter.fillRect(box, theme.color("good"))
            elif position < filled + open_:
                paint_box(painter, box, edge=theme.color("line_strong"), radius_px=0.0)
                start, end = QPointF(box.left() + 2, 6), QPointF(box.right() - 2, 6)
                paint_line(painter, start, end, theme.color("text_muted"))
            else:
                edge = theme.color("critical")
                wash = theme.color("critical_wash")
                paint_box(painter, box, fill=wash, edge=edge, width_px=1.5, radius_px=0.0)
