"""The texts in the four corners of a pane: who owns which, and what gives way in a small pane."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation.rendering.placement import Box, text_box
from workstation.rendering.plane import Size
from workstation.rendering.primitives import Anchor, Chip, Ink, Measure, Primitive, Text, TextStyle

PAD_PX = 8.0
CHIP_PAD_PX = 6.0
ROW_GAP_PX = 2.0
CHIP_GAP_PX = 4.0
THIRD_LINE_WIDTH_PX = 420
"""Narrower panes drop the third line."""
SECOND_LINE_WIDTH_PX = 320
"""Narrower panes keep only name, level, letters, scale bar and chips."""
LARGER_TEXT_WIDTH_PX = 1100
"""From this width text is one pixel larger; the painter and ``measure`` follow it."""
CHIPS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CornerContent:
    """What the corners say; lines from the top, the most important first.

    Parameters
    ----------
    top_left : tuple of str
        Series number and name; plane with image i / n or thickness; what else is known.
    warnings : tuple of str
        Worst first; three are shown, then how many more.
    top_right : tuple of str
        Level, then whatever belongs to it.
    badge : str
        What the image is evidence for, or empty.
    bottom_left : tuple of str
        From the bottom: window and unit, then position and zoom, then more.
    level_confirmed : bool
        Whether the level is confirmed; a proposed one has its own color.
    """

    top_left: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    badge: str = ""
    bottom_left: tuple[str, ...] = ()
    level_confirmed: bool = True


def larger_text_px(width_px: float) -> int:
    """Return how many pixels larger the text of a pane of this width is: 0 or 1."""
    return 1 if width_px >= LARGER_TEXT_WIDTH_PX else 0


def lines_shown(width_px: float) -> int:
    """Return how many lines a corner keeps in a pane of this width."""
    if width_px < SECOND_LINE_WIDTH_PX:
        return 1
    return 2 if width_px < THIRD_LINE_WIDTH_PX else 3


def corner_texts(
    content: CornerContent, size: Size, measure: Measure, taken: tuple[Box, ...] = ()
) -> tuple[Primitive, ...]:
    """Return the texts and chips of the corners; none touches another or a box in ``taken``.

    Parameters
    ----------
    content : CornerContent
    size : tuple of int
        Width and height of the pane, logical px.
    measure : callable
        Width and height of a text in a style.
    taken : tuple of Box
        Letters, scale bar and color bar.
    """
    corner = _Corners(size, measure, taken)
    kept = lines_shown(size[0])
    corner.add_lines(content.top_right[:kept], Anchor.TOP_RIGHT, _level_ink(content))
    if content.badge:
        corner.add_chip(content.badge, Anchor.TOP_RIGHT, Ink.EVIDENCE)
    if size[0] >= SECOND_LINE_WIDTH_PX:
        corner.add_lines(content.bottom_left[:kept], Anchor.BOTTOM_LEFT, Ink.TEXT)
    corner.add_lines(content.top_left[:kept], Anchor.TOP_LEFT, Ink.TEXT)
    for warning in _warnings_shown(content.warnings):
        corner.add_chip(warning, Anchor.TOP_LEFT, Ink.WARNING)
    return tuple(corner.drawn)


def _level_ink(content: CornerContent) -> Ink:
    return Ink.TEXT if content.level_confirmed else Ink.LEVEL_UNCONFIRMED


def _warnings_shown(warnings: tuple[str, ...]) -> tuple[str, ...]:
    more = len(warnings) - CHIPS_SHOWN
    return warnings if more <= 0 else (*warnings[:CHIPS_SHOWN], f"+{more}")


class _Corners:
    """Fills the corners row by row; a row that finds no room wraps, then drops."""

    def __init__(self, size: Size, measure: Measure, taken: tuple[Box, ...]) -> None:
        self.size = size
        self.measure = measure
        self.boxes = list(taken)
        self.drawn: list[Primitive] = []
        self.used = {Anchor.TOP_LEFT: PAD_PX, Anchor.TOP_RIGHT: PAD_PX, Anchor.BOTTOM_LEFT: PAD_PX}

    def add_lines(self, lines: tuple[str, ...], anchor: Anchor, first: Ink) -> None:
        """Add lines to a corner, the first as its title where the corner has one."""
        titled = anchor is not Anchor.BOTTOM_LEFT
        for number, line in enumerate(lines):
            is_title = titled and number == 0
            style = TextStyle.TITLE if is_title else TextStyle.BODY
            color = first if number == 0 else Ink.TEXT_MUTED
            self._add_wrapped(Text(0.0, 0.0, line, style, anchor, color), keep=is_title)

    def add_chip(self, text: str, anchor: Anchor, color: Ink) -> None:
        """Add a chip to a corner; its words wrap, they are never cut."""
        room = self.size[0] - 2 * PAD_PX - 2 * CHIP_PAD_PX
        lines = tuple(_wrapped(text, TextStyle.LABEL, room, self.measure))
        sizes = [self.measure(line, TextStyle.LABEL) for line in lines]
        width = max(line[0] for line in sizes) + 2 * CHIP_PAD_PX
        height = sum(line[1] for line in sizes) + CHIP_PAD_PX
        x = PAD_PX if anchor is Anchor.TOP_LEFT else self.size[0] - PAD_PX - width
        box = self._lowered(Box(x, self.used[anchor] + CHIP_GAP_PX, width, height))
        self.used[anchor] = box.bottom
        self.boxes.append(box)
        self.drawn.append(Chip(box.x, box.y, width, height, lines, color))

    def _add_wrapped(self, text: Text, *, keep: bool) -> None:
        room = self._room(text)
        parts = _wrapped(text.text, text.style, room, self.measure)
        if text.anchor is Anchor.BOTTOM_LEFT:
            parts = parts[::-1]
        for part in parts:
            self._add_row(replace(text, text=part), keep=keep)

    def _room(self, text: Text) -> float:
        """Return the widest row that can begin at the present row of the corner, px."""
        height = self.measure(text.text, text.style)[1]
        probe = text_box(self._placed(replace(text, text="")), self.measure)
        row = Box(0.0, probe.y, float(self.size[0]), height)
        others = [box for box in self.boxes if box.overlaps(row, ROW_GAP_PX)]
        if text.anchor is Anchor.TOP_RIGHT:
            left = max((box.right for box in others), default=0.0)
            return self.size[0] - PAD_PX - left - PAD_PX
        right = min((box.x for box in others), default=float(self.size[0]))
        return right - 2 * PAD_PX

    def _add_row(self, text: Text, *, keep: bool) -> None:
        placed = self._placed(text)
        box = text_box(placed, self.measure)
        if not self._is_free(box):
            if not keep:
                return
            box = self._lowered(box)
            placed = replace(placed, y=box.y)
        self.boxes.append(box)
        self.drawn.append(placed)
        self._advance(text.anchor, box)

    def _placed(self, text: Text) -> Text:
        used = self.used[text.anchor]
        x = self.size[0] - PAD_PX if text.anchor is Anchor.TOP_RIGHT else PAD_PX
        y = self.size[1] - used if text.anchor is Anchor.BOTTOM_LEFT else used
        return replace(text, x=x, y=y)

    def _advance(self, anchor: Anchor, box: Box) -> None:
        end = self.size[1] - box.y if anchor is Anchor.BOTTOM_LEFT else box.bottom
        self.used[anchor] = end + ROW_GAP_PX

    def _is_free(self, box: Box) -> bool:
        return box.within(self.size) and not any(box.overlaps(other) for other in self.boxes)

    def _lowered(self, box: Box) -> Box:
        """Return the box moved down past whatever it meets."""
        meets = [other for other in self.boxes if box.overlaps(other)]
        while meets:
            box = replace(box, y=max(other.bottom for other in meets) + ROW_GAP_PX)
            meets = [other for other in self.boxes if box.overlaps(other)]
        return box


def _wrapped(text: str, style: TextStyle, room: float, measure: Measure) -> list[str]:
    """Return the text in rows no wider than ``room`` where its words allow that."""
    rows: list[str] = []
    for word in text.split():
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and measure(joined, style)[0] <= room:
            rows[-1] = joined
        else:
            rows.append(word)
    return rows
