"""The spine as navigator: every level with its marks; a click goes there.

The dock draws the lateral spine with labels, marks, SINS and ESCC; the rail draws blocks.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workstation.app.session import CaseSession, ViewState
from workstation.domain.case import Case
from workstation.domain.sins_options import SinsCategory
from workstation.domain.spine import VertebralLevel
from workstation.report.figures import (
    LevelColors,
    SpineDrawing,
    SpineTheme,
    color_spine,
    pushed_apart,
)
from workstation.ui.components.controls import KEYBOARD_REASONS
from workstation.ui.components.drawing import mixed_color, paint_box, paint_text, text_width
from workstation.ui.components.marks import category_mark, paint_mark
from workstation.ui.components.schematic import svg_renderer
from workstation.ui.icons import paint_icon
from workstation.ui.spine_map_view import LevelView, drawing_for, spine_view
from workstation.ui.theme import (
    BODY_PX,
    LABEL_PX,
    REGULAR,
    SEMIBOLD,
    SMALL_PX,
    Theme,
    current_theme,
    font,
)

HEAD_PX = 30.0
_FOOT_PX = 26.0
_LABEL_X = 10.0
_SPINE_X = 52.0
_PAD_PX = 10.0
_CALL_HEIGHT_PX = 19.0
_CENTER = Qt.AlignmentFlag.AlignCenter


class SpineMap(QWidget):
    """Base of dock and rail: geometry, keys, mouse, and what each level says.

    Signals
    -------
    level_activated(VertebralLevel)
        The reader went to a level by click or key; the view state already says so.
    mark_requested(VertebralLevel)
        Shift and click: mark a lesion at this level.
    """

    level_activated = Signal(object)
    mark_requested = Signal(object)

    def __init__(self, session: CaseSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.keyboard_focus = False
        self._view = spine_view(session.case)
        self._cursor: VertebralLevel | None = None
        self._hovered: VertebralLevel | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(360)
        session.case_changed.connect(self._on_case_changed)
        session.view_changed.connect(self._on_view_changed)
        self._describe()

    @property
    def chain(self) -> tuple[VertebralLevel, ...]:
        """The levels that are drawn, from the head."""
        return self._view.chain

    @property
    def current(self) -> VertebralLevel | None:
        """The level the panes stand at."""
        return self._session.view.active_level

    def center_y(self, level: VertebralLevel) -> float:
        """Return the height of a level in the widget, px."""
        drawing = self._drawing()
        box = drawing.levels[level]
        return self._top() + (box.cy - drawing.view_box[1]) * self._scale()

    def level_at(self, y: float) -> VertebralLevel | None:
        """Return the level whose band holds a height of the widget; None beside the spine."""
        centers = [(self.center_y(level), level) for level in self.chain]
        if not centers or not self._top() - 8 <= y <= self._bottom() + 8:
            return None
        return min(centers, key=lambda pair: abs(pair[0] - y))[1]

    def go_to(self, level: VertebralLevel) -> None:
        """Make a level the active one."""
        self._cursor = level
        self._session.change_view(active_level=level)
        self.level_activated.emit(level)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the level under the pointer; with Shift ask for a mark there."""
        level = self.level_at(event.position().y())
        if level is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.mark_requested.emit(level)
        else:
            self.go_to(level)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which level a click would go to."""
        level = self.level_at(event.position().y())
        if level is not self._hovered:
            self._hovered = level
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show no level as hovered."""
        self._hovered = None
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell about the level under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            level = self.level_at(float(event.pos().y()))
            text = self.words(level) if level is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        if event.type() == QEvent.Type.FocusIn:
            reason = getattr(event, "reason", None)
            self.keyboard_focus = reason is not None and reason() in KEYBOARD_REASONS
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, go with Enter or Space."""
        key = Qt.Key(event.key())
        moves = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -5,
            Qt.Key.Key_PageDown: 5,
            Qt.Key.Key_Home: -99,
            Qt.Key.Key_End: 99,
        }
        if key in moves and self.chain:
            start = self._cursor or self.current or self.chain[0]
            position = self.chain.index(start) if start in self.chain else 0
            target = min(max(position + moves[key], 0), len(self.chain) - 1)
            self._cursor = self.chain[target]
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor:
            self.go_to(self._cursor)
        else:
            event.ignore()

    def words(self, level: VertebralLevel) -> str:
        """Return what the map says about a level."""
        view = self._view.at(level)
        state = "" if self._view.confirmed else ", not confirmed"
        words = view.words if view is not None else f"{level}{state}"
        return f"{words}\nClick: go there. Shift and click: mark a lesion."

    def _room(self, level: VertebralLevel) -> float:
        """Return the distance to the nearest neighbor, px."""
        position = self.chain.index(level)
        near = self.chain[max(position - 1, 0) : position] + self.chain[position + 1 :][:1]
        here = self.center_y(level)
        return min((abs(self.center_y(other) - here) for other in near), default=18.0)

    def _drawing(self) -> SpineDrawing:
        return drawing_for(self._view.chain)

    def _top(self) -> float:
        return HEAD_PX + _PAD_PX

    def _bottom(self) -> float:
        return self.height() - _FOOT_PX - _PAD_PX

    def _scale(self) -> float:
        return max(self._bottom() - self._top(), 1.0) / self._drawing().view_box[3]

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        view = spine_view(new)
        if view != self._view:
            self._view = view
            self._describe()
            self.update()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.active_level is not new.active_level:
            self._cursor = new.active_level
            self._describe()
            self.update()

    def _describe(self) -> None:
        marked = "; ".join(view.words for view in self._view.levels) or "no level is marked"
        at = f". At {self._cursor}" if self._cursor is not None else ""
        numbering = ", ".join(self._view.numbering)
        self.setAccessibleName(f"Spine map, {numbering}. {marked}{at}")

    def _paint_label(
        self, painter: QPainter, theme: Theme, level: VertebralLevel, view: LevelView | None
    ) -> None:
        middle = self.center_y(level)
        strong = view is not None or level is self.current
        small = 11 if self._scale() < 1.35 else SMALL_PX
        face = font(small, SEMIBOLD if strong else REGULAR)
        width = text_width(level.value, face)
        half = min(self._room(level) / 2 - 0.5, 9.0)
        box = QRectF(_LABEL_X - 5, middle - half, max(width + 10, 26), 2 * half)
        self._paint_label_box(painter, theme, level, box)
        label = QRectF(_LABEL_X, middle - 9, width + 2, 18)
        ink = theme.color(self._label_token(level, strong=strong))
        paint_text(painter, label, level.value, face, ink)
        if view is not None and view.is_variant:
            _paint_variant_ring(painter, theme, box)

    def _is_proposed(self, level: VertebralLevel) -> bool:
        """Return whether a level is placed on the images and not confirmed."""
        return level in self._view.numbered and not self._view.confirmed

    def _label_token(self, level: VertebralLevel, *, strong: bool) -> str:
        if self._is_proposed(level) and level is not self.current:
            return "suggestion"
        if strong:
            return "text"
        return "text_muted" if level in self._view.numbered else "text_faint"

    def _paint_label_box(
        self, painter: QPainter, theme: Theme, level: VertebralLevel, box: QRectF
    ) -> None:
        if level is self.current:
            fill, edge = theme.color("accent_wash"), theme.color("accent")
            paint_box(painter, box, fill=fill, edge=edge, width_px=1.5, radius_px=3.0)
            return
        if self._is_proposed(level):
            lilac = theme.color("suggestion")
            paint_box(painter, box, edge=lilac, dashed=True, radius_px=3.0)
        elif level is self._hovered:
            paint_box(painter, box, fill=theme.color("hover"), radius_px=3.0)
        if level is self._cursor and self.hasFocus():
            focus = theme.color("focus")
            paint_box(painter, box, edge=focus, width_px=2.0, radius_px=3.0)

    def _paint_head(self, painter: QPainter, theme: Theme) -> None:
        caps = font(LABEL_PX, SEMIBOLD, spacing_px=0.8)
        box = QRectF(12, 0, self.width() - 24, HEAD_PX)
        paint_text(painter, box, "SPINE MAP", caps, theme.color("text_muted"))


class SpineDock(SpineMap):
    """The drawn spine with all labels, marks, SINS and ESCC; 216 to 330 px wide."""

    def __init__(self, session: CaseSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setMinimumWidth(216)

    def sizeHint(self) -> QSize:
        """Return the width of the left dock."""
        return QSize(276, 560)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw head, spine, labels, call-outs and legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        painter.fillRect(QRectF(self.rect()), theme.color("panel"))
        self._paint_head(painter, theme)
        self._paint_numbering(painter, theme)
        self._paint_spine(painter, theme)
        for level in self.chain:
            self._paint_label(painter, theme, level, self._view.at(level))
        self._paint_calls(painter, theme)
        self._paint_legend(painter, theme)

    def _spine_box(self) -> QRectF:
        drawing = self._drawing()
        width = drawing.view_box[2] * self._scale()
        return QRectF(_SPINE_X, self._top(), width, drawing.view_box[3] * self._scale())

    def _paint_spine(self, painter: QPainter, theme: Theme) -> None:
        if self.current in self.chain and self.current is not None:
            middle = self.center_y(self.current)
            half = max(self._drawing().levels[self.current].h * self._scale() / 2 + 2, 9.0)
            band = QRectF(0, middle - half, self.width(), 2 * half)
            wash = theme.color("accent_wash", 0.55)
            painter.fillRect(band, wash)
            painter.fillRect(QRectF(0, band.y(), 2, band.height()), theme.color("accent"))
        drawing = self._drawing()
        text = color_spine(drawing.svg, self._fills(theme), spine_theme(theme))
        svg_renderer(text).render(painter, self._spine_box())
        for view in self._view.levels:
            if view.treated:
                self._paint_hatch(painter, theme, view)

    def _paint_hatch(self, painter: QPainter, theme: Theme, view: LevelView) -> None:
        drawing = self._drawing()
        box = drawing.levels[view.level]
        scale, target = self._scale(), self._spine_box()
        middle = QPointF(
            target.x() + (box.cx - drawing.view_box[0]) * scale, self.center_y(view.level)
        )
        reach = box.h * scale * 0.36
        painter.setPen(QPen(theme.color("text"), 1.0))
        for step in (-0.55, 0.0, 0.55):
            x = middle.x() + step * box.w * scale * 0.5
            painter.drawLine(
                QPointF(x - reach * 0.6, middle.y() + reach),
                QPointF(x + reach * 0.6, middle.y() - reach),
            )

    def _fills(self, theme: Theme) -> Mapping[VertebralLevel, LevelColors]:
        bone = theme.spine_color("bone")
        return {
            view.level: LevelColors(
                fill=mixed_color(theme.color(view.token), bone, 0.5).name(),
                edge=theme.tokens[view.token],
                edge_width=2.0,
            )
            for view in self._view.levels
        }

    def _paint_calls(self, painter: QPainter, theme: Theme) -> None:
        views = self._view.levels
        if not views:
            return
        heights = [_CALL_HEIGHT_PX] * len(views)
        wanted = [self.center_y(view.level) for view in views]
        low, high = self._top() - 4, self._bottom() + 4
        centers = pushed_apart(wanted, heights, low=low, high=high, gap=1.0)
        left = self._call_x()
        for view, center in zip(views, centers, strict=True):
            self._paint_call(painter, theme, view, QPointF(left, center))

    def _call_x(self) -> float:
        right = self._spine_box().right()
        return min(max(right + 6, 130.0), self.width() - 92.0)

    def _paint_call(self, painter: QPainter, theme: Theme, view: LevelView, at: QPointF) -> None:
        drawing = self._drawing()
        box = drawing.levels[view.level]
        edge = self._spine_box().x() + (box.cx + box.w / 2 - drawing.view_box[0]) * self._scale()
        pen = QPen(theme.color("text_faint"), 1.0)
        pen.setDashPattern([1.0, 2.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(edge + 2, self.center_y(view.level)), QPointF(at.x() - 3, at.y()))
        color = theme.color(view.token)
        paint_mark(painter, view.mark, QPointF(at.x() + 6, at.y()), 11, color)
        face = font(BODY_PX, SEMIBOLD)
        value = QRectF(at.x() + 15, at.y() - 9, 40, 18)
        paint_text(painter, value, view.sins, face, theme.color("text"))
        grade = font(SMALL_PX, SEMIBOLD)
        width = max(text_width(view.escc, grade) + 10, 22)
        left = at.x() + 15 + max(text_width(view.sins, face), 16) + 8
        cell = QRectF(min(left, self.width() - width - 4), at.y() - 9, width, 18)
        token = "critical" if view.high_grade else "line_strong"
        fill = theme.color("critical_wash") if view.high_grade else None
        paint_box(painter, cell, fill=fill, edge=theme.color(token), radius_px=3.0)
        ink = theme.color("critical" if view.high_grade else "text")
        paint_text(painter, cell, view.escc, grade, ink, _CENTER)
        if view.treated and cell.right() + 18 <= self.width():
            box_icon = QRectF(cell.right() + 4, at.y() - 7, 14, 14)
            paint_icon(painter, "radiation", box_icon, theme.color("text_muted"))

    def _paint_numbering(self, painter: QPainter, theme: Theme) -> None:
        # The lines stand beside the neck; a marked cervical level needs that room itself.
        left = max(self._spine_box().x() + 62 * self._scale(), 112.0)
        first = min((self.center_y(view.level) for view in self._view.levels), default=1e9)
        face = font(LABEL_PX, REGULAR)
        for position, line in enumerate(self._view.numbering):
            top = self._top() - 6 + position * 15
            if top + 18 > first - 10 or text_width(line, face) > self.width() - left - 4:
                break
            token = "text_muted"
            if line.startswith("Confirmed"):
                token = "good"
            elif line.startswith("Levels not"):
                token = "suggestion"
            box = QRectF(left, top, self.width() - left - 4, 15)
            paint_text(painter, box, line, face, theme.color(token))

    def _paint_legend(self, painter: QPainter, theme: Theme) -> None:
        face = font(LABEL_PX)
        left = 12.0
        middle = self.height() - _FOOT_PX / 2
        for category, word in zip(SinsCategory, ("stable", "potentially", "unstable"), strict=True):
            mark, token = category_mark(category)
            paint_mark(painter, mark, QPointF(left + 4, middle), 8, theme.color(token))
            width = text_width(word, face)
            box = QRectF(left + 12, middle - 8, width + 2, 16)
            paint_text(painter, box, word, face, theme.color("text_muted"))
            left += 12 + width + 12


class SpineRail(SpineMap):
    """Every level as a block with its label and mark; 84 px wide."""

    def __init__(self, session: CaseSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setFixedWidth(84)

    def sizeHint(self) -> QSize:
        """Return the width of the rail."""
        return QSize(84, 560)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw labels, blocks and marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        painter.fillRect(QRectF(self.rect()), theme.color("panel"))
        for level in self.chain:
            view = self._view.at(level)
            self._paint_row(painter, theme, level, view)
            self._paint_label(painter, theme, level, view)

    def _top(self) -> float:
        return _PAD_PX

    def _bottom(self) -> float:
        return self.height() - _PAD_PX

    def _paint_row(
        self, painter: QPainter, theme: Theme, level: VertebralLevel, view: LevelView | None
    ) -> None:
        drawing = self._drawing()
        middle = self.center_y(level)
        half = drawing.levels[level].h * self._scale() / 2
        if level is self.current:
            band = QRectF(0, middle - max(half, 9), self.width(), 2 * max(half, 9))
            painter.fillRect(band, theme.color("accent_wash", 0.55))
            painter.fillRect(QRectF(0, band.y(), 2, band.height()), theme.color("accent"))
        block = QRectF(36, middle - half, 24, 2 * half)
        fill, edge = theme.spine_color("bone"), theme.spine_color("bone_edge")
        if view is not None:
            edge = theme.color(view.token)
            fill = mixed_color(edge, fill, 0.5)
        dashed = not self._view.confirmed
        paint_box(painter, block, fill=fill, edge=edge, width_px=1.5, dashed=dashed)
        if view is not None:
            color = theme.color(view.token)
            paint_mark(painter, view.mark, QPointF(73, middle), 10, color)


def _paint_variant_ring(painter: QPainter, theme: Theme, box: QRectF) -> None:
    painter.setPen(QPen(theme.color("suggestion"), 1.25))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(box.right() + 2, box.top() + 2), 2.5, 2.5)


def spine_theme(theme: Theme) -> SpineTheme:
    """Return the colors of the drawing in a theme of the window."""
    return SpineTheme(**{name: str(value) for name, value in theme.spine_map.items()})
