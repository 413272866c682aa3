"""Which colors a widget paints, and how it looks under the pointer, pressed or at a scale."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui.theme import current_theme

SCALES = (1.0, 1.25, 1.5, 2.0)
WIDTHS = (464, 400)


def picture(widget: QWidget) -> QImage:
    """What the widget paints now."""
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def scaled_picture(widget: QWidget, scale: float) -> QImage:
    """What the widget paints on a screen with this device pixel ratio."""
    size = widget.size() * scale
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(current_theme().color("panel"))
    painter = QPainter(image)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    return image


def colors(image: QImage) -> Counter[str]:
    """How many pixels have each color, by "#rrggbb"."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    counted = Counter(memoryview(plain.constBits()).cast("I"))
    named: Counter[str] = Counter()
    for value, count in counted.items():
        named[f"#{value & 0xFFFFFF:06x}"] += count
    return named


def amount(image: QImage, token: str) -> int:
    """How many pixels have exactly the color of a token of the present theme."""
    return colors(image)[current_theme().color(token).name()]


def shows(widget: QWidget, token: str, least: int = 1) -> bool:
    """Whether a widget paints at least so many pixels in the color of a token."""
    return amount(picture(widget), token) >= least


def at(image: QImage, x: float, y: float) -> str:
    """The color of a point given in logical pixels."""
    ratio = image.devicePixelRatio()
    return QColor(image.pixel(round(x * ratio), round(y * ratio))).name()


def hover(widget: QWidget) -> None:
    """Bring the pointer over a widget."""
    middle = QPointF(widget.rect().center())
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    QApplication.sendEvent(widget, QEnterEvent(middle, middle, middle))


def send_key(widget: QWidget, key: Qt.Key) -> None:
    """Give a key to a widget that may be disabled."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def leave(widget: QWidget) -> None:
    """Take the pointer away from a widget."""
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def all_differ(images: list[QImage]) -> bool:
    """Whether no two pictures are the same."""
    return all(
        one != other for n, one in enumerate(images) for other in images[n + 1 :]
    )  # fmt: skip
