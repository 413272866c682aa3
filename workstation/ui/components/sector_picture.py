"""A drawing whose parts can be marked: hit test by the ids of its groups, sides as lettered."""

from __future__ import annotations

import functools
import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workstation.ui.components.controls import KEYBOARD_REASONS
from workstation.ui.components.drawing import paint_text
from workstation.ui.components.schematic import diagram_source, svg_renderer
from workstation.ui.theme import NAME_PX, SEMIBOLD, current_theme, font

_SVG = "{http://www.w3.org/2000/svg}"
_MASK_SCALE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorLook:
    """Colors of the drawing: of marked parts, of the one in focus, and of all others.

    ``recolor`` maps fills and strokes of the file to those of the theme.
    """

    marked_fill: str
    marked_edge: str
    focus_edge: str
    recolor: tuple[tuple[str, str], ...] = ()


@functools.lru_cache(maxsize=64)
def _colored(
    source: str, marked: frozenset[str], focused: str, hidden: frozenset[str], look: SectorLook
) -> str:
    text = source
    for old, new in look.recolor:
        text = text.replace(old, new)
    ElementTree.register_namespace("", _SVG[1:-1])
    root = ElementTree.fromstring(text)
    for group in list(root.iter(f"{_SVG}g")):
        name = group.get("id", "")
        if name in hidden:
            for child in list(group):
                group.remove(child)
        for path in group.iter(f"{_SVG}path"):
            if name in marked:
                path.set("fill", look.marked_fill)
                path.set("stroke", look.marked_edge)
            if name == focused:
                path.set("stroke", look.focus_edge)
                path.set("stroke-width", "2.4")
    return ElementTree.tostring(root, encoding="unicode")


@functools.cache
def _mask(name: str, part: str) -> QImage:
    """Return where a part lies, on the grid of the drawing times :data:`_MASK_SCALE`."""
    renderer = svg_renderer(diagram_source(name))
    box = renderer.viewBoxF()
    size = QSize(round(box.width() * _MASK_SCALE), round(box.height() * _MASK_SCALE))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    bounds = renderer.transformForElement(part).mapRect(renderer.boundsOnElement(part))
    target = QRectF(
        (bounds.x() - box.x()) * _MASK_SCALE,
        (bounds.y() - box.y()) * _MASK_SCALE,
        bounds.width() * _MASK_SCALE,
        bounds.height() * _MASK_SCALE,
    )
    painter = QPainter(image)
    renderer.render(painter, part, target)
    painter.end()
    return image


