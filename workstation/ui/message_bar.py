"""The one message bar under the toolbar: the gravest message stays, the others are counted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.app.messages import INFO_SECONDS, Message, Messages, Severity
from workstation.ui.components.controls import IconButton, TextButton
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.theme import SMALL_PX, current_theme

HEIGHT_PX = 36
_LOOKS = {
    Severity.INFO: ("info", "accent"),
    Severity.CAUTION: ("triangle-alert", "caution"),
    Severity.CRITICAL: ("triangle-alert", "critical"),
}


class MessageBar(QWidget):
    """Shows :attr:`Messages.current`; hidden while there is nothing to say.

    Parameters
    ----------
    messages : Messages
    """

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._shown: Message | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Message")
        self.text = PlainLabel()
        self.more = PlainLabel(size_px=SMALL_PX, tone="muted")
        self.action = TextButton("")
        self.cross = IconButton("x", "Close this message")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(42, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.text)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self.action)
        row.addWidget(self.cross)
        self.action.clicked.connect(self._act)
        self.cross.clicked.connect(self._dismiss)
        messages.changed.connect(self._refresh)
        self._refresh()

    @property
    def message(self) -> Message | None:
        """The message that is shown."""
        return self._shown

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw edge, wash and sign."""
        del event
        if self._shown is None:
            return
        painter = QPainter(self)
        theme = current_theme()
        icon, token = _LOOKS[self._shown.severity]
        painter.fillRect(self.rect(), theme.color(f"{token}_wash"))
        painter.fillRect(0, 0, 3, self.height(), theme.color(token))
        box = QRectF(14, self.height() / 2 - 9, 18, 18)
        paint_icon(painter, icon, box, theme.color(token))

    def _refresh(self) -> None:
        message = self._messages.current
        waiting = self._messages.waiting_count
        self.more.setText(f"and {waiting} more" if waiting else "")
        self.setVisible(message is not None)
        if message is self._shown:
            return
        self._shown = message
        self._timer.stop()
        if message is not None:
            self._show(message)
        self.update()

    def _show(self, message: Message) -> None:
        self.text.setText(message.text)
        self.setAccessibleDescription(message.text)
        self.action.setVisible(message.action is not None)
        if message.action is not None:
            self.action.setText(message.action.label)
            self.action.updateGeometry()
        self.cross.setVisible(message.dismissible)
        if message.severity is Severity.INFO:
            self._timer.start(round(INFO_SECONDS * 1000))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _act(self) -> None:
        if self._shown is not None:
            self._messages.trigger(self._shown.id)
            self._dismiss()

    def _dismiss(self) -> None:
        if self._shown is not None:
            self._messages.dismiss(self._shown.id)
