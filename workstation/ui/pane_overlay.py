"""What is drawn over one pane: built from what it shows, the case and the linked point."""

from __future__ import annotations

import numpy as np

from workstation.domain.spine import PointLps
from workstation.rendering.color_map import ColorMap
from workstation.rendering.overlay import (
    Box,
    Chip,
    CornerContent,
    Placement,
    Primitive,
    ReferenceStyle,
    Text,
    color_bar,
    corner_texts,
    crosshair,
    different_space_chip,
    gap_band,
    larger_text_px,
    orientation_letters,
    reference_line,
    scale_bar,
    slider,
    text_box,
)
from workstation.rendering.overlay import Line as LinePrimitive
from workstation.rendering.plane import PlaneName, Size
from workstation.rendering.slice_view import SliceScene
from workstation.ui.overlay_painter import OverlayStyle, PaneDrawing, text_measure
from workstation.ui.pane_marks import MarkBuilder
from workstation.ui.pane_outlines import outline_primitives
from workstation.ui.pane_state import PaneState, slice_position, space_of
from workstation.ui.pane_texts import corner_content, short_unit
from workstation.ui.reading_context import OtherPane, ReadingContext, TextMode

LINE_REACH_MM = 0.05
"""Planes whose lines would lie this close to the pane's own point are its own."""


def overlay_style(state: PaneState, size: Size) -> OverlayStyle:
    """Return colors and text size for what a pane shows."""
    scene = SliceScene(layers=state.layers, view=state.view, size=(1, 1))
    return OverlayStyle(
        light=scene.is_light, fused=scene.is_fused, larger_px=larger_text_px(size[0])
    )


def build_drawing(state: PaneState, size: Size, context: ReadingContext) -> PaneDrawing:
    """Return the overlay of a pane.

    Parameters
    ----------
    state : PaneState
    size : tuple of int
        Width and height of the pane, logical px.
    context : ReadingContext
    """
    style = overlay_style(state, size)
    letters = orientation_letters(state.view, size)
    if context.hidden:
        return PaneDrawing(primitives=letters, style=style)
    builder = _OverlayBuilder(state, size, context, style)
    return PaneDrawing(primitives=builder.build(letters), style=style)