class SectorPicture(QWidget):
    """Parts of a drawing that are marked by a click, or with arrows and Space.

    Signals
    -------
    toggled(str)
        The id of the part.
    """

    toggled = Signal(str)

    def __init__(
        self,
        diagram: str,
        parts: Mapping[str, str],
        *,
        name: str,
        size_px: QSize,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._diagram = diagram
        self._parts = dict(parts)
        self._hidden: frozenset[str] = frozenset()
        self._marked: frozenset[str] = frozenset()
        self._focused = ""
        self._name = name
        self._look: SectorLook | None = None
        self.keyboard_focus = False
        self.setFixedSize(size_px)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setToolTip(f"{name}: click a part, or choose with arrows and mark with Space")
        self._describe()

    @property
    def marked(self) -> frozenset[str]:
        """The ids of the marked parts."""
        return self._marked

    def set_marked(self, marked: Sequence[str] | frozenset[str]) -> None:
        """Show these parts as marked."""
        self._marked = frozenset(marked)
        self._describe()
        self.update()

    def set_parts(self, parts: Mapping[str, str], hidden: frozenset[str]) -> None:
        """Say which parts exist; ``hidden`` groups are not drawn."""
        self._parts = dict(parts)
        self._hidden = hidden
        self._describe()
        self.update()

    def set_look(self, look: SectorLook) -> None:
        """Show other colors."""
        self._look = look
        self.update()

    def part_at(self, position: QPointF) -> str:
        """Return the id of the part under a point of the widget; empty for none."""
        renderer = svg_renderer(diagram_source(self._diagram))
        target = self._target(renderer)
        if not target.contains(position):
            return ""
        box = renderer.viewBoxF()
        x = int((position.x() - target.x()) / target.width() * box.width() * _MASK_SCALE)
        y = int((position.y() - target.y()) / target.height() * box.height() * _MASK_SCALE)
        for part in self._from_the_top():
            mask = _mask(self._diagram, part)
            if mask.valid(x, y) and mask.pixelColor(x, y).alpha() > 127:
                return part
        return ""

    def _from_the_top(self) -> list[str]:
        """Return the parts as they lie over one another, the last drawn first."""
        source = diagram_source(self._diagram)
        return sorted(self._parts, key=lambda part: -source.index(f'id="{part}"'))

    def center_of(self, part: str) -> QPointF:
        """Return a point of the widget inside a part, the middle of its pixels."""
        renderer = svg_renderer(diagram_source(self._diagram))
        target, box = self._target(renderer), renderer.viewBoxF()
        mask = _mask(self._diagram, part)
        above = [
            _mask(self._diagram, other)
            for other in itertools.takewhile(lambda name: name != part, self._from_the_top())
        ]
        inside = [
            (x, y)
            for y in range(0, mask.height(), 2)
            for x in range(0, mask.width(), 2)
            if mask.pixelColor(x, y).alpha() > 200
            and all(other.pixelColor(x, y).alpha() < 40 for other in above)
        ]
        x, y = inside[len(inside) // 2]
        return QPointF(
            target.x() + x / _MASK_SCALE / box.width() * target.width(),
            target.y() + y / _MASK_SCALE / box.height() * target.height(),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Mark the part under the pointer."""
        left = event.button() == Qt.MouseButton.LeftButton
        part = self.part_at(event.position()) if left else ""
        if part and self.isEnabled():
            self._focused = part
            self.toggled.emit(part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the part under the pointer."""
        part = self.part_at(event.position())
        if part:
            QToolTip.showText(event.globalPosition().toPoint(), self._parts[part], self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a part with arrows, mark it with Space."""
        names = list(self._parts)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
        }
        key = Qt.Key(event.key())
        if key in steps and names:
            position = names.index(self._focused) if self._focused in names else -1
            self._focused = names[(position + steps[key]) % len(names)]
            self._describe()
            self.update()
        elif key is Qt.Key.Key_Space and self._focused in names:
            self.toggled.emit(self._focused)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the part the keyboard is at."""
        self.keyboard_focus = event.reason() in KEYBOARD_REASONS
        if self._focused not in self._parts and self._parts:
            self._focused = next(iter(self._parts))
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Repaint at rest."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture and the letters of the sides."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        look = self._look or SectorLook(
            marked_fill=theme.tokens["critical"],
            marked_edge=theme.tokens["critical"],
            focus_edge=theme.tokens["focus"],
        )
        focused = self._focused if self.hasFocus() and self.keyboard_focus else ""
        source = diagram_source(self._diagram)
        text = _colored(source, self._marked, focused, self._hidden, look)
        renderer = svg_renderer(text)
        renderer.render(painter, self._target(renderer))
        face = font(NAME_PX, SEMIBOLD)
        top = 0.0
        left, right = QRectF(0, top, 16, 18), QRectF(self.width() - 16, top, 16, 18)
        center = Qt.AlignmentFlag.AlignCenter
        paint_text(painter, left, "R", face, theme.color("text"), center)
        paint_text(painter, right, "L", face, theme.color("text"), center)

    def _target(self, renderer: QSvgRenderer) -> QRectF:
        box = renderer.viewBoxF()
        scale = min((self.width() - 8) / box.width(), self.height() / box.height())
        width, height = box.width() * scale, box.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _describe(self) -> None:
        marked = [words for part, words in self._parts.items() if part in self._marked]
        name = f"{self._name}: {', '.join(marked) or 'none marked'}"
        if self._focused in self._parts:
            name += f"; at {self._parts[self._focused]}"
        self.setAccessibleName(name)
