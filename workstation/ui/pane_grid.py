"""The grid of panes: any size up to 4 x 4, movable borders, one pane alone on request."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from workstation.ui.pane_frame import PaneFrame
from workstation.ui.theme import current_theme

GAP_PX = 2
GRAB_PX = 7
LARGEST_SIDE = 4
SMALLEST_PART = 0.12
"""Smallest part of the grid that a border can leave to a row or column."""


class PaneGrid(QWidget):
    """Arranges panes row by row.

    Signals
    -------
    active_changed(PaneFrame)
        Another pane is the active one.
    arranged()
        Panes were put in, taken out, maximized or restored.
    """

    active_changed = Signal(object)
    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: list[PaneFrame] = []
        self._columns = 2
        self._column_parts: list[float] = [0.5, 0.5]
        self._row_parts: list[float] = [0.5, 0.5]
        self._active: PaneFrame | None = None
        self._alone: PaneFrame | None = None
        self._handles: list[GridHandle] = []
        self.setAccessibleName("Images")

    @property
    def panes(self) -> tuple[PaneFrame, ...]:
        """Every pane, row by row."""
        return tuple(self._panes)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self._columns

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max(-(-len(self._panes) // self._columns), 1)

    @property
    def active(self) -> PaneFrame | None:
        """The pane that keys and toolbar act on."""
        return self._active

    @property
    def alone(self) -> PaneFrame | None:
        """The pane that is shown alone, or None."""
        return self._alone

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(900, 640)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size."""
        return QSize(320, 240)

    def set_panes(self, panes: Sequence[PaneFrame], columns: int) -> None:
        """Show these panes; the ones that go give their render windows back.

        Parameters
        ----------
        panes : sequence of PaneFrame
            Row by row, at most sixteen.
        columns : int
            From 1 to 4.
        """
        for pane in self._panes:
            if pane not in panes:
                pane.close_view()
                pane.setParent(None)
                pane.deleteLater()
        self._panes = list(panes[: LARGEST_SIDE * LARGEST_SIDE])
        self._columns = min(max(columns, 1), LARGEST_SIDE)
        self._alone = None
        for pane in self._panes:
            pane.setParent(self)
            pane.show()
        self._column_parts = _even(self._columns)
        self._row_parts = _even(self.rows)
        self._make_handles()
        if self._active not in self._panes:
            self.set_active(self._panes[0] if self._panes else None)
        self._arrange()

    def set_active(self, pane: PaneFrame | None) -> None:
        """Make a pane the active one."""
        if pane is self._active:
            return
        old, self._active = self._active, pane
        if old is not None and old in self._panes:
            old.set_active(False)
        if pane is not None:
            pane.set_active(True)
        self.active_changed.emit(pane)

    def show_alone(self, pane: PaneFrame | None) -> None:
        """Show one pane alone, or all again with None."""
        self._alone = pane
        if pane is not None:
            self.set_active(pane)
        self._arrange()

    def toggle_alone(self, pane: PaneFrame) -> None:
        """Show a pane alone, or all again when it already is."""
        self.show_alone(None if self._alone is pane else pane)

    def close_views(self) -> None:
        """Give every render window back."""
        for pane in self._panes:
            pane.close_view()

    def restore_parts(self) -> None:
        """Make all rows and all columns equal again."""
        self._column_parts = _even(self._columns)
        self._row_parts = _even(self.rows)
        self._arrange()

    def move_border(self, number: int, part: float, *, vertical: bool) -> None:
        """Move the border after a column (vertical) or row to a part of the grid, 0 to 1."""
        parts = self._column_parts if vertical else self._row_parts
        before = sum(parts[:number])
        both = parts[number] + parts[number + 1]
        first = min(max(part - before, SMALLEST_PART), both - SMALLEST_PART)
        parts[number], parts[number + 1] = first, both - first
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the panes in the new size."""
        del event
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the gaps, and the place of missing panes."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_theme().overlay_color("pane_gap"))

    def _arrange(self) -> None:
        if self._alone is not None:
            for pane in self._panes:
                pane.setVisible(pane is self._alone)
            self._alone.setGeometry(self.rect())
        else:
            columns = _spans(self._column_parts, self.width())
            rows = _spans(self._row_parts, self.height())
            for number, pane in enumerate(self._panes):
                (x, width), (y, height) = (
                    columns[number % self._columns],
                    rows[number // self._columns],
                )
                pane.setGeometry(QRect(x, y, width, height))
                pane.setVisible(True)
        self._place_handles()
        self.arranged.emit()

    def _make_handles(self) -> None:
        for handle in self._handles:
            handle.setParent(None)
            handle.deleteLater()
        self._handles = [GridHandle(self, n, vertical=True) for n in range(self._columns - 1)]
        self._handles += [GridHandle(self, n, vertical=False) for n in range(self.rows - 1)]

    def _place_handles(self) -> None:
        for handle in self._handles:
            handle.setVisible(self._alone is None)
            handle.raise_()
            parts = self._column_parts if handle.vertical else self._row_parts
            extent = self.width() if handle.vertical else self.height()
            x, width = _spans(parts, extent)[handle.number]
            border = x + width + GAP_PX // 2 - GRAB_PX // 2
            if handle.vertical:
                handle.setGeometry(border, 0, GRAB_PX, self.height())
            else:
                handle.setGeometry(0, border, self.width(), GRAB_PX)


class GridHandle(QWidget):
    """The border between two columns or rows: drawn thin, easy to grab."""

    def __init__(self, grid: PaneGrid, number: int, *, vertical: bool) -> None:
        super().__init__(grid)
        self.grid = grid
        self.number = number
        self.vertical = vertical
        cursor = Qt.CursorShape.SplitHCursor if vertical else Qt.CursorShape.SplitVCursor
        self.setCursor(cursor)
        self.setAccessibleName("Border between panes")
        self.setToolTip("Drag to resize, double-click for equal panes")
        self.show()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the border with the pointer."""
        position = self.mapTo(self.grid, event.position())
        self.grid.move_border(self.number, self._part(position), vertical=self.vertical)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Make the panes equal again."""
        del event
        self.grid.restore_parts()

    def _part(self, position: QPointF) -> float:
        if self.vertical:
            return position.x() / max(self.grid.width(), 1)
        return position.y() / max(self.grid.height(), 1)


def _even(count: int) -> list[float]:
    return [1.0 / count] * count


def _spans(parts: Sequence[float], extent: int) -> list[tuple[int, int]]:
    """Return (start, length) of each part of an extent with gaps between, whole pixels."""
    room = extent - GAP_PX * (len(parts) - 1)
    spans, start, total = [], 0, 0.0
    for number, part in enumerate(parts):
        total += part
        end = round(room * total) + GAP_PX * number
        spans.append((start, max(end - start, 1)))
        start = end + GAP_PX
    return spans
