"""Marks drawn as vectors: stability by shape and color, state of a tab, evidence, missing values.

Color never stands alone: each mark has its own shape and, where it is used, its word.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.domain.sins import SinsCategory
from workstation.ui.theme import current_theme


class Mark(StrEnum):
    """Shape of a grade."""

    DISC = "disc"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    RING = "ring"


class FormState(StrEnum):
    """How far a form is filled; shown before the name of its tab."""

    EMPTY = "empty"
    PARTLY = "partly answered"
    COMPLETE = "complete"
    ALERT = "needs attention"


_CATEGORY_MARKS = {
    SinsCategory.STABLE: (Mark.DISC, "good"),
    SinsCategory.POTENTIALLY_UNSTABLE: (Mark.DIAMOND, "caution"),
    SinsCategory.UNSTABLE: (Mark.TRIANGLE, "critical"),
}


def category_mark(category: SinsCategory | None) -> tuple[Mark, str]:
    """Return shape and color token of a stability category; a muted ring for none."""
    if category is None:
        return (Mark.RING, "text_muted")
    return _CATEGORY_MARKS[category]


def paint_mark(
    painter: QPainter, mark: Mark, center: QPointF, size_px: float, color: QColor
) -> None:
    """Draw a mark of about ``size_px`` around ``center``."""
    half = size_px / 2.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark is Mark.RING:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1.5))
        painter.drawEllipse(center, half - 0.75, half - 0.75)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPath(_filled(mark, center, half))
    painter.restore()


def _filled(mark: Mark, center: QPointF, half: float) -> QPainterPath:
    path = QPainterPath()
    x, y = center.x(), center.y()
    if mark is Mark.DISC:
        path.addEllipse(center, half * 0.9, half * 0.9)
    elif mark is Mark.DIAMOND:
        corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
        path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    else:
        top, base = y - half * 0.92, y + half * 0.82
        corners = [(x, top), (x + half, base), (x - half, base)]
        path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    path.closeSubpath()
    return path


def paint_form_state(
    painter: QPainter, state: FormState, center: QPointF, size_px: float, color: QColor
) -> None:
    """Draw ring, half disc or disc; the alert is a triangle in the color of critical."""
    if state is FormState.ALERT:
        critical = current_theme().color("critical")
        paint_mark(painter, Mark.TRIANGLE, center, size_px + 1.0, critical)
        return
    if state is FormState.COMPLETE:
        paint_mark(painter, Mark.DISC, center, size_px + 1.0, color)
        return
    paint_mark(painter, Mark.RING, center, size_px, color)
    if state is FormState.PARTLY:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        half = size_px / 2.0 - 0.5
        box = QRectF(center.x() - half, center.y() - half, 2 * half, 2 * half)
        painter.drawPie(box, 90 * 16, 180 * 16)
        painter.restore()


def paint_unknown(painter: QPainter, center: QPointF, size_px: float, color: QColor) -> None:
    """Draw the dotted ring with a question mark: asked, and not knowable."""
    half = size_px / 2.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, 1.25)
    pen.setDashPattern([1.4, 1.5])
    painter.setPen(pen)
    painter.drawEllipse(center, half - 0.7, half - 0.7)
    pen = QPen(color, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    path = QPainterPath(QPointF(center.x() - half * 0.3, center.y() - half * 0.22))
    path.cubicTo(
        QPointF(center.x() - half * 0.28, center.y() - half * 0.62),
        QPointF(center.x() + half * 0.42, center.y() - half * 0.6),
        QPointF(center.x() + half * 0.3, center.y() - half * 0.14),
    )
    path.quadTo(
        QPointF(center.x() + half * 0.2, center.y() + half * 0.02),
        QPointF(center.x(), center.y() + half * 0.14),
    )
    painter.drawPath(path)
    painter.drawPoint(QPointF(center.x(), center.y() + half * 0.46))
    painter.restore()


def paint_not_assessed(painter: QPainter, center: QPointF, size_px: float, color: QColor) -> None:
    """Draw the solid ring with a dash: nobody looked."""
    half = size_px / 2.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.25, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(center, half - 0.7, half - 0.7)
    reach = half * 0.36
    painter.drawLine(
        QPointF(center.x() - reach, center.y()), QPointF(center.x() + reach, center.y())
    )
    painter.restore()


class MarkLabel(QWidget):
    """A mark on its own, beside its word."""

    def __init__(self, parent: QWidget | None = None, *, size_px: int = 11) -> None:
        super().__init__(parent)
        self._size_px = size_px
        self._mark = Mark.RING
        self._token = "text_muted"
        self.setFixedSize(size_px + 2, size_px + 2)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_mark(self, mark: Mark, token: str) -> None:
        """Show this shape in the color of this token."""
        self._mark, self._token = mark, token
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the mark with a pixel around it."""
        return QSize(self._size_px + 2, self._size_px + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark in the middle."""
        painter = QPainter(self)
        center = QPointF(self.width() / 2.0, self.height() / 2.0)
        paint_mark(painter, self._mark, center, self._size_px, current_theme().color(self._token))
