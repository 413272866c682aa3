"""Draws overlay primitives with QPainter: the same on screen, in key images and in snapshots.

Primitive coordinates count from the center of the top left pixel; the painter is moved by half a
pixel for that. Text has a halo (a stroked path below it), lines have one on each side.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from workstation.rendering.primitives import (
    Anchor,
    Chip,
    Dash,
    Ellipse,
    Gradient,
    Ink,
    Line,
    Measure,
    Polyline,
    Primitive,
    Rect,
    Stroke,
    Text,
    TextStyle,
)
from workstation.ui.theme import BOLD, REGULAR, SEMIBOLD, Theme, current_theme, font

_STYLES: dict[TextStyle, tuple[int, int]] = {
    TextStyle.TITLE: (13, SEMIBOLD),
    TextStyle.BODY: (12, REGULAR),
    TextStyle.LABEL: (12, SEMIBOLD),
    TextStyle.LETTER: (14, BOLD),
}
_DASHES_PX: dict[Dash, tuple[float, ...]] = {Dash.DASHED: (5.0, 4.0), Dash.DOTTED: (1.5, 3.0)}
_LINE_HALO_ALPHA = 0.65
_THIN_PX = 1.4
_LEVEL_PX = 0.05
_HATCH_STEP_PX = 7.0
_HATCH_LINE_PX = 1.2
_CHIP_RADIUS = 3.0
_CHIP_PAD_PX = 6.0

GLYPHS = {
    "▲": Ink.UNSTABLE,
    "◆": Ink.POTENTIALLY_UNSTABLE,
    "●": Ink.STABLE,
    "○": Ink.UNGRADED,
    "•": Ink.EVIDENCE,
    "⚠": Ink.WARNING,
}
"""First characters of a text that are drawn as shapes, so that they look the same in every font."""
_GLYPH_PX = 9.0
_GLYPH_ROOM_PX = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayStyle:
    """How the overlay of one pane is colored and sized.

    Parameters
    ----------
    light : bool
        The picture is dark on white.
    fused : bool
        A color layer lies over another.
    larger_px : int
        Pixels added to every text, 0 or 1.
    """

    light: bool = False
    fused: bool = False
    larger_px: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneDrawing:
    """Everything that is drawn over one frame, from below."""

    primitives: tuple[Primitive, ...] = ()
    style: OverlayStyle = field(default_factory=OverlayStyle)


def text_font(style: TextStyle, larger_px: int = 0) -> QFont:
    """Return the font of a text style."""
    size, weight = _STYLES[style]
    return font(size + larger_px, weight)


@functools.lru_cache(maxsize=16)
def _metrics(style: TextStyle, larger_px: int) -> QFontMetricsF:
    return QFontMetricsF(text_font(style, larger_px))


@functools.lru_cache(maxsize=4096)
def _extent(text: str, style: TextStyle, larger_px: int) -> tuple[float, float]:
    metrics = _metrics(style, larger_px)
    glyph, rest = _split_glyph(text)
    room = _GLYPH_ROOM_PX if glyph else 0.0
    return (room + metrics.horizontalAdvance(rest), metrics.height())


def text_measure(larger_px: int = 0) -> Measure:
    """Return the function that gives width and height of a text, logical px."""

    def measure(text: str, style: TextStyle) -> tuple[float, float]:
        return _extent(text, style, larger_px)

    return measure


def _split_glyph(text: str) -> tuple[str, str]:
    if text[:1] in GLYPHS:
        return text[0], text[1:].lstrip()
    return "", text


def paint_drawing(painter: QPainter, drawing: PaneDrawing) -> None:
    """Draw the overlay of one pane; the painter's unit is a logical pixel."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(0.5, 0.5)
    brush = _Brush(painter, drawing.style, current_theme())
    brush.paint(drawing.primitives)
    painter.restore()


@functools.lru_cache(maxsize=512)
def _text_path(text: str, style: TextStyle, larger_px: int) -> QPainterPath:
    path = QPainterPath()
    path.addText(QPointF(0.0, 0.0), text_font(style, larger_px), text)
    return path


