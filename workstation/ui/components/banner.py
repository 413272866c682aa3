"""Banners and inline remarks: edge, wash, sign and sentence in one."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workstation.ui.components.drawing import paint_box, paint_wrapped, wrapped_height
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, SEMIBOLD, current_theme, font


class BannerTone(StrEnum):
    """How grave a banner is."""

    EMERGENCY = "emergency"
    CRITICAL = "critical"
    CAUTION = "caution"
    INFO = "info"
    NOTE = "note"
    GOOD = "good"


_LOOKS = {
    BannerTone.EMERGENCY: ("siren", "critical", "critical_wash"),
    BannerTone.CRITICAL: ("triangle-alert", "critical", "critical_wash"),
    BannerTone.CAUTION: ("circle-alert", "caution", "caution_wash"),
    BannerTone.INFO: ("info", "accent", "accent_wash"),
    BannerTone.NOTE: ("info", "text_muted", "raised"),
    BannerTone.GOOD: ("check", "good", "good_wash"),
}


class Banner(FittedWidget):
    """One banner: a title in the tone's color and a sentence below it."""

    def __init__(
        self,
        tone: BannerTone = BannerTone.INFO,
        title: str = "",
        text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.tone = tone
        self.title = title
        self.text = text
        self._describe()

    def set_content(self, tone: BannerTone, title: str, text: str) -> None:
        """Show other words."""
        if (tone, title, text) == (self.tone, self.title, self.text):
            return
        self.tone, self.title, self.text = tone, title, text
        self._describe()
        self.refit()

    def height_at(self, width: int) -> int:
        """Return the height that the words need at a width."""
        inner = width - 52
        height = wrapped_height(self.title, font(BODY_PX + 1, SEMIBOLD), inner)
        height += 2 if self.title and self.text else 0
        height += wrapped_height(self.text, font(BODY_PX), inner)
        return max(int(height + 0.999) + 16, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw edge, wash, sign and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        icon, token, wash = _LOOKS[self.tone]
        paint_box(painter, QRectF(self.rect()), fill=theme.color(wash), radius_px=3.0)
        painter.fillRect(QRectF(0, 0, 3, self.height()), theme.color(token))
        paint_icon(painter, icon, QRectF(14, 9, 18, 18), theme.color(token))
        inner = self.width() - 52
        top = 8.0
        if self.title:
            face = font(BODY_PX + 1, SEMIBOLD)
            height = wrapped_height(self.title, face, inner)
            box = QRectF(42, top, inner, height)
            paint_wrapped(painter, box, self.title, face, theme.color(token))
            top += height + 2
        height = wrapped_height(self.text, font(BODY_PX), inner)
        if not self.title:
            top = max((self.height() - height) / 2.0, 8.0)
        box = QRectF(42, top, inner, height)
        paint_wrapped(painter, box, self.text, font(BODY_PX), theme.color("text"))

    def _describe(self) -> None:
        name = ". ".join(part for part in (self.title, self.text) if part)
        self.setAccessibleName(name)
        self.setToolTip(name)


class Remark(FittedWidget):
    """A small sign with a wrapped sentence, for what a rule attaches to a field."""

    def __init__(
        self,
        text: str = "",
        *,
        icon: str = "info",
        token: str = "text_muted",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.text = text
        self._icon = icon
        self._token = token
        self.setAccessibleName(text)

    def set_content(self, text: str, icon: str = "info", token: str = "text_muted") -> None:
        """Show other words."""
        self.text, self._icon, self._token = text, icon, token
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.refit()

    def height_at(self, width: int) -> int:
        """Return the height at a width."""
        return max(int(wrapped_height(self.text, font(BODY_PX), width - 24) + 0.999), 18) + 4

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw sign and sentence."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        color = theme.color(self._token)
        paint_icon(painter, self._icon, QRectF(1, 3, 15, 15), color)
        box = QRectF(24, 2, self.width() - 24, self.height() - 2)
        ink = theme.color("text") if self._token == "critical" else color
        paint_wrapped(painter, box, self.text, font(BODY_PX), ink)
