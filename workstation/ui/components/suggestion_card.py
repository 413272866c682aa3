"""A suggestion: dashed, named as no answer, with its method and the keys that decide about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_box, paint_text
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, SEMIBOLD, SMALL_PX, current_theme, font


class SuggestionCard(QWidget):
    """What is proposed, how it came about, and one button to take it.

    Signals
    -------
    accepted()
    """

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 32, 12, 10)
        layout.setSpacing(8)
        self.method = PlainLabel(tone="muted", wraps=True)
        self.accept = TextButton("Accept", key="Enter", kind="suggestion")
        self.accept.clicked.connect(self.accepted)
        row = QHBoxLayout()
        row.addWidget(self.accept)
        row.addStretch(1)
        layout.addWidget(self.method)
        layout.addLayout(row)

    def set_content(self, title: str, method: str, verb: str) -> None:
        """Show a proposal: its value, the sentence about its method, the verb on the button."""
        self._title = title
        self.method.setText(method)
        self.accept.setText(verb)
        self.accept.describe(f"{verb}: {title}", f"Take the suggestion as the answer: {title}")
        self.accept.updateGeometry()
        self.setAccessibleName(f"Suggestion, not an answer: {title}. {method}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed box and its head."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        lilac = theme.color("suggestion")
        wash = theme.color("suggestion_wash")
        rect = QRectF(self.rect())
        paint_box(painter, rect, fill=wash, edge=lilac, width_px=1.0, dashed=True)
        paint_icon(painter, "sparkles", QRectF(12, 9, 16, 16), lilac)
        head = QRectF(36, 8, self.width() - 48, 18)
        paint_text(painter, head, self._title, font(BODY_PX, SEMIBOLD), lilac)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        small = font(SMALL_PX)
        muted = theme.color("text_muted")
        paint_text(painter, head, "Suggestion, not an answer", small, muted, right)
