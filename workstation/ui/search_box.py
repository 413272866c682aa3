"""The closed search box of the toolbar; a press opens the command palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_box, paint_text, text_width
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, LABEL_PX, SEMIBOLD, current_theme, font

WIDTH_PX = 210


class SearchBox(PaintedControl):
    """Looks like a field, is a button.

    Parameters
    ----------
    open_palette : callable
    """

    def __init__(self, open_palette: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.describe("Search or run", key="Ctrl+K")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._open_palette = open_palette
        self.clicked.connect(self._open)

    def sizeHint(self) -> QSize:
        """Return the size of the box."""
        return QSize(WIDTH_PX, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, the glass, the words and the key."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        area = QRectF(self.rect())
        token = "hover" if self.hovered else "pressed" if theme.is_dark else "panel"
        paint_box(painter, area, fill=theme.color(token), edge=theme.color("line_strong"))
        paint_icon(painter, "search", QRectF(9, 7, 14, 14), theme.color("text"))
        words = QRectF(32, 0, area.width(), area.height())
        paint_text(painter, words, "Search or run", font(BODY_PX), theme.color("text"))
        face = font(LABEL_PX, SEMIBOLD)
        left = area.width() - 10 - text_width("Ctrl+K", face)
        box = QRectF(left, 0, 60, area.height())
        paint_text(painter, box, "Ctrl+K", face, theme.color("text_muted"))

    def _open(self) -> None:
        self._open_palette()
