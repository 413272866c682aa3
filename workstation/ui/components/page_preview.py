"""The pages of the report as they will be filed: small ones in a row, whole ones below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_box, paint_text
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.theme import LABEL_PX, SEMIBOLD, current_theme, font

_THUMB_PX = (62, 88)


class PageThumb(PaintedControl):
    """One page, small.

    Signals
    -------
    picked(int)
        Number of the page from 1.
    """

    picked = Signal(int)

    def __init__(self, image: QImage, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = image
        self._number = number
        self.setFixedSize(*_THUMB_PX)
        self.describe(f"Page {number}", f"Show page {number}")
        self.clicked.connect(self._on_clicked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme = current_theme()
        rect = QRectF(self.rect())
        painter.fillRect(rect, Qt.GlobalColor.white)
        ratio = self.devicePixelRatioF()
        scaled = self._image.scaled(
            round(self.width() * ratio),
            round(self.height() * ratio),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawImage(QRectF(0, 0, scaled.width() / ratio, scaled.height() / ratio), scaled)
        edge = theme.color("accent" if self.hovered else "line_strong")
        paint_box(painter, rect, edge=edge, radius_px=2.0)

    def _on_clicked(self) -> None:
        self.picked.emit(self._number)


class PageThumbs(QWidget):
    """The first pages in a row and how many more there are.

    Signals
    -------
    picked(int)
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self.thumbs: list[PageThumb] = []

    def set_pages(self, pages: Sequence[QImage]) -> None:
        """Show the first three pages."""
        for thumb in self.thumbs:
            self._row.removeWidget(thumb)
            thumb.hide()
            thumb.deleteLater()
        self.thumbs = [PageThumb(page, number) for number, page in enumerate(pages[:3], 1)]
        for thumb in self.thumbs:
            thumb.picked.connect(self.picked)
            self._row.addWidget(thumb)


class PageView(FittedWidget):
    """One page as wide as the panel."""

    def __init__(self, image: QImage, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = image
        self._number = number
        self.setAccessibleName(f"Page {number} of the report")
        self.setToolTip(f"Page {number}, as it will be filed")

    def height_at(self, width: int) -> int:
        """Return the height in proportion to a width."""
        return int(width * self._image.height() / max(self._image.width(), 1)) + 18

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page and its number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme = current_theme()
        ratio = self.devicePixelRatioF()
        scaled = self._image.scaledToWidth(
            round(self.width() * ratio), Qt.TransformationMode.SmoothTransformation
        )
        rect = QRectF(0, 0, self.width(), self.height() - 18)
        painter.fillRect(rect, Qt.GlobalColor.white)
        painter.drawImage(rect, scaled)
        foot = QRectF(0, self.height() - 17, self.width(), 16)
        face = font(LABEL_PX, SEMIBOLD)
        center = Qt.AlignmentFlag.AlignCenter
        text = f"Page {self._number}"
        paint_text(painter, foot, text, face, theme.color("text_muted"), center)


class PagePreview(QWidget):
    """All pages, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.pages: list[PageView] = []

    def set_pages(self, pages: Sequence[QImage]) -> None:
        """Show these pages."""
        for page in self.pages:
            self._layout.removeWidget(page)
            page.hide()
            page.deleteLater()
        self.pages = [PageView(image, number) for number, image in enumerate(pages, 1)]
        for page in self.pages:
            self._layout.addWidget(page)