class _OverlayBuilder:
    """Collects the primitives from below; corners and letters take their room first."""

    def __init__(
        self, state: PaneState, size: Size, context: ReadingContext, style: OverlayStyle
    ) -> None:
        self.state = state
        self.size = size
        self.context = context
        self.measure = text_measure(style.larger_px)
        self.placement = Placement(size)

    def build(self, letters: tuple[Text, ...]) -> tuple[Primitive, ...]:
        """Return everything in drawing order."""
        fixed = self._fixed()
        for letter in letters:
            self.placement.reserve(text_box(letter, self.measure))
        taken = (*(text_box(item, self.measure) for item in letters), *_boxes(fixed, self.measure))
        corners = self._corners(taken)
        for box in (*_boxes(fixed, self.measure), *_boxes(corners, self.measure)):
            self.placement.reserve(box)
        marks = MarkBuilder(self.state, self.size, self.context, self.placement, self.measure)
        levels = marks.levels()
        tags = marks.lesion_tags()
        outlines = outline_primitives(
            self.state, self.size, self.context.outlines, self.placement, self.measure
        )
        return (
            *self._gaps(),
            *self._reference_lines(),
            *outlines,
            *marks.spine_line(),
            *marks.contours(),
            *self._crosshair(),
            *marks.measurements(),
            *levels,
            *tags,
            *letters,
            *fixed,
            *corners,
        )

    def _fixed(self) -> tuple[Primitive, ...]:
        state, size = self.state, self.size
        parts: list[Primitive] = [*scale_bar(state.view, size), *self._color_bar()]
        if not state.is_projection:
            position = slice_position(state)
            volume = state.volume
            loaded = 1.0 - len(volume.pending_slices) / volume.geometry.shape_kji[0]
            parts.extend(slider(position.index, position.count, size, loaded))
        return tuple(parts)

    def _color_bar(self) -> tuple[Primitive, ...]:
        layer = self.state.layers[-1]
        if layer.color_map is ColorMap.GREY:
            return ()
        return color_bar(layer.color_map, layer.window, short_unit(layer.volume.unit), self.size)

    def _corners(self, taken: tuple[Box, ...]) -> tuple[Primitive, ...]:
        content = corner_content(self.state, self.context.case, self._place())
        if self.context.text is not TextMode.ALL:
            content = _shortened(content, self.context.text)
        return corner_texts(content, self.size, self.measure, taken)

    def _place(self) -> PointLps:
        """Return the point the corner names: the linked one in this plane, else the middle."""
        point = self.context.cursor_lps
        if point is not None and self._same_space(self.context.cursor_space):
            return point
        return self.state.view.center_lps

    def _same_space(self, space: str) -> bool:
        return space == space_of(self.state.volume)

    def _gaps(self) -> tuple[Primitive, ...]:
        return tuple(
            part
            for first, last in missing_runs(self.state)
            for part in gap_band(self.state.view, self.size, first, last)
        )

    def _reference_lines(self) -> tuple[Primitive, ...]:
        if not self.context.lines or self.state.is_projection:
            return ()
        parts: list[Primitive] = []
        foreign = False
        for other in self.context.others:
            same = self._same_space(other.frame_of_reference_uid)
            foreign = foreign or (not same and other.active)
            style = ReferenceStyle(active=other.active, ticks_only=self._as_ticks(other))
            parts.extend(
                reference_line(self.state.view, other.view, self.size, style, same_space=same)
            )
        if foreign:
            parts.append(different_space_chip(self.size, self.measure))
        return tuple(parts)

    def _as_ticks(self, other: OtherPane) -> bool:
        """Whether only ticks show a line: sagittal ones, and where the full cross draws it."""
        here = self.state.view.plane_name
        if other.view.plane_name is PlaneName.SAGITTAL and here is not PlaneName.SAGITTAL:
            return True
        cursor = self.context.cursor_lps
        if cursor is None or not self.context.full_cross or other.active:
            return False
        return abs(other.view.distance_mm(cursor)) < LINE_REACH_MM

    def _crosshair(self) -> tuple[LinePrimitive, ...]:
        cursor = self.context.cursor_lps
        if (
            cursor is None
            or not self.context.lines
            or not self._same_space(self.context.cursor_space)
        ):
            return ()
        x, y = self.state.view.lps_to_pixel(cursor, self.size)
        return crosshair((float(x), float(y)), self.size, full=self.context.full_cross)


def _shortened(content: CornerContent, mode: TextMode) -> CornerContent:
    lines = 1 if mode is TextMode.SHORT else 0
    return CornerContent(
        top_left=content.top_left[:lines],
        warnings=content.warnings,
        top_right=content.top_right[:lines],
        badge=content.badge if lines else "",
        bottom_left=content.bottom_left[:lines],
        level_confirmed=content.level_confirmed,
    )


def _boxes(primitives: tuple[Primitive, ...], measure: object) -> tuple[Box, ...]:
    """Return the boxes of texts and chips, and of the scale bar's line."""
    found = []
    for part in primitives:
        if isinstance(part, Text):
            found.append(text_box(part, measure))  # type: ignore[arg-type]
        elif isinstance(part, Chip):
            found.append(Box(part.x, part.y, part.width, part.height))
        elif isinstance(part, LinePrimitive):
            found.append(_line_box(part))
    return tuple(found)


def _line_box(line: LinePrimitive) -> Box:
    left, right = sorted((line.start[0], line.end[0]))
    top, bottom = sorted((line.start[1], line.end[1]))
    return Box(left, top, max(right - left, 1.0), max(bottom - top, 1.0))


def missing_runs(state: PaneState) -> tuple[tuple[PointLps, PointLps], ...]:
    """Return begin and end, LPS mm, of each run of missing slices that a pane cuts edge on."""
    volume = state.volume
    across = volume.geometry.direction[:, 2]
    if abs(float(across @ np.asarray(state.view.direction))) > 0.5:
        return ()
    runs: list[list[int]] = []
    for k in sorted(volume.missing_slices):
        if runs and runs[-1][1] == k - 1:
            runs[-1][1] = k
        else:
            runs.append([k, k])
    middle = (np.asarray(volume.geometry.size_ijk, dtype=np.float64) - 1.0) / 2.0

    def at(k: float) -> PointLps:
        x, y, z = volume.geometry.index_to_lps(np.array([middle[0], middle[1], k]))
        return (float(x), float(y), float(z))

    return tuple((at(first - 0.5), at(last + 0.5)) for first, last in runs)
