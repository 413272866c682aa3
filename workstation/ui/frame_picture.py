"""A pane as a picture, without a pane: for key images, snapshots and thumbnails of evidence."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QPainter

from workstation.base.errors import RenderError
from workstation.rendering.slice_view import SliceScene, SliceView
from workstation.ui.overlay_painter import PaneDrawing, paint_drawing
from workstation.ui.pane_overlay import build_drawing
from workstation.ui.pane_state import PaneState
from workstation.ui.reading_context import ReadingContext

Size = tuple[int, int]


def draw_pane(
    state: PaneState, context: ReadingContext | None, size: Size, ratio: float = 1.0
) -> QImage:
    """Return what a pane of a size shows.

    Parameters
    ----------
    state : PaneState
    context : ReadingContext or None
        None leaves every overlay out, letters included.
    size : tuple of int
        Width and height in logical pixels.
    ratio : float
        Device pixels per logical pixel.

    Raises
    ------
    RenderError
        When the frame cannot be drawn.
    """
    device = (round(size[0] * ratio), round(size[1] * ratio))
    view = SliceView()
    try:
        frame = view.render(SliceScene(layers=state.layers, view=state.view, size=device))
    finally:
        view.close()
    height, width = frame.shape[:2]
    image = QImage(frame.data, width, height, 4 * width, QImage.Format.Format_RGBX8888).copy()
    if context is not None:
        _draw_over(image, build_drawing(state, size, context), ratio)
    return image


def _draw_over(image: QImage, drawing: PaneDrawing, ratio: float) -> None:
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    paint_drawing(painter, drawing)
    painter.end()


def png_bytes(image: QImage) -> bytes:
    """Return an image as PNG.

    Raises
    ------
    RenderError
        When Qt cannot encode it.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise RenderError("The picture could not be written as PNG.")
    return bytes(buffer.data().data())
