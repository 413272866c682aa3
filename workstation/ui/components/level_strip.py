"""One chip per level with a lesion: its value on this tab, its mark, and which is the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
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
_LINE_PX = _CHIP_PX + _GAP_PX
_HINT_PX = 20
_BAR_PX = 5
_MOST_LINES = 2
"""More lines than this would push the form out of a low window; the strip scrolls instead."""


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
        self.tight = False
        """Whether the spaces around level, mark and value are small; the words never shorten."""
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
        return QSize(self.width_px(tight=self.tight), _CHIP_PX)

    def width_px(self, *, tight: bool) -> int:
        """Return the width with large or small spaces, px."""
        return int(self._parts(tight=tight)[-1] + 0.999)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        self._paint_box(painter, theme)
        face = font(NAME_PX, SEMIBOLD)
        level_x, mark_x, value_x, index_x, _ = self._parts(tight=self.tight)
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

    def _parts(self, *, tight: bool) -> tuple[float, float, float, float, float]:
        edge, gap, near = (6.0, 4.0, 3.0) if tight else (10.0, 8.0, 5.0)
        face = font(NAME_PX, SEMIBOLD)
        mark = edge + text_width(str(self.view.level), face) + gap
        value = mark + 11 + near
        end = value + text_width(self.view.value, face)
        index = end + gap
        if self.view.is_index:
            small = font(LABEL_PX, SEMIBOLD, spacing_px=0.6)
            end = index + text_width("INDEX", small) + 8
        return (edge, mark, value, index, end + edge)

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
    """The levels from head to foot in at most two lines; more of them are reached by scrolling.

    The line of the chosen level is always in view.

    Signals
    -------
    picked(VertebralLevel)
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[LevelChip] = []
        self._first_line = 0
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
        self._reveal_chosen()
        self._arrange()

    def height_at(self, width: int) -> int:
        """Return the height of the lines that show."""
        lines = _line_count(self._placed(width)[0])
        return min(lines, _MOST_LINES) * _LINE_PX - _GAP_PX + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chips out."""
        super().resizeEvent(event)
        self._reveal_chosen()
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by one line where there are more than show."""
        hidden = self._hidden_lines()
        if not hidden:
            event.ignore()
            return
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first_line = min(max(self._first_line + step, 0), hidden)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw how far the lines are scrolled, where there are more than show."""
        hidden = self._hidden_lines()
        if not hidden:
            return
        painter = QPainter(self)
        theme = current_theme()
        share = self.height() / (hidden + _MOST_LINES)
        left = self.width() - 3.0
        painter.fillRect(QRectF(left, 0, 3, self.height()), theme.color("raised"))
        handle = QRectF(left, self._first_line * share, 3, _MOST_LINES * share)
        painter.fillRect(handle, theme.color("line_strong"))

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
        boxes, tight = self._placed(self.width())
        for chip, box in zip(self.chips, boxes, strict=True):
            chip.tight = tight
            line = box.y() // _LINE_PX - self._first_line
            chip.setGeometry(box.translated(0, -self._first_line * _LINE_PX))
            chip.setVisible(0 <= line < _MOST_LINES)
            chip.update()
        self._place_hints(boxes, tight)
        self.refit()

    def _place_hints(self, boxes: list[QRect], tight: bool) -> None:
        last = boxes[-1] if boxes else QRect()
        after = QPoint(0, _LINE_PX) if tight else QPoint(last.right() + 1 + _GAP_PX, last.y())
        self._before.move(0, 0)
        self._after.move(after)
        for hint in (self._before, self._after):
            hint.setVisible(len(self.chips) > 1)

    def _placed(self, width: int) -> tuple[list[QRect], bool]:
        """Return the place of each chip and whether the spaces are small."""
        loose = self._boxes([chip.width_px(tight=False) for chip in self.chips], width)
        if _line_count(loose) <= _MOST_LINES:
            return loose, False
        widths = [chip.width_px(tight=True) for chip in self.chips]
        return self._boxes(widths, width - _BAR_PX, gap=3), True

    def _boxes(self, widths: list[int], width: int, *, gap: int = _GAP_PX) -> list[QRect]:
        boxes: list[QRect] = []
        start = _HINT_PX + gap if len(widths) > 1 else 0
        left, top = start, 0
        for position, want in enumerate(widths):
            # The key of the next level stands behind the last chip while the spaces are large.
            is_last = 0 < position == len(widths) - 1 and gap == _GAP_PX
            room = width - (_HINT_PX + gap if is_last else 0)
            if left > start and left + want > room:
                left, top = start, top + _LINE_PX
            boxes.append(QRect(left, top, want, _CHIP_PX))
            left += want + gap
        return boxes

    def _hidden_lines(self) -> int:
        return max(_line_count(self._placed(self.width())[0]) - _MOST_LINES, 0)

    def _reveal_chosen(self) -> None:
        boxes, _ = self._placed(self.width())
        self._first_line = min(self._first_line, self._hidden_lines())
        for chip, box in zip(self.chips, boxes, strict=True):
            if chip.isChecked():
                line = box.y() // _LINE_PX
                nearest = max(self._first_line, line - _MOST_LINES + 1)
                self._first_line = min(nearest, line)


def _line_count(boxes: list[QRect]) -> int:
    return boxes[-1].y() // _LINE_PX + 1 if boxes else 1
