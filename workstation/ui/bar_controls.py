"""Controls of the bands: tool and toggle buttons, drop-downs, state chips, hairlines."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_box, paint_line, paint_text, text_width
from workstation.ui.icons import ICON_PX, ICON_SMALL_PX, paint_icon
from workstation.ui.theme import (
    BODY_PX,
    CONTROL_PX,
    LABEL_PX,
    REGULAR,
    SEMIBOLD,
    SMALL_PX,
    current_theme,
    font,
)

BUTTON_PX = 34
BUTTON_HEIGHT_PX = 32
KEY_ROOM_PX = 9
LABEL_GAP_PX = 8


class ButtonKind(StrEnum):
    """What a toolbar button is."""

    PLAIN = "plain"
    TOOL = "tool"
    TOGGLE = "toggle"


class ToolbarButton(PaintedControl):
    """An icon with its key letter; a tool can be armed, a toggle on.

    Parameters
    ----------
    icon : str
        Lucide name.
    name : str
        Accessible name.
    kind : ButtonKind
    label : str
        Words beside the icon; empty for none.
    """

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        kind: ButtonKind = ButtonKind.PLAIN,
        label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._kind = kind
        self._key = ""
        self._label = label
        self._on = False
        self._menu = False
        self.describe(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def on(self) -> bool:
        """Whether the tool is armed or the toggle is on."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Arm the tool or turn the toggle on."""
        if on != self._on:
            self._on = on
            self.setAccessibleDescription("on" if on else "")
            self.update()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def show_key(self, key: str) -> None:
        """Show the key letter beside the icon; empty hides it."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    def show_label(self, label: str) -> None:
        """Show words beside the icon; empty hides them."""
        if label != self._label:
            self._label = label
            self.updateGeometry()
            self.update()

    def set_menu(self, menu: QMenu) -> None:
        """Open a menu below the button, marked by an arrow."""
        self._menu = True
        self.clicked.connect(_MenuOpener(self, menu).open)

    def sizeHint(self) -> QSize:
        """Return the size of icon, key or words, and arrow."""
        width = BUTTON_PX
        if self._key:
            width += KEY_ROOM_PX
        if self._label:
            width += LABEL_GAP_PX + round(text_width(self._label, font(BODY_PX)))
        if self._menu:
            width += 12
        return QSize(width, BUTTON_HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button in its state."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        self._paint_ground(painter)
        color = theme.color(self._ink())
        left, middle = 8.0, self.height() / 2.0
        box = QRectF(left, middle - ICON_PX / 2, ICON_PX, ICON_PX)
        paint_icon(painter, self._icon, box, color)
        self._paint_words(painter, left + ICON_PX)
        if self._is_lit(ButtonKind.TOGGLE):
            bar = QRectF(left - 2, self.height() - 3.0, ICON_PX + 4, 2.0)
            painter.fillRect(bar, theme.color("accent"))
        if self._menu:
            x = self.width() - 18.0
            paint_icon(painter, "chevron-down", QRectF(x, middle - 7, 14, 14), color)

    def _is_lit(self, kind: ButtonKind) -> bool:
        return self._on and self._kind is kind and self.isEnabled()

    def _paint_ground(self, painter: QPainter) -> None:
        theme = current_theme()
        area = QRectF(self.rect())
        if self._is_lit(ButtonKind.TOOL):
            paint_box(painter, area, fill=theme.color("accent_wash"), edge=theme.color("accent"))
        elif self.isDown() or self.hovered:
            paint_box(painter, area, fill=theme.color("pressed" if self.isDown() else "hover"))

    def _paint_words(self, painter: QPainter, left: float) -> None:
        theme = current_theme()
        token = "text" if self.isEnabled() else "text_disabled"
        if self._label:
            area = QRectF(left + LABEL_GAP_PX, 0, self.width(), self.height())
            paint_text(painter, area, self._label, font(BODY_PX), theme.color(token))
        elif self._key:
            face = font(LABEL_PX, SEMIBOLD)
            muted = "accent" if self._on and self.isEnabled() else "text_faint"
            color = theme.color(muted if self.isEnabled() else "text_disabled")
            area = QRectF(left + 2, self.height() / 2.0 - 1, 12, 14)
            paint_text(painter, area, self._key, face, color)

    def _ink(self) -> str:
        if not self.isEnabled():
            return "text_disabled"
        if self._on:
            return "accent"
        return "text" if self.hovered or self._label else "text_muted"


class _MenuOpener:
    def __init__(self, button: QWidget, menu: QMenu) -> None:
        self.button = button
        self.menu = menu

    def open(self) -> None:
        self.menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))


class DropButton(PaintedControl):
    """A framed choice that opens a menu: a muted word, the present choice, an arrow.

    Parameters
    ----------
    word : str
        What is chosen, e.g. "Window".
    """

    def __init__(self, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = word
        self._choice = ""
        self._with_word = True
        self.menu = QMenu(self)
        self.clicked.connect(self._open)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.describe(word)

    @property
    def choice(self) -> str:
        """The present choice in words."""
        return self._choice

    def set_choice(self, choice: str) -> None:
        """Show the present choice."""
        if choice != self._choice:
            self._choice = choice
            self.setAccessibleName(f"{self._word} {choice}".strip())
            self.updateGeometry()
            self.update()

    def show_word(self, shown: bool) -> None:
        """Show or leave out the muted word."""
        if shown != self._with_word:
            self._with_word = shown
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of both words and the arrow."""
        width = 10.0 + text_width(self._choice, font(BODY_PX, SEMIBOLD)) + 26.0
        if self._with_word:
            width += text_width(self._word, font(BODY_PX)) + 6.0
        return QSize(round(width), CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, the words and the arrow."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        enabled = self.isEnabled()
        edge = theme.color("line_strong" if enabled else "line")
        fill = theme.color(self.fill_token()) if enabled else None
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge)
        left = 10.0
        if self._with_word:
            face = font(BODY_PX, REGULAR)
            color = theme.color("text_muted" if enabled else "text_disabled")
            paint_text(painter, QRectF(left, 0, 200, self.height()), self._word, face, color)
            left += text_width(self._word, face) + 6.0
        color = theme.color("text" if enabled else "text_disabled")
        area = QRectF(left, 0, self.width() - left, self.height())
        paint_text(painter, area, self._choice, font(BODY_PX, SEMIBOLD), color)
        arrow = QRectF(self.width() - 21.0, self.height() / 2 - 7, 14, 14)
        paint_icon(painter, "chevron-down", arrow, color)

    def _open(self) -> None:
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class BarChip(PaintedControl):
    """A state in the identity band: icon, word, color and wash; a click does what it says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = ""
        self._token = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, icon: str, text: str, token: str, tip: str) -> None:
        """Show a state.

        Parameters
        ----------
        icon : str
        text : str
        token : str
            ``"good"``, ``"caution"``, ``"critical"`` or empty for neutral.
        tip : str
            What the state means and what a click does.
        """
        self._icon, self._token = icon, token
        self.setText(text)
        self.describe(text, tip)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of icon and word."""
        width = 8 + ICON_SMALL_PX + 6 + text_width(self.text(), font(SMALL_PX, SEMIBOLD)) + 8
        return QSize(round(width), 20)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw wash, edge, icon and word."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        fill = theme.color(f"{self._token}_wash" if self._token else "raised")
        edge = theme.color(self._token or "line_strong")
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge, radius_px=3.0)
        color = theme.color(self._token or "text")
        box = QRectF(8, self.height() / 2 - 7, ICON_SMALL_PX, ICON_SMALL_PX)
        paint_icon(painter, self._icon, box, theme.color(self._token or "text_muted"))
        area = QRectF(8 + ICON_SMALL_PX + 6, 0, self.width(), self.height())
        paint_text(painter, area, self.text(), font(SMALL_PX, SEMIBOLD), color)


class Hairline(QWidget):
    """A short line between groups of a band, or a full one between bands."""

    def __init__(self, *, upright: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._upright = upright
        if upright:
            self.setFixedWidth(17)
            self.setFixedHeight(20)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        painter = QPainter(self)
        color = current_theme().color("line")
        if not self._upright:
            painter.fillRect(self.rect(), color)
            return
        x = self.width() // 2
        paint_line(painter, QPointF(x, 0), QPointF(x, self.height()), color)


class Band(QWidget):
    """A strip of the window in one color."""

    def __init__(
        self, height: int | None = None, *, token: str = "panel", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._token = token
        if height is not None:
            self.setFixedHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the band."""
        del event
        QPainter(self).fillRect(self.rect(), current_theme().color(self._token))
