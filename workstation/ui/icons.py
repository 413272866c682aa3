"""Icons from ``resources/icons``, drawn at device size in the color of a token.

The files are lucide icons (ISC) on a grid of 24; their stroke is set to 1.75 for 18 px and to 2
for smaller sizes.
"""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workstation.base.errors import WorkstationError
from workstation.base.paths import resource_path
from workstation.ui.theme import ThemeName, current_theme, load_theme

ICON_PX = 18
ICON_SMALL_PX = 14

_DEVICE_RATIOS = (1.0, 1.25, 1.5, 2.0)


@functools.cache
def _source(name: str) -> str:
    path = resource_path("icons", f"{name}.svg")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WorkstationError(
            "An icon of the window is missing; Batson is not installed completely.",
            detail=name,
            code="icon",
        ) from error


@functools.lru_cache(maxsize=256)
def _renderer(name: str, color: str, stroke: str) -> QSvgRenderer:
    text = _source(name).replace("currentColor", color)
    text = text.replace('stroke-width="2"', f'stroke-width="{stroke}"', 1)
    return QSvgRenderer(QByteArray(text.encode("utf-8")))


def paint_icon(painter: QPainter, name: str, rect: QRectF, color: QColor) -> None:
    """Draw an icon into ``rect``; sharp at every scale, since it stays a vector."""
    stroke = "1.75" if rect.width() >= ICON_PX else "2"
    opacity = painter.opacity()
    painter.setOpacity(opacity * color.alphaF())
    _renderer(name, color.name(), stroke).render(painter, rect)
    painter.setOpacity(opacity)


def icon_pixmap(name: str, color: QColor, size_px: int, device_ratio: float) -> QPixmap:
    """Return an icon as a picture of ``size_px`` logical pixels at a device pixel ratio."""
    pixels = max(round(size_px * device_ratio), 1)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scale = pixels / size_px
    painter.scale(scale, scale)
    try:
        paint_icon(painter, name, QRectF(0, 0, size_px, size_px), color)
    finally:
        # A picture that dies under an active painter takes the process with it.
        painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def icon(name: str, token: str = "text_muted", size_px: int = ICON_PX) -> QIcon:
    """Return an icon for a button in the current theme; ask again after a change of theme."""
    return _icon(name, token, size_px, current_theme().name)


@functools.cache
def _icon(name: str, token: str, size_px: int, theme_name: ThemeName) -> QIcon:
    theme = load_theme(theme_name)
    made = QIcon()
    for ratio in _DEVICE_RATIOS:
        made.addPixmap(icon_pixmap(name, theme.color(token), size_px, ratio))
        disabled = icon_pixmap(name, theme.color("text_disabled"), size_px, ratio)
        made.addPixmap(disabled, QIcon.Mode.Disabled)
        on = icon_pixmap(name, theme.color("accent"), size_px, ratio)
        made.addPixmap(on, QIcon.Mode.Normal, QIcon.State.On)
    return made


def icon_size(size_px: int = ICON_PX) -> QSize:
    """Return the size of a square icon."""
    return QSize(size_px, size_px)
