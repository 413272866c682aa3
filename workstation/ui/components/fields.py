"""Text fields and drop-down lists of the forms."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.ui.icons import paint_icon
from workstation.ui.theme import current_theme


class TextField(QLineEdit):
    """One line of plain text; it is given when Enter is pressed or the focus leaves.

    Signals
    -------
    given(str)
        The text without spaces around it, only when it differs from what was shown.
    """

    given = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        hint: str = "",
        tip: str = "",
        limit: int = 120,
        width_px: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName(name)
        self.setToolTip(tip or name)
        self.setPlaceholderText(hint)
        self.setMaxLength(limit)
        if width_px:
            self.setFixedWidth(width_px)
        self.editingFinished.connect(self._on_finished)

    def show_text(self, text: str) -> None:
        """Show the recorded text, unless it is being typed."""
        self._shown = text
        typing = self.hasFocus() and self.isModified()
        if not typing and self.text() != text:
            self.setText(text)

    def put_back(self, text: str) -> None:
        """Show the recorded text in place of one that was refused, even while it has the focus."""
        self._shown = text
        self.setText(text)

    def _on_finished(self) -> None:
        text = self.text().strip()
        self.setModified(False)
        if text != self._shown:
            self._shown = text
            self.given.emit(text)


class ChoiceList(QComboBox):
    """A drop-down list that begins with the two missing values.

    Signals
    -------
    given(object)
        What was chosen by the reader: a value of the list, or a Missing.
    """

    given = Signal(object)

    def __init__(
        self,
        name: str,
        items: Mapping[str, str],
        *,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip or name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(3)
        self.setMinimumWidth(86)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem("Not assessed", NOT_ASSESSED.value)
        self.addItem("Unknown", UNKNOWN.value)
        for value, text in items.items():
            self.addItem(text, value)
        self.activated.connect(self._on_activated)

    def show_value(self, value: object) -> None:
        """Show a recorded value."""
        raw = value.value if isinstance(value, Missing) else str(getattr(value, "value", value))
        position = self.findData(raw)
        if position != self.currentIndex():
            self.setCurrentIndex(max(position, 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form instead of the value: a wheel must never change an answer."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field and the arrow that opens its list."""
        super().paintEvent(event)
        token = "text_muted" if self.isEnabled() else "text_disabled"
        box = QRectF(self.width() - 21, (self.height() - 14) / 2, 14, 14)
        paint_icon(QPainter(self), "chevron-down", box, current_theme().color(token))

    def _on_activated(self, position: int) -> None:
        raw = self.itemData(position)
        self.given.emit(Missing(raw) if raw in set(Missing) else raw)
