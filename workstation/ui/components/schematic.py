"""Schematic drawings from ``resources/diagrams``, whole and in proportion at device size."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from workstation.base.errors import WorkstationError
from workstation.base.paths import resource_path

DISABLED_OPACITY = 0.38


@functools.cache
def diagram_source(name: str) -> str:
    """Return the drawing ``name`` as SVG text.

    Raises
    ------
    WorkstationError
        When the drawing is not installed.
    """
    path = resource_path("diagrams", f"{name}.svg")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WorkstationError(
            "A drawing of the forms is missing; Batson is not installed completely.",
            detail=name,
            code="diagram",
        ) from error


@functools.lru_cache(maxsize=96)
def svg_renderer(text: str) -> QSvgRenderer:
    """Return a renderer that keeps the proportions of the drawing."""
    renderer = QSvgRenderer(QByteArray(text.encode("utf-8")))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return renderer


@functools.cache
def _renderer(name: str) -> QSvgRenderer:
    return svg_renderer(diagram_source(name))


@functools.lru_cache(maxsize=256)
def _pixmap(name: str, width: int, height: int, mirrored: bool) -> QPixmap:
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mirrored:
        painter.translate(width, 0)
        painter.scale(-1, 1)
    _renderer(name).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap


def paint_schematic(
    painter: QPainter, name: str, rect: QRectF, *, mirrored: bool = False, dimmed: bool = False
) -> None:
    """Draw a schematic into ``rect``.

    ``mirrored`` swaps the sides of a drawing that stands for one side of the patient.
    """
    ratio = painter.device().devicePixelRatioF()
    size = QSize(max(round(rect.width() * ratio), 1), max(round(rect.height() * ratio), 1))
    pixmap = QPixmap(_pixmap(name, size.width(), size.height(), mirrored))
    pixmap.setDevicePixelRatio(ratio)
    painter.save()
    if dimmed:
        painter.setOpacity(painter.opacity() * DISABLED_OPACITY)
    painter.drawPixmap(QPointF(rect.x(), rect.y()), pixmap)
    painter.restore()


class Schematic(QWidget):
    """One schematic on its own."""

    def __init__(self, name: str, description: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setAccessibleName(description)
        self.setToolTip(description)

    def set_schematic(self, name: str, description: str) -> None:
        """Show another drawing."""
        self._name = name
        self.setAccessibleName(description)
        self.setToolTip(description)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in proportion."""
        paint_schematic(QPainter(self), self._name, QRectF(self.rect()))
