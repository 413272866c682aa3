"""A tile with a picture for one published option, and the row that lays tiles out evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.ui.components.controls import PaintedControl, rove
from workstation.ui.components.drawing import (
    key_width,
    paint_box,
    paint_key,
    paint_text,
    paint_wrapped,
    text_width,
    wrapped_height,
)
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.components.schematic import paint_schematic
from workstation.ui.icons import paint_icon
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

_PAD = 8
_SIDE = 1
_KEY_ROW = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class TileState:
    """How a tile shows.

    Parameters
    ----------
    selected, suggested, prior : bool
        The answer; a proposal that is not an answer; the answer of the prior study.
    disabled_reason : str
        Why it cannot be chosen now; empty when it can.
    mirrored : bool
        Whether the drawing stands for the other side of the patient.
    """

    selected: bool = False
    suggested: bool = False
    prior: bool = False
    disabled_reason: str = ""
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TileText:
    """What a tile says: published code, unit behind it, title, line, name of the drawing."""

    key: str
    schematic: str
    line: str
    title: str = ""
    unit: str = ""
    description: str = ""


class PictogramTile(PaintedControl):
    """One option; a click chooses it.

    Signals
    -------
    chosen(str)
        The published code of the option.
    compared(int)
        Left (-1) or right (1) was pressed.
    """

    chosen = Signal(str)
    compared = Signal(int)

    def __init__(
        self, text: TileText, *, picture_px: int = 84, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = text
        self.state = TileState()
        self._picture_px = picture_px
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCheckable(True)
        self.enter_presses = False
        self.clicked.connect(self._on_clicked)
        self._describe()

    def nextCheckState(self) -> None:
        """Leave the state to the case."""

    def set_state(self, state: TileState) -> None:
        """Show another state."""
        if state == self.state:
            return
        self.state = state
        self.setChecked(state.selected)
        self.setEnabled(not state.disabled_reason)
        self._describe()
        self.update()

    def set_enabled_for_editing(self, editable: bool) -> None:
        """Allow or forbid choosing, as the status of the case says."""
        self.setEnabled(editable and not self.state.disabled_reason)

    def height_at(self, width: int) -> int:
        """Return the height that picture and words need at a width, px."""
        inner = width - 2 * _SIDE
        height = self._picture_top() + self._picture_px + 4.0
        if self.content.title:
            height += wrapped_height(self.content.title, font(BODY_PX, SEMIBOLD), inner)
        height += wrapped_height(self._line(), self._line_face(width, SEMIBOLD), inner)
        if self.state.prior:
            height += 16
        return int(height + _PAD)

    def sizeHint(self) -> QSize:
        """Return a tile of a third of the panel."""
        return QSize(130, self.height_at(130))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at the neighbor on left and right; no answer is given by that."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.compared.emit(step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile in its state."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        self._paint_box(painter, theme)
        self._paint_picture(painter)
        self._paint_key(painter, theme)
        self._paint_words(painter, theme)
        self._paint_badges(painter, theme)

    def _paint_box(self, painter: QPainter, theme: Theme) -> None:
        rect = QRectF(self.rect())
        state = self.state
        if state.selected:
            edge, wash = theme.color("accent"), theme.color("accent_wash")
            paint_box(painter, rect, fill=wash, edge=edge, width_px=2.0)
        elif state.suggested:
            edge = theme.color("suggestion")
            fill = theme.color(self.fill_token())
            paint_box(painter, rect, fill=fill, edge=edge, width_px=1.5, dashed=True)
        elif state.disabled_reason or not self.isEnabled():
            paint_box(painter, rect, edge=theme.color("line"))
        else:
            edge = theme.color("line_strong" if self.hovered else "line")
            paint_box(painter, rect, fill=theme.color(self.fill_token()), edge=edge)

    def _paint_picture(self, painter: QPainter) -> None:
        size = min(float(self._picture_px), self.width() - 8.0)
        left = (self.width() - size) / 2.0
        top = self._picture_top() + (self._picture_px - size) / 2.0
        dimmed = bool(self.state.disabled_reason) or (
            not self.isEnabled() and not self.state.selected
        )
        box = QRectF(left, top, size, size)
        mirrored = self.state.mirrored
        paint_schematic(painter, self.content.schematic, box, mirrored=mirrored, dimmed=dimmed)

    def _paint_key(self, painter: QPainter, theme: Theme) -> None:
        ink = self._ink(theme, "text_muted")
        edge = theme.color("line") if self.state.disabled_reason else None
        at = QPointF(6, 6)
        backing = QRectF(6, 6, key_width(self.content.key), _KEY_ROW)
        fill = theme.color("accent_wash" if self.state.selected else "panel")
        paint_box(painter, backing, fill=fill, radius_px=3.0)
        paint_key(painter, self.content.key, at, selected=self.state.selected, color=ink, edge=edge)
        if self.content.unit:
            left = 6 + key_width(self.content.key) + 4
            box = QRectF(left, 6, 24, _KEY_ROW)
            token = "text" if self.state.selected else "text_muted"
            face = font(SMALL_PX, SEMIBOLD)
            paint_text(painter, box, self.content.unit, face, self._ink(theme, token))

    def _paint_words(self, painter: QPainter, theme: Theme) -> None:
        inner = self.width() - 2 * _SIDE
        top = self._picture_top() + self._picture_px + 3.0
        center = Qt.AlignmentFlag.AlignHCenter
        title = self.content.title
        if title:
            face = font(BODY_PX, SEMIBOLD)
            height = wrapped_height(title, face, inner)
            box = QRectF(_SIDE, top, inner, height)
            paint_wrapped(painter, box, title, face, self._ink(theme, "text"), center)
            top += height
        bold = self.state.selected and not title
        face = self._line_face(self.width(), SEMIBOLD if bold else REGULAR)
        ink = self._ink(theme, "text" if bold else "text_muted")
        box = QRectF(_SIDE, top, inner, self.height() - top)
        paint_wrapped(painter, box, self._line(), face, ink, center)
        if self.state.prior:
            foot = QRectF(0, self.height() - 20, self.width(), 14)
            paint_text(
                painter, foot, "PRIOR", font(11, SEMIBOLD), theme.color("text_muted"), center
            )

    def _paint_badges(self, painter: QPainter, theme: Theme) -> None:
        right = self.width() - 22.0
        if self.state.disabled_reason and not self.content.title:
            box = QRectF(right, 8, 14, 14)
            paint_icon(painter, "ban", box, theme.color("text_disabled"))
        if self.state.suggested and not self.state.selected:
            paint_icon(painter, "sparkles", QRectF(right, 7, 15, 15), theme.color("suggestion"))
        if not self.state.selected:
            return
        if not self.content.title:
            paint_icon(painter, "check", QRectF(right, 7, 15, 15), theme.color("accent"))
            return
        middle = self._picture_top() + self._picture_px - 8.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QPointF(self.width() - 15.0, middle), 8, 8)
        box = QRectF(self.width() - 20.5, middle - 5.5, 11, 11)
        paint_icon(painter, "check", box, theme.color("on_accent"))

    def _ink(self, theme: Theme, token: str) -> QColor:
        if self.state.disabled_reason or (not self.isEnabled() and not self.state.selected):
            return theme.color("text_disabled")
        return theme.color(token)

    def _picture_top(self) -> float:
        # A narrow tile keeps its key above the picture, a wide one beside it.
        return 10.0 if self.content.title else 24.0

    def _line_face(self, width: int, weight: int) -> QFont:
        wide = max(
            (text_width(w, font(SMALL_PX, SEMIBOLD)) for w in self._line().split()), default=0
        )
        fits = wide <= width - 2 * _SIDE
        return font(SMALL_PX if fits else LABEL_PX, weight)

    def _line(self) -> str:
        if self.state.disabled_reason and self.content.title:
            return self.state.disabled_reason
        return self.content.line

    def _describe(self) -> None:
        text, state = self.content, self.state
        points = f"{text.key} {text.unit}".strip().replace("pt", "points")
        tip = text.description or text.line
        parts = [text.title or text.key, tip, points, *_state_words(state)]
        name = ", ".join(part for part in parts if part)
        if state.disabled_reason:
            tip = f"{tip}\nNot available: {state.disabled_reason}."
        self.describe(name, tip, "1 then " + text.key[1] if len(text.key) > 1 else text.key)

    def _on_clicked(self) -> None:
        self.chosen.emit(self.content.key)


def _state_words(state: TileState) -> list[str]:
    """Return the state of a tile for a screen reader; nothing at rest."""
    reason = state.disabled_reason
    spoken = (
        ("chosen", state.selected),
        ("suggested, not an answer", state.suggested and not state.selected),
        ("answer of the prior study", state.prior),
        (f"not available: {reason}", bool(reason)),
    )
    return [words for words, holds in spoken if holds]


class TileRow(FittedWidget):
    """Tiles of equal width and height side by side.

    Signals
    -------
    chosen(str)
        The code of the tile that was pressed.
    compared(str)
        The code of the tile that left or right leads to.
    """

    chosen = Signal(str)
    compared = Signal(str)

    def __init__(
        self,
        texts: Sequence[TileText],
        *,
        picture_px: int = 84,
        gap_px: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._gap_px = gap_px
        self.tiles = [PictogramTile(text, picture_px=picture_px, parent=self) for text in texts]
        for tile in self.tiles:
            tile.chosen.connect(self.chosen)
            tile.compared.connect(self._on_compared)

    def tile(self, key: str) -> PictogramTile | None:
        """Return the tile with this code, or None."""
        return next((tile for tile in self.tiles if tile.content.key == key), None)

    def set_states(self, states: dict[str, TileState]) -> None:
        """Show a state on each tile, by its code."""
        for tile in self.tiles:
            tile.set_state(states.get(tile.content.key, TileState()))
        rove(self.tiles)
        self.refit()
        self._arrange()

    def set_editable(self, editable: bool) -> None:
        """Allow or forbid choosing."""
        for tile in self.tiles:
            tile.set_enabled_for_editing(editable)
        rove(self.tiles)

    def height_at(self, width: int) -> int:
        """Return the height of the tallest tile at this width."""
        each = self._tile_width(width)
        return max((tile.height_at(each) for tile in self.tiles), default=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out."""
        super().resizeEvent(event)
        self._arrange()

    def _tile_width(self, width: int) -> int:
        count = max(len(self.tiles), 1)
        return max((width - self._gap_px * (count - 1)) // count, 20)

    def _arrange(self) -> None:
        each = self._tile_width(self.width())
        height = self.height_at(self.width())
        for position, tile in enumerate(self.tiles):
            tile.setGeometry(position * (each + self._gap_px), 0, each, height)

    def _on_compared(self, step: int) -> None:
        focused = self.focusWidget()
        position = next((n for n, tile in enumerate(self.tiles) if tile is focused), 0)
        target = self.tiles[min(max(position + step, 0), len(self.tiles) - 1)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.compared.emit(target.content.key)
