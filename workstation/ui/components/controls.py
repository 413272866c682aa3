"""Base of every painted control, and the plain buttons of the forms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from workstation.ui.components.drawing import (
    KEY_HEIGHT_PX,
    key_width,
    paint_box,
    paint_key,
    paint_text,
    text_width,
)
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, CONTROL_PX, SEMIBOLD, Theme, current_theme, font

KEYBOARD_REASONS = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
        Qt.FocusReason.OtherFocusReason,
    }
)


_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEFT_TO_PARENT = (*_ENTER, Qt.Key.Key_Left, Qt.Key.Key_Right)


def walk_focus(start: QWidget, step: int) -> None:
    """Move the keyboard to the next (1) or previous (-1) control, wherever Tab would jump."""
    widget = start
    while True:
        following = widget.nextInFocusChain() if step > 0 else widget.previousInFocusChain()
        if following is start or following is None:
            return
        widget = following
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reachable and widget.isEnabled() and widget.isVisible():
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return


def rove(buttons: Sequence[QAbstractButton]) -> None:
    """Make a group one stop of the keyboard: the chosen one, or the first that can be chosen."""
    able = [button for button in buttons if button.isEnabled()]
    stop = next((button for button in able if button.isChecked()), able[0] if able else None)
    for button in buttons:
        policy = Qt.FocusPolicy.StrongFocus if button is stop else Qt.FocusPolicy.ClickFocus
        button.setFocusPolicy(policy)


class PaintedControl(QAbstractButton):
    """A control that paints itself and says what it is.

    Space and Enter press it; a digit or letter is left to the form around it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_presses = True
        """Whether Enter presses it; a tile leaves Enter to the suggestion of its field."""
        self.keyboard_focus = False
        """Whether the keyboard brought the focus here; only then a ring is drawn."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def describe(self, name: str, tip: str = "", key: str = "") -> None:
        """Set accessible name and tooltip; the tooltip ends with the key."""
        self.setAccessibleName(name)
        shown = tip or name
        self.setToolTip(f"{shown} ({key})" if key else shown)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember whether the keyboard brought the focus."""
        self.keyboard_focus = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press on Enter as on space; arrows walk through the controls or go to the parent."""
        key = Qt.Key(event.key())
        if key in _ENTER and self.enter_presses:
            self.click()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            walk_focus(self, 1 if key is Qt.Key.Key_Down else -1)
        elif key in _LEFT_TO_PARENT:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaint as hovered."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Repaint at rest."""
        super().leaveEvent(event)
        self.update()

    @property
    def hovered(self) -> bool:
        """Whether the pointer is over an enabled control."""
        return self.isEnabled() and self.underMouse()

    def fill_token(self, rest: str = "raised") -> str:
        """Return the token of the fill for the present state."""
        if self.isDown():
            return "pressed"
        return "hover" if self.hovered else rest


class TextButton(PaintedControl):
    """A button with an optional icon before and a key badge after its text.

    ``kind`` is "button", "primary", "flat", "suggestion" or "quiet".
    """

    def __init__(
        self,
        text: str,
        *,
        icon: str = "",
        key: str = "",
        kind: str = "button",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._key = key
        self.kind = kind
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.describe(text, key=key)

    def sizeHint(self) -> QSize:
        """Return the size of icon, text and key with their spaces."""
        width = 24.0 if self.kind != "flat" else 8.0
        width += text_width(self.text(), font(BODY_PX, SEMIBOLD))
        width += 22.0 if self._icon else 0.0
        width += key_width(self._key) + 8.0 if self._key else 0.0
        return QSize(int(width + 0.999), CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: the text is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button in its state."""
        painter = QPainter(self)
        theme = current_theme()
        self._paint_box(painter, theme)
        color = theme.color(self._ink())
        face = font(BODY_PX, SEMIBOLD)
        left = (self.width() - self.sizeHint().width()) / 2.0 + (12 if self.kind != "flat" else 4)
        middle = self.height() / 2.0
        if self._icon:
            paint_icon(painter, self._icon, QRectF(left, middle - 8, 16, 16), color)
            left += 22
        width = text_width(self.text(), face)
        paint_text(painter, QRectF(left, 0, width + 1, self.height()), self.text(), face, color)
        if self._key:
            at = QPointF(left + width + 8, middle - KEY_HEIGHT_PX / 2)
            paint_key(painter, self._key, at, color=color, edge=color)

    def _paint_box(self, painter: QPainter, theme: Theme) -> None:
        fill, edge = self._box_tokens()
        paint_box(
            painter,
            QRectF(self.rect()),
            fill=theme.color(fill) if fill else None,
            edge=theme.color(edge) if edge else None,
        )

    def _box_tokens(self) -> tuple[str, str]:
        if not self.isEnabled():
            return ("", "" if self.kind in ("flat", "quiet") else "line")
        if self.kind == "primary":
            fill = "accent_hover" if self.hovered else "accent"
            return ("accent_pressed" if self.isDown() else fill, "")
        if self.kind == "suggestion":
            return (self.fill_token("suggestion_wash"), "suggestion")
        if self.kind in ("flat", "quiet"):
            return (self.fill_token("") if self.hovered or self.isDown() else "", "")
        return (self.fill_token(), "line_strong")

    def _ink(self) -> str:
        if not self.isEnabled():
            return "text_disabled"
        inks = {
            "primary": "on_accent",
            "flat": "accent",
            "suggestion": "text",
            "quiet": "text_muted",
        }
        return inks.get(self.kind, "text")


class IconButton(PaintedControl):
    """A square button with an icon only; its name is in the tooltip."""

    def __init__(self, icon: str, name: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setFixedSize(CONTROL_PX, CONTROL_PX)
        self.describe(name, key=key)

    def sizeHint(self) -> QSize:
        """Return the size of a control."""
        return QSize(CONTROL_PX, CONTROL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon, on a fill while hovered or pressed."""
        painter = QPainter(self)
        theme = current_theme()
        if self.hovered or self.isDown():
            paint_box(painter, QRectF(self.rect()), fill=theme.color(self.fill_token()))
        token = "text_disabled" if not self.isEnabled() else "text_muted"
        token = "text" if self.hovered else token
        paint_icon(painter, self._icon, QRectF(5, 5, 18, 18), theme.color(token))
