"""One chip per level with a lesion: its value on this tab, its mark, and which is the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from workstation.domain.spine import VertebralLevel
from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import (
    KEY_HEIGHT_PX,
    paint_box,
    paint_key,
    paint_text,
    text_width,
)
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.components.marks import Mark, paint_mark
from workstation.ui.theme import LABEL_PX, NAME_PX, SEMIBOLD, Theme, current_theme, font

_CHIP_PX = 32
_GAP_PX = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChipView:
    """One level: its value on this tab as printed, shape and color of its mark."""

    level: VertebralLevel
    value: str
    mark: Mark
    token: str
    is_index: bool = False
    words: str = ""


class LevelChip(PaintedControl):
    """One level of the strip.

    Signals
    -------
    picked(VertebralLevel)
    """

    picked = Signal(object)

    def __init__(self, view: LevelChipView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.setCheckable(True)
        self.clicked.connect(self._on_clicked)
        self.set_view(view)

    def set_view(self, view: LevelChipView) -> None:
        """Show another value."""
        self.view = view
        parts = [str(view.level), view.words or view.value]
        if view.is_index:
            parts.append("index level, the worst")
        self.describe(", ".join(parts), f"Show {view.level}: {view.words or view.value}")
        self.updateGeometry()
        self.update()

    def nextCheckState(self) -> None:
        """Leave the state to the view."""

    def sizeHint(self) -> QSize:
        """Return level, mark, value and the word for the index."""
        return QSize(int(self._parts()[-1] + 0.999), _CHIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        self._paint_box(painter, theme)
        face = font(NAME_PX, SEMIBOLD)
        level_x, mark_x, value_x, index_x, _ = self._parts()
        middle = self.height() / 2.0
        box = QRectF(level_x, 0, 60, self.height())
        paint_text(painter, box, str(self.view.level), face, theme.color("text"))
        color = theme.color(self.view.token)
        paint_mark(painter, self.view.mark, QPointF(mark_x + 5.5, middle), 11, color)
        box = QRectF(value_x, 0, 80, self.height())
        paint_text(painter, box, self.view.value, face, theme.color("text"))
        if self.view.is_index:
            small = font(LABEL_PX, SEMIBOLD, spacing_px=0.6)
            badge = QRectF(index_x, middle - 9, text_width("INDEX", small) + 8, 18)
            paint_box(painter, badge, fill=theme.color("hover"), radius_px=3.0)
            center = Qt.AlignmentFlag.AlignCenter
            paint_text(painter, badge, "INDEX", small, theme.color("text_muted"), center)

    def _paint_box(self, painter: QPainter, theme: Theme) -> None:
        rect = QRectF(self.rect())
        if self.isChecked():
            edge, wash = theme.color("accent"), theme.color("accent_wash")
            paint_box(painter, rect, fill=wash, edge=edge, width_px=2.0, radius_px=5.0)
        else:
            fill = theme.color(self.fill_token())
            paint_box(painter, rect, fill=fill, edge=theme.color("line"), radius_px=5.0)

    def _parts(self) -> tuple[float, float, float, float, float]:
        face = font(NAME_PX, SEMIBOLD)
        mark = 10 + text_width(str(self.view.level), face) + 8
        value = mark + 11 + 5
        end = value + text_width(self.view.value, face)
        index = end + 8
        if self.view.is_index:
            small = font(LABEL_PX, SEMIBOLD, spacing_px=0.6)
            end = index + text_width("INDEX", small) + 8
        return (10.0, mark, value, index, end + 10)

    def _on_clicked(self) -> None:
        self.picked.emit(self.view.level)


class KeyHint(QWidget):
    """A key shown beside what it does."""

    def __init__(self, key: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setFixedSize(20, _CHIP_PX)
        self.setToolTip(tip)
        self.setAccessibleName(f"{key}: {tip}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key."""
        painter = QPainter(self)
        paint_key(painter, self._key, QPointF(0, (self.height() - KEY_HEIGHT_PX) / 2.0))


class LevelStrip(FittedWidget):
    """The levels from head to foot; wraps to more lines when there are many.

    Signals
    -------
    picked(VertebralLevel)
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[LevelChip] = []
        self._before = KeyHint("U", "Previous level", self)
        self._after = KeyHint("J", "Next level", self)
        self.setAccessibleName("Levels with a lesion")

    def set_levels(self, views: Sequence[LevelChipView], current: VertebralLevel | None) -> None:
        """Show these levels with ``current`` chosen."""
        if [chip.view.level for chip in self.chips] != [view.level for view in views]:
            self._rebuild(views)
        for chip, view in zip(self.chips, views, strict=True):
            if chip.view != view:
                chip.set_view(view)
            chip.setChecked(view.level is current)
        self._arrange()

    def height_at(self, width: int) -> int:
        """Return the height of all lines."""
        boxes = self._boxes(width)
        return (boxes[-1].bottom() + 1 if boxes else _CHIP_PX) + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chips out."""
        super().resizeEvent(event)
        self._arrange()

    def _rebuild(self, views: Sequence[LevelChipView]) -> None:
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for view in views:
            chip = LevelChip(view, self)
            chip.picked.connect(self.picked)
            chip.show()
            self.chips.append(chip)

    def _arrange(self) -> None:
        boxes = self._boxes(self.width())
        widgets: list[QWidget] = [self._before, *self.chips, self._after]
        for widget, box in zip(widgets, boxes, strict=True):
            widget.setGeometry(box)
        many = len(self.chips) > 1
        self._before.setVisible(many)
        self._after.setVisible(many)
        self.refit()

    def _boxes(self, width: int) -> list[QRect]:
        boxes = []
        left = top = 0
        many = len(self.chips) > 1
        hint = 20 if many else 0
        for want in [hint, *(chip.sizeHint().width() for chip in self.chips), hint]:
            if left and left + want > width:
                left, top = (26 if many else 0), top + _CHIP_PX + _GAP_PX
            boxes.append(QRect(left, top, want, _CHIP_PX))
            left += want + (_GAP_PX if want else 0)
        return boxes