@functools.lru_cache(maxsize=2048)
def _text_image(
    words: tuple[str, TextStyle, int], color: int, halo: int, halo_px: float, scale: float
) -> QImage:
    """Return a text with its halo as a picture; stroking a path costs a millisecond each time."""
    text, style, larger_px = words
    metrics = _metrics(style, larger_px)
    width = metrics.horizontalAdvance(text) + 2 * halo_px
    height = metrics.height() + 2 * halo_px
    image = QImage(
        math.ceil(width * scale) + 1,
        math.ceil(height * scale) + 1,
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.translate(halo_px, halo_px + metrics.ascent())
    path = _text_path(text, style, larger_px)
    if halo:
        pen = QPen(QColor.fromRgba(halo), halo_px)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
    painter.fillPath(path, QBrush(QColor.fromRgba(color)))
    painter.end()
    image.setDevicePixelRatio(scale)
    return image


class _Brush:
    """Draws each kind of primitive in the colors of one pane."""

    def __init__(self, painter: QPainter, style: OverlayStyle, theme: Theme) -> None:
        self.painter = painter
        self.style = style
        self.tokens = dict(theme.overlay)
        if style.light:
            self.tokens.update(theme.overlay_on_light)
        if style.fused:
            self.tokens.update(theme.overlay_on_fusion)

    def paint(self, primitives: Iterable[Primitive]) -> None:
        """Draw primitives in their order."""
        draw = {
            Text: self.text,
            Line: self.line,
            Polyline: self.polyline,
            Ellipse: self.ellipse,
            Rect: self.rect,
            Chip: self.chip,
            Gradient: self.gradient,
        }
        for primitive in primitives:
            draw[type(primitive)](primitive)  # type: ignore[operator]

    def color(self, ink: Ink, alpha: float = 1.0) -> QColor:
        """Return the color of an ink on this pane."""
        color = QColor(str(self.tokens[ink.value]))
        color.setAlphaF(alpha)
        return color

    def halo_color(self, alpha: float | None = None) -> QColor:
        """Return the color around texts and lines."""
        color = QColor(str(self.tokens["halo"]))
        color.setAlphaF(float(self.tokens["halo_alpha"]) if alpha is None else alpha)
        return color

    def scrim_color(self) -> QColor:
        """Return the color below tags."""
        color = QColor(str(self.tokens["scrim"]))
        color.setAlphaF(float(self.tokens["scrim_alpha"]))
        return color

    def text(self, text: Text) -> None:
        """Draw one line of text."""
        width, height = _extent(text.text, text.style, self.style.larger_px)
        left = text.x - _share(text.anchor, "left", "right") * width
        top = text.y - _share(text.anchor, "top", "bottom") * height
        self.text_at(left, top, text.text, text.style, self.color(text.color), halo=text.halo)

    def text_at(
        self, left: float, top: float, text: str, style: TextStyle, color: QColor, *, halo: bool
    ) -> None:
        """Draw a text, its first character as a shape where it is one."""
        glyph, rest = _split_glyph(text)
        metrics = _metrics(style, self.style.larger_px)
        if glyph:
            self.glyph(glyph, QPointF(left + _GLYPH_PX / 2, top + metrics.height() / 2), color)
            left += _GLYPH_ROOM_PX
        if not rest:
            return
        transform = self.painter.deviceTransform()
        around = self.halo_color().rgba() if halo else 0
        halo_px = float(self.tokens["halo_px"])
        image = _text_image(
            (rest, style, self.style.larger_px), color.rgba(), around, halo_px, transform.m11()
        )
        # On whole device pixels the picture is copied, not resampled.
        corner = transform.map(QPointF(left - halo_px, top - halo_px))
        whole = QPointF(round(corner.x()), round(corner.y()))
        self.painter.drawImage(transform.inverted()[0].map(whole), image)

    def glyph(self, glyph: str, center: QPointF, color: QColor) -> None:
        """Draw the shape of a state: disc, diamond, triangle, ring, dot or warning triangle."""
        half = _GLYPH_PX / 2
        ring = glyph in "○⚠"
        self.painter.setPen(QPen(color, 1.5) if ring else Qt.PenStyle.NoPen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush if ring else QBrush(color))
        if glyph in "●○•":
            radius = half - 0.75 if glyph != "•" else half - 1.0
            self.painter.drawEllipse(center, radius, radius)
            return
        self.painter.drawPolygon(_glyph_polygon(glyph, center, half))
        if glyph == "⚠":
            x, y = center.x(), center.y()
            self.painter.drawLine(QLineF(x, y - 1.5, x, y + 1.0))
            self.painter.drawPoint(QPointF(x, y + 2.6))

    def line(self, line: Line) -> None:
        """Draw a straight line."""
        start, end = _on_pixels(line)
        path = QPainterPath(start)
        path.lineTo(end)
        self._stroke(path, line.stroke)

    def polyline(self, polyline: Polyline) -> None:
        """Draw joined lines, filled when closed."""
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(*point) for point in polyline.points]))
        if polyline.closed:
            path.closeSubpath()
            if polyline.fill_alpha > 0:
                self._fill(path, polyline.stroke.color, polyline.fill_alpha)
        self._stroke(path, polyline.stroke)

    def ellipse(self, ellipse: Ellipse) -> None:
        """Draw an ellipse, filled where it says so."""
        path = QPainterPath()
        path.addEllipse(QPointF(0.0, 0.0), *ellipse.radii)
        self.painter.save()
        self.painter.translate(*ellipse.center)
        self.painter.rotate(ellipse.rotation_deg)
        if ellipse.fill_alpha > 0:
            self._fill(path, ellipse.stroke.color, ellipse.fill_alpha)
        self._stroke(path, ellipse.stroke)
        self.painter.restore()

    def rect(self, rect: Rect) -> None:
        """Draw a rectangle: area, hatching, edge."""
        area = QRectF(rect.x, rect.y, rect.width, rect.height)
        path = QPainterPath()
        path.addRoundedRect(area, rect.radius, rect.radius)
        if rect.fill is not None:
            self._fill(path, rect.fill, rect.fill_alpha)
        if rect.hatched and rect.edge is not None:
            self._hatch(area, self.color(rect.edge))
        if rect.edge is not None:
            self._stroke(path, Stroke(color=rect.edge, dash=rect.dash, halo=False))

    def chip(self, chip: Chip) -> None:
        """Draw a text in a box on the scrim."""
        area = QRectF(chip.x, chip.y, chip.width, chip.height)
        color = self.color(chip.color)
        self.painter.setPen(QPen(color, 1.0) if _has_edge(chip) else Qt.PenStyle.NoPen)
        if chip.dash is not Dash.SOLID:
            self.painter.setPen(_pen(color, 1.0, chip.dash))
        self.painter.setBrush(color if chip.filled else self.scrim_color())
        self.painter.drawRoundedRect(area, _CHIP_RADIUS, _CHIP_RADIUS)
        extents = [_extent(line, TextStyle.LABEL, self.style.larger_px) for line in chip.lines]
        top = chip.y + (chip.height - sum(height for _, height in extents)) / 2
        for number, (line, (width, height)) in enumerate(zip(chip.lines, extents, strict=True)):
            ink = self._chip_ink(chip, number)
            left = chip.x + min(_CHIP_PAD_PX, max((chip.width - width) / 2, 0.0))
            style = TextStyle.LABEL if number == 0 else TextStyle.BODY
            self.text_at(left, top, line, style, ink, halo=False)
            top += height

    def _chip_ink(self, chip: Chip, number: int) -> QColor:
        if chip.filled:
            return QColor(str(self.tokens["scrim"]))
        return self.color(chip.color if number == 0 else Ink.TEXT)

    def gradient(self, bar: Gradient) -> None:
        """Draw a vertical bar of colors."""
        ramp = QLinearGradient(bar.x, bar.y, bar.x, bar.y + bar.height)
        last = max(len(bar.colors) - 1, 1)
        for number, rgb in enumerate(bar.colors):
            ramp.setColorAt(number / last, QColor(*rgb))
        area = QRectF(QPointF(bar.x, bar.y), QSizeF(bar.width, bar.height))
        self.painter.fillRect(area, ramp)
        self.painter.setPen(QPen(self.color(Ink.TEXT_MUTED), 1.0))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(area)

    def _fill(self, path: QPainterPath, ink: Ink, alpha: float) -> None:
        self.painter.fillPath(path, QBrush(self.color(ink, alpha)))

    def _stroke(self, path: QPainterPath, stroke: Stroke) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        if stroke.halo:
            halo = self.halo_color(_LINE_HALO_ALPHA)
            self.painter.setPen(_pen(halo, stroke.width + 2.0, stroke.dash))
            self.painter.drawPath(path)
        self.painter.setPen(_pen(self.color(stroke.color), stroke.width, stroke.dash))
        self.painter.drawPath(path)

    def _hatch(self, area: QRectF, color: QColor) -> None:
        self.painter.save()
        self.painter.setClipRect(area)
        self.painter.setPen(QPen(color, _HATCH_LINE_PX))
        x = area.left() - area.height()
        while x < area.right():
            self.painter.drawLine(QLineF(x, area.bottom(), x + area.height(), area.top()))
            x += _HATCH_STEP_PX
        self.painter.restore()


