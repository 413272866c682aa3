"""A widget whose height follows from its width, kept exact through every layout."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class FittedWidget(QWidget):
    """Base of wrapped text, tiles and chips.

    Nested layouts ask for a height before they know the width; the height is therefore fixed
    again whenever the width or the content changes.
    """

    least_width_px = 120

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def height_at(self, width: int) -> int:
        """Return the height that the content needs at a width, px."""
        return 0

    def refit(self) -> None:
        """Take the height that the content needs now."""
        wanted = self.height_at(self.width())
        if wanted != self.minimumHeight() or wanted != self.maximumHeight():
            self.setFixedHeight(wanted)
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Return True."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the content needs at a width."""
        return self.height_at(width)

    def sizeHint(self) -> QSize:
        """Return the present width, or that of the panel before the first layout."""
        width = self.width() if self.width() > self.least_width_px else 376
        return QSize(width, self.height_at(width))

    def minimumSizeHint(self) -> QSize:
        """Return the narrowest useful width."""
        width = max(self.width(), self.least_width_px)
        return QSize(self.least_width_px, self.height_at(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)
        self.refit()
