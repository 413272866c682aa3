"""The NOMS table drawn as a tree: what is decided, what is open, what cannot be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.ui.components.drawing import paint_box, paint_text, paint_wrapped, text_width
from workstation.ui.theme import BODY_PX, REGULAR, SEMIBOLD, SMALL_PX, Theme, current_theme, font

_ROW_PX = 21.0
_HEAD_PX = 24.0
_NODE_PX = 18.0


class PathState(StrEnum):
    """State of a node or row."""

    DECIDED = "decided"
    OPEN = "open"
    UNREACHABLE = "not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """One published row: the nodes it passes, what it suggests, its name.

    ``nodes`` holds one word for each of N, O, M and, where it decides, S.
    """

    name: str
    nodes: tuple[str, ...]
    decision: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """The rows of the table and which of them are left.

    ``stop`` is a title and a sentence where no row applies at all.
    """

    rows: tuple[TraceRow, ...] = ()
    reachable: frozenset[str] = frozenset()
    stop: tuple[str, str] | None = None

    @property
    def decided(self) -> bool:
        """Whether exactly one row is left."""
        return len(self.reachable) == 1

    def row_state(self, row: TraceRow) -> PathState:
        """Return the state of a row."""
        if row.name not in self.reachable:
            return PathState.UNREACHABLE
        return PathState.DECIDED if self.decided else PathState.OPEN

    def node_state(self, path: tuple[str, ...]) -> PathState:
        """Return the state of the node at the end of a path of words."""
        through = {row.name for row in self.rows if row.nodes[: len(path)] == path}
        left = through & self.reachable
        if not left:
            return PathState.UNREACHABLE
        return PathState.DECIDED if left == self.reachable else PathState.OPEN


class TracePath(QWidget):
    """The tree; a press on a node asks for its card.

    Signals
    -------
    node_pressed(str)
        "N", "O", "M" or "S".
    """

    node_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = TraceView()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(_HEAD_PX + 10 * _ROW_PX + 4))
        self.setAccessibleName("NOMS trace")

    def set_view(self, view: TraceView) -> None:
        """Show another trace."""
        self.view = view
        left = [row for row in view.rows if row.name in view.reachable]
        if view.stop is not None:
            words = ". ".join(view.stop)
        elif view.decided:
            words = f"row {left[0].name}, {left[0].decision}"
        else:
            words = "open, " + " or ".join(f"{row.name} {row.decision}" for row in left)
        self.setAccessibleName(f"NOMS trace: {words}")
        self.setToolTip("The published table. Click a letter or node to go to its inputs.")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of ten rows."""
        return QSize(376, self.height())

    def minimumSizeHint(self) -> QSize:
        """Return the narrowest tree."""
        return QSize(330, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the card of the column that was pressed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        for letter, x in zip("NOMS", self._columns(), strict=True):
            if abs(event.position().x() - x) <= 28:
                self.node_pressed.emit(letter)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw head, rows, edges and nodes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        self._paint_head(painter, theme)
        if self.view.stop is not None:
            painter.setOpacity(0.45)
        centers = self._centers()
        for row in self.view.rows:
            self._paint_row(painter, theme, row)
        for state in (PathState.UNREACHABLE, PathState.OPEN, PathState.DECIDED):
            self._paint_edges(painter, theme, centers, state)
        for path, center in centers.items():
            self._paint_node(painter, theme, path, center)
        painter.setOpacity(1.0)
        if self.view.stop is not None:
            self._paint_stop(painter, theme, self.view.stop)

    def _columns(self) -> tuple[float, float, float, float]:
        left = 26.0
        step = (self._decision_x() - 36.0 - left) / 3.0
        return (left, left + step, left + 2 * step, left + 3 * step)

    def _decision_x(self) -> float:
        return self.width() * (0.53 if self.width() > 400 else 0.52)

    def _row_y(self, position: int) -> float:
        return _HEAD_PX + (position + 0.5) * _ROW_PX

    def _centers(self) -> dict[tuple[str, ...], QPointF]:
        columns = self._columns()
        heights: dict[tuple[str, ...], list[float]] = {}
        for position, row in enumerate(self.view.rows):
            for depth in range(1, len(row.nodes) + 1):
                heights.setdefault(row.nodes[:depth], []).append(self._row_y(position))
        return {
            path: QPointF(columns[len(path) - 1], sum(ys) / len(ys)) for path, ys in heights.items()
        }

    def _paint_head(self, painter: QPainter, theme: Theme) -> None:
        face = font(SMALL_PX, SEMIBOLD)
        muted = theme.color("text_muted")
        center = Qt.AlignmentFlag.AlignCenter
        for letter, x in zip("NOMS", self._columns(), strict=True):
            paint_text(painter, QRectF(x - 20, 0, 40, 20), letter, face, muted, center)
        box = QRectF(self._decision_x(), 0, 120, 20)
        paint_text(painter, box, "NOMS suggests", face, muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        paint_text(painter, QRectF(self.width() - 44, 0, 40, 20), "Row", face, muted, right)

    def _paint_row(self, painter: QPainter, theme: Theme, row: TraceRow) -> None:
        position = self.view.rows.index(row)
        state = self.view.row_state(row)
        middle = self._row_y(position)
        left = self._decision_x() - 4
        band = QRectF(left, middle - _ROW_PX / 2 + 0.5, self.width() - left, _ROW_PX - 1)
        washes = {PathState.DECIDED: "accent_wash", PathState.OPEN: "caution_wash"}
        if state in washes:
            paint_box(painter, band, fill=theme.color(washes[state]), radius_px=2.0)
        strong = state is not PathState.UNREACHABLE
        ink = theme.color("text" if strong else "text_faint")
        weight = SEMIBOLD if strong else REGULAR
        room = band.width() - 38
        face = font(BODY_PX, weight)
        text = row.decision
        if text_width(text, face) > room:
            text, face = row.decision, font(SMALL_PX, weight)
        if text_width(text, face) > room:
            text = row.short
        paint_text(painter, band.adjusted(4, 0, 0, 0), text, face, ink)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        small = font(BODY_PX, weight)
        paint_text(painter, band.adjusted(0, 0, -6, 0), row.name, small, ink, right)

    def _paint_edges(
        self,
        painter: QPainter,
        theme: Theme,
        centers: Mapping[tuple[str, ...], QPointF],
        state: PathState,
    ) -> None:
        pen = self._pen(theme, state)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        root = QPointF(3.0, self._row_y(5) - _ROW_PX / 2)
        for path, center in centers.items():
            if self.view.node_state(path) is not state:
                continue
            start = centers[path[:-1]] if len(path) > 1 else root
            painter.drawPath(_curve(start, center))
        for position, row in enumerate(self.view.rows):
            if self.view.row_state(row) is state:
                start = centers[row.nodes]
                end = QPointF(self._decision_x() - 6, self._row_y(position))
                if start.x() < end.x():
                    painter.drawLine(QPointF(start.x(), start.y()), end)

    def _pen(self, theme: Theme, state: PathState) -> QPen:
        if state is PathState.DECIDED:
            return QPen(theme.color("accent"), 2.5)
        if state is PathState.OPEN:
            pen = QPen(theme.color("caution"), 2.0)
            pen.setDashPattern([4, 2.5])
            return pen
        return QPen(theme.color("line"), 1.25)

    def _paint_node(
        self, painter: QPainter, theme: Theme, path: tuple[str, ...], center: QPointF
    ) -> None:
        state = self.view.node_state(path)
        text = path[-1]
        face = font(SMALL_PX, REGULAR if state is PathState.UNREACHABLE else SEMIBOLD)
        width = text_width(text, face) + 12
        box = QRectF(center.x() - width / 2, center.y() - _NODE_PX / 2, width, _NODE_PX)
        looks: dict[PathState, tuple[QColor, QColor, QColor]] = {
            PathState.DECIDED: (
                theme.color("accent_wash"),
                theme.color("accent"),
                theme.color("text"),
            ),
            PathState.OPEN: (
                theme.color("caution_wash"),
                theme.color("caution"),
                theme.color("text"),
            ),
            PathState.UNREACHABLE: (
                theme.color("panel"),
                theme.color("line"),
                theme.color("text_faint"),
            ),
        }
        fill, edge, ink = looks[state]
        opened = state is PathState.OPEN
        paint_box(painter, box, fill=theme.color("panel"), radius_px=4.0)
        paint_box(painter, box, fill=fill, edge=edge, width_px=1.5, dashed=opened, radius_px=4.0)
        paint_text(painter, box, text, face, ink, Qt.AlignmentFlag.AlignCenter)

    def _paint_stop(self, painter: QPainter, theme: Theme, stop: tuple[str, str]) -> None:
        title, text = stop
        box = QRectF(self.width() * 0.42, self._row_y(3), self.width() * 0.58 - 2, 76)
        wash = theme.color("critical_wash")
        paint_box(painter, box, fill=wash, edge=theme.color("critical"), width_px=1.5)
        inner = box.adjusted(12, 8, -12, -8)
        paint_text(
            painter,
            QRectF(inner.x(), inner.y(), inner.width(), 18),
            title,
            font(BODY_PX + 1, SEMIBOLD),
            theme.color("critical"),
        )
        body = inner.adjusted(0, 22, 0, 0)
        paint_wrapped(painter, body, text, font(SMALL_PX), theme.color("text"))


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    middle = (start.x() + end.x()) / 2.0
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    return path