def _pen(color: QColor, width: float, dash: Dash) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash in _DASHES_PX:
        # Qt counts dashes in pen widths; the halo is wider than its line and needs the same px.
        pen.setDashPattern([length / width for length in _DASHES_PX[dash]])
    return pen


def _on_pixels(line: Line) -> tuple[QPointF, QPointF]:
    """Return the ends of a line; an upright or level thin one lands on whole pixels."""
    (x0, y0), (x1, y1) = line.start, line.end
    if line.stroke.width <= _THIN_PX:
        if abs(x0 - x1) < _LEVEL_PX:
            x0 = x1 = round((x0 + x1) / 2)
        elif abs(y0 - y1) < _LEVEL_PX:
            y0 = y1 = round((y0 + y1) / 2)
    return QPointF(x0, y0), QPointF(x1, y1)


def _share(anchor: Anchor, low: str, high: str) -> float:
    if low in anchor.value:
        return 0.0
    return 1.0 if high in anchor.value else 0.5


def _has_edge(chip: Chip) -> bool:
    return not chip.filled and chip.color in (Ink.WARNING, Ink.EVIDENCE, Ink.TEXT_MUTED)


def _glyph_polygon(glyph: str, center: QPointF, half: float) -> QPolygonF:
    x, y = center.x(), center.y()
    corners = [(x, y - half), (x + half, y + half * 0.8), (x - half, y + half * 0.8)]
    if glyph == "◆":
        corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
    return QPolygonF([QPointF(*corner) for corner in corners])
