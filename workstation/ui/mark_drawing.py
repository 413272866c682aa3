"""Draws the marks of the case over one pane: lines, handles and values that cover nothing."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from workstation.domain.mark import REGIONS, Mark, MarkKind
from workstation.domain.spine import PointLps
from workstation.rendering.overlay import (
    Anchor,
    Box,
    Chip,
    Dash,
    Ellipse,
    Ink,
    Line,
    Measure,
    Placement,
    Point,
    Polyline,
    Primitive,
    Rect,
    Stroke,
    Text,
    TextStyle,
)
from workstation.rendering.plane import Size
from workstation.ui.mark_shape import (
    crossings,
    ellipse_points,
    handles,
    is_shown,
    segments,
)
from workstation.ui.mark_words import mark_lines
from workstation.ui.pane_state import PaneState
from workstation.ui.reading_context import ReadingContext

LINE_PX = 1.6
HANDLE_PX = 6.0
END_TICK_PX = 6.0
ARROW_HEAD_PX = 11.0
ARROW_SPREAD_DEG = 24.0
CROSSING_PX = 3.0
POINT_PX = 5.0
CHIP_PAD_PX = 6.0
LABEL_GAP_PX = 10.0
LINE_CHARS = 44
"""A longer refusal is shortened to its first words beside the mark; the list has all of it."""


class MarkDrawer:
    """Builds the marks of one pane.

    Parameters
    ----------
    state : PaneState
    size : tuple of int
        Pane, logical px.
    context : ReadingContext
    placement : Placement
    measure : Measure
    """

    def __init__(
        self,
        state: PaneState,
        size: Size,
        context: ReadingContext,
        placement: Placement,
        measure: Measure,
    ) -> None:
        self.state = state
        self.size = size
        self.context = context
        self.placement = placement
        self.measure = measure

    def draw(self) -> tuple[Primitive, ...]:
        """Return every mark in this plane, and where others pierce it."""
        parts: list[Primitive] = []
        for mark in self.context.marks:
            if not isinstance(mark, Mark) or not mark.points:
                continue
            if is_shown(mark, self.state):
                parts.extend(self._mark(mark))
            else:
                parts.extend(self._crossings(mark))
        return tuple(parts)

    def _pixel(self, point: PointLps) -> Point:
        x, y = self.state.view.lps_to_pixel(point, self.size)
        return (float(x), float(y))

    def _mark(self, mark: Mark) -> list[Primitive]:
        selected = mark.id == self.context.selected_mark_id
        ink = Ink.MEASURE_SELECTED if selected else Ink.MEASURE
        stroke = Stroke(color=ink, width=LINE_PX)
        parts = [*self._shape(mark, stroke), *self._words(mark, ink, selected=selected)]
        if selected:
            parts.extend(self._handle(mark.points[number]) for number in handles(mark))
        return parts

    def _shape(self, mark: Mark, stroke: Stroke) -> list[Primitive]:
        if mark.kind is MarkKind.SPHERE:
            return self._sphere(mark, stroke)
        if mark.kind in REGIONS:
            around = ellipse_points(mark) if mark.kind is MarkKind.ELLIPSE else mark.points
            return [Polyline(tuple(map(self._pixel, around)), stroke, closed=True)]
        lines = [(self._pixel(a), self._pixel(b)) for a, b in segments(mark)]
        extras = _EXTRAS.get(mark.kind, _no_extras)(lines, stroke)
        parts: list[Primitive] = [*(Line(a, b, stroke) for a, b in lines), *extras]
        if mark.kind is MarkKind.TRANSLATION or not (lines or mark.kind is MarkKind.TEXT):
            x, y = self._pixel(mark.points[0])
            parts.append(Line((x - POINT_PX, y), (x + POINT_PX, y), stroke))
            parts.append(Line((x, y - POINT_PX), (x, y + POINT_PX), stroke))
        return parts

    def _sphere(self, mark: Mark, stroke: Stroke) -> list[Primitive]:
        center = self._pixel(mark.points[0])
        if len(mark.points) < 2:
            return [Ellipse(center, (2.0, 2.0), stroke)]
        radius, away = math.dist(*mark.points), self.state.view.distance_mm(mark.points[0])
        cut = math.sqrt(max(radius * radius - away * away, 0.0))
        reach = cut / self.state.view.mm_per_pixel(self.size)
        return [Ellipse(center, (reach, reach), stroke)]

    def _handle(self, point: PointLps) -> Rect:
        x, y = self._pixel(point)
        half = HANDLE_PX / 2
        return Rect(x - half, y - half, HANDLE_PX, HANDLE_PX, Ink.MEASURE_SELECTED, edge=Ink.SCRIM)

    def _crossings(self, mark: Mark) -> list[Primitive]:
        stroke = Stroke(color=Ink.MEASURE, width=1.0)
        places = [self._pixel(point) for point in crossings(mark, self.state)]
        return [Ellipse(place, (CROSSING_PX, CROSSING_PX), stroke) for place in places]

    def _words(self, mark: Mark, ink: Ink, *, selected: bool) -> list[Primitive]:
        volumes = [layer.volume for layer in self.state.layers]
        lines = mark_lines(mark, volumes, self.context.readings, brief=not selected)
        lines = tuple(_clipped(line) for line in lines)
        if not lines:
            return []
        if any(line.startswith("Not measured") for line in lines):
            ink = Ink.WARNING
        pixels = [self._pixel(point) for point in _outer_points(mark)]
        if mark.kind is MarkKind.TEXT:
            return [Text(*pixels[0], lines[0], TextStyle.LABEL, Anchor.LEFT, ink)]
        return self._placed(lines, pixels, ink, free=len(lines) == 1 and not selected)

    def _placed(
        self, lines: tuple[str, ...], pixels: list[Point], ink: Ink, *, free: bool
    ) -> list[Primitive]:
        """Return the words beside the mark without a chip where that is allowed and fits."""
        text = self._free_text(lines[0], pixels, ink) if free else None
        if text is not None:
            return [text]
        right = max(x for x, _ in pixels)
        level = float(np.mean([y for _, y in pixels]))
        return self._chip(lines, (right, level), ink)

    def _free_text(self, line: str, pixels: list[Point], ink: Ink) -> Text | None:
        """Return the words right of the mark, else left, above or below, where there is room."""
        width, height = self.measure(line, TextStyle.LABEL)
        xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
        level = (min(ys) + max(ys)) / 2
        middle = (min(xs) + max(xs)) / 2 - width / 2
        places = (
            (max(xs) + LABEL_GAP_PX, level),
            (min(xs) - LABEL_GAP_PX - width, level),
            (middle, max(ys) + LABEL_GAP_PX + height / 2),
            (middle, min(ys) - LABEL_GAP_PX - height / 2),
        )
        for x, y in places:
            if self.placement.claim(Box(x, y - height / 2, width, height)):
                return Text(x, y, line, TextStyle.LABEL, Anchor.LEFT, ink)
        return None

    def _chip(self, lines: tuple[str, ...], start: Point, ink: Ink) -> list[Primitive]:
        extents = [self.measure(line, TextStyle.LABEL) for line in lines]
        width = max(item[0] for item in extents) + 2 * CHIP_PAD_PX
        height = sum(item[1] for item in extents) + CHIP_PAD_PX
        place = self.placement.place_tag(start, (width, height))
        if place is None:
            return []
        box = place.box
        leader = Line(*place.leader, Stroke(color=ink, width=1.0))
        return [leader, Chip(box.x, box.y, box.width, box.height, lines, ink)]


def _outer_points(mark: Mark) -> tuple[PointLps, ...]:
    if mark.kind is MarkKind.ELLIPSE and len(mark.points) == 3:
        return ellipse_points(mark)
    return mark.points


def _clipped(line: str) -> str:
    if len(line) <= LINE_CHARS:
        return line
    first = line.split(";")[0].split(". ")[0].rstrip(".")
    return first if len(first) <= LINE_CHARS + 12 else first[: LINE_CHARS + 11].rstrip() + "…"


def _head(tip: Point, tail: Point) -> tuple[tuple[Point, Point], ...]:
    angle = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    spread = math.radians(ARROW_SPREAD_DEG)
    ends = [
        (tip[0] + ARROW_HEAD_PX * math.cos(turn), tip[1] + ARROW_HEAD_PX * math.sin(turn))
        for turn in (angle - spread, angle + spread)
    ]
    return tuple((tip, end) for end in ends)


def _ticks(start: Point, end: Point) -> tuple[tuple[Point, Point], ...]:
    way = np.subtract(end, start)
    length = float(np.hypot(*way))
    if length < 1.0:
        return ()
    across = np.array([-way[1], way[0]]) / length * END_TICK_PX
    return tuple(
        ((x - across[0], y - across[1]), (x + across[0], y + across[1])) for x, y in (start, end)
    )


Lines = list[tuple[Point, Point]]


def _no_extras(lines: Lines, stroke: Stroke) -> tuple[Primitive, ...]:
    del lines, stroke
    return ()


def _arrow_head(lines: Lines, stroke: Stroke) -> tuple[Primitive, ...]:
    return tuple(Line(*side, stroke) for line in lines for side in _head(*line))


def _end_ticks(lines: Lines, stroke: Stroke) -> tuple[Primitive, ...]:
    return tuple(Line(*tick, stroke) for line in lines for tick in _ticks(*line))


def _joined_middles(lines: Lines, stroke: Stroke) -> tuple[Primitive, ...]:
    """Return the faint line that shows which end-plates belong together."""
    if len(lines) != 2:
        return ()
    first, second = (((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in lines)
    return (Line(first, second, Stroke(color=stroke.color, width=1.0, dash=Dash.DOTTED)),)


_EXTRAS: dict[MarkKind, Callable[[Lines, Stroke], tuple[Primitive, ...]]] = {
    MarkKind.ARROW: _arrow_head,
    MarkKind.DISTANCE: _end_ticks,
    MarkKind.COBB: _joined_middles,
    MarkKind.LOCAL_KYPHOSIS: _joined_middles,
}
