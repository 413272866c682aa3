"""The SINS total as 18 cells with its two thresholds, its unknown part and three named zones."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.domain.sins import (
    MAXIMUM,
    POTENTIALLY_UNSTABLE_UP_TO,
    STABLE_UP_TO,
    category_of,
)
from workstation.domain.sins_options import SinsCategory
from workstation.domain.sins_texts import CATEGORY_TITLES
from workstation.ui.components.drawing import paint_box, paint_text, text_width
from workstation.ui.components.marks import category_mark, paint_mark
from workstation.ui.theme import LABEL_PX, REGULAR, SEMIBOLD, SMALL_PX, Theme, current_theme, font

_ZONES = (
    (SinsCategory.STABLE, 0, STABLE_UP_TO),
    (SinsCategory.POTENTIALLY_UNSTABLE, STABLE_UP_TO, POTENTIALLY_UNSTABLE_UP_TO),
    (SinsCategory.UNSTABLE, POTENTIALLY_UNSTABLE_UP_TO, MAXIMUM),
)
_FIRST = {
    SinsCategory.STABLE: 0,
    SinsCategory.POTENTIALLY_UNSTABLE: STABLE_UP_TO + 1,
    SinsCategory.UNSTABLE: POTENTIALLY_UNSTABLE_UP_TO + 1,
}
_TOP_PX = 18.0
_CELL_PX = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreView:
    """The range of a total; both ends agree when the score is complete."""

    minimum: int | None = None
    maximum: int | None = None
    prior: int | None = None
    categories: tuple[SinsCategory, ...] = ()

    @property
    def words(self) -> str:
        """The total or its range, as printed."""
        if self.minimum is None or self.maximum is None:
            return "–"
        if self.minimum == self.maximum:
            return str(self.minimum)
        return f"{self.minimum}–{self.maximum}"


class ScoreBar(QWidget):
    """18 cells; filled up to the known part, hatched over the range that is still open."""

    def __init__(self, *, compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact = compact
        self.view = ScoreView()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def set_view(self, view: ScoreView) -> None:
        """Show another total."""
        self.view = view
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of thresholds, cells and zones."""
        return QSize(360, 52)

    def minimumSizeHint(self) -> QSize:
        """Return the narrowest bar."""
        return QSize(260, 52)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        for cell in range(1, MAXIMUM + 1):
            self._paint_cell(painter, theme, cell)
        for category, start, end in _ZONES:
            self._paint_zone(painter, theme, category, start, end)
        for threshold in (STABLE_UP_TO, POTENTIALLY_UNSTABLE_UP_TO):
            self._paint_threshold(painter, theme, threshold)
        if self.view.prior is not None:
            self._paint_prior(painter, theme, self.view.prior)

    def _x(self, points: float) -> float:
        return points * self.width() / MAXIMUM

    def _paint_cell(self, painter: QPainter, theme: Theme, cell: int) -> None:
        left, right = self._x(cell - 1) + 1.0, self._x(cell) - 1.0
        box = QRectF(left, _TOP_PX, right - left, _CELL_PX)
        known = self.view.minimum or 0
        reach = self.view.maximum or 0
        if cell <= known:
            painter.fillRect(box, self._cell_color(theme, cell, known))
            return
        paint_box(painter, box, edge=theme.color("line_strong"), radius_px=0.0)
        if cell <= reach:
            hatch = QBrush(theme.color("text_muted"), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(box.adjusted(1, 1, -1, -1), hatch)

    def _cell_color(self, theme: Theme, cell: int, known: int) -> QColor:
        own = category_of(known)
        if cell >= _FIRST[own]:
            return theme.color(category_mark(own)[1])
        neutral = theme.color("line_strong")
        return neutral.lighter(112) if theme.is_dark else neutral

    def _paint_zone(
        self, painter: QPainter, theme: Theme, category: SinsCategory, start: int, end: int
    ) -> None:
        active = category in self.view.categories
        mark, token = category_mark(category)
        color = theme.color(token)
        left, right = self._x(start) + 1.0, self._x(end) - 1.0
        line = QColor(color)
        line.setAlphaF(1.0 if active else 0.45)
        painter.setPen(QPen(line, 2.0))
        base = _TOP_PX + _CELL_PX + 4.0
        painter.drawLine(QPointF(left, base), QPointF(right, base))
        first = _FIRST[category]
        span = f"{first}–{end}"
        face = font(SMALL_PX, SEMIBOLD if active else REGULAR)
        text = span if self._compact else f"{CATEGORY_TITLES[category]} {span}"
        width = text_width(text, face)
        if width + 18 > right - left and not self._compact:
            face = font(LABEL_PX, SEMIBOLD if active else REGULAR)
            width = text_width(text, face)
        start_x = left if self._compact else (left + right - width - 15) / 2.0
        start_x = min(max(start_x, 0.0), self.width() - width - 15)
        ink = color if active else theme.color("text_muted")
        paint_mark(painter, mark, QPointF(start_x + 5, base + 11), 10, ink)
        box = QRectF(start_x + 15, base + 2, width + 2, 18)
        paint_text(painter, box, text, face, ink)

    def _paint_threshold(self, painter: QPainter, theme: Theme, threshold: int) -> None:
        x = round(self._x(threshold)) + 0.0
        painter.setPen(QPen(theme.color("text"), 1.0))
        painter.drawLine(QPointF(x, 2), QPointF(x, _TOP_PX + _CELL_PX + 3))
        if self._compact:
            return
        face = font(LABEL_PX, SEMIBOLD)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        muted = theme.color("text_muted")
        paint_text(painter, QRectF(x - 24, 0, 21, 15), str(threshold), face, muted, right)
        paint_text(painter, QRectF(x + 4, 0, 21, 15), str(threshold + 1), face, muted)

    def _paint_prior(self, painter: QPainter, theme: Theme, prior: int) -> None:
        x = self._x(prior - 0.5)
        ink = theme.color("text_muted")
        painter.setPen(QPen(ink, 1.25))
        points = [QPointF(x - 4, 11), QPointF(x + 4, 11), QPointF(x, 17)]
        painter.drawPolygon(points)
        face = font(LABEL_PX, SEMIBOLD)
        center = Qt.AlignmentFlag.AlignCenter
        paint_text(painter, QRectF(x - 30, -3, 60, 14), f"prior {prior}", face, ink, center)

    def _describe(self) -> None:
        words = " or ".join(CATEGORY_TITLES[c].lower() for c in self.view.categories)
        name = f"SINS {self.view.words} of {MAXIMUM}" + (f", {words}" if words else "")
        self.setAccessibleName(name)
        self.setToolTip(name)
