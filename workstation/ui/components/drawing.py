"""Drawing shared by the controls: boxes, key badges, lines on the half pixel, wrapped text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from workstation.ui.icons import paint_icon
from workstation.ui.theme import LABEL_PX, SEMIBOLD, current_theme, font

KEY_HEIGHT_PX = 18.0
_WRAP = int(Qt.TextFlag.TextWordWrap)

_KEY_ICONS = {"Backspace": "delete"}
"""Keys that are shown as a picture; their name stays in the tooltip."""


def paint_box(
    painter: QPainter,
    rect: QRectF,
    *,
    fill: QColor | None = None,
    edge: QColor | None = None,
    width_px: float = 1.0,
    dashed: bool = False,
    radius_px: float = 4.0,
) -> None:
    """Draw a rounded box whose edge lies inside ``rect``, on the half pixel."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = width_px / 2.0
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
        inset = 0.0
    else:
        pen = QPen(edge, width_px)
        if dashed:
            pen.setDashPattern([4.0 / width_px, 3.0 / width_px])
        painter.setPen(pen)
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius_px, radius_px)
    painter.restore()


def mixed_color(over: QColor, under: QColor, share: float) -> QColor:
    """Return a solid color: ``share`` of one over the rest of another."""
    return QColor.fromRgbF(
        share * over.redF() + (1.0 - share) * under.redF(),
        share * over.greenF() + (1.0 - share) * under.greenF(),
        share * over.blueF() + (1.0 - share) * under.blueF(),
    )


def paint_line(painter: QPainter, start: QPointF, end: QPointF, color: QColor) -> None:
    """Draw a hairline of one logical pixel without blur."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(color, 1.0))
    painter.drawLine(start, end)
    painter.restore()


def key_width(text: str) -> float:
    """Return the width of a key badge, px."""
    if text in _KEY_ICONS:
        return KEY_HEIGHT_PX
    advance = QFontMetricsF(font(LABEL_PX, SEMIBOLD)).horizontalAdvance(text)
    return max(advance + 8.0, KEY_HEIGHT_PX)


def paint_key(
    painter: QPainter,
    text: str,
    at: QPointF,
    *,
    selected: bool = False,
    color: QColor | None = None,
    edge: QColor | None = None,
) -> QRectF:
    """Draw a key badge with its left top corner at ``at`` and return its box."""
    theme = current_theme()
    rect = QRectF(at.x(), at.y(), key_width(text), KEY_HEIGHT_PX)
    ink = theme.color("on_accent") if selected else color or theme.color("text_muted")
    paint_box(
        painter,
        rect,
        fill=theme.color("accent") if selected else None,
        edge=None if selected else edge or theme.color("line_strong"),
        radius_px=3.0,
    )
    if text in _KEY_ICONS:
        paint_icon(painter, _KEY_ICONS[text], rect.adjusted(3, 3, -3, -3), ink)
        return rect
    paint_text(painter, rect, text, font(LABEL_PX, SEMIBOLD), ink, Qt.AlignmentFlag.AlignCenter)
    return rect


def paint_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    face: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    """Draw one line of plain text, never shortened."""
    painter.setFont(face)
    painter.setPen(color)
    painter.drawText(rect, int(align) | int(Qt.TextFlag.TextDontClip), text)


def paint_wrapped(
    painter: QPainter,
    rect: QRectF,
    text: str,
    face: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw plain text broken at words, from the top of ``rect``."""
    painter.setFont(face)
    painter.setPen(color)
    painter.drawText(rect, int(align) | int(Qt.AlignmentFlag.AlignTop) | _WRAP, text)


def wrapped_height(text: str, face: QFont, width_px: float) -> float:
    """Return the height that plain text needs at a width, px."""
    if not text:
        return 0.0
    box = QRectF(0, 0, max(width_px, 1.0), 10000)
    return QFontMetricsF(face).boundingRect(box, _WRAP, text).height()


def text_width(text: str, face: QFont) -> float:
    """Return the width of one line of text, px."""
    return QFontMetricsF(face).horizontalAdvance(text)
