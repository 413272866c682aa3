"""Annotations of a pane as drawing primitives: letters, scale, cross-hair, lines, slider, bars.

Everything here follows from geometry alone; what needs medicine is built elsewhere from the same
primitives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import ROWS, ColorMap, color_table
from workstation.rendering.corners import CornerContent, corner_texts, larger_text_px
from workstation.rendering.placement import Box, Placement, clipped_line, text_box
from workstation.rendering.plane import PlaneName, PlaneView, Size, Vector
from workstation.rendering.primitives import (
    Anchor,
    Chip,
    Dash,
    Depth,
    Ellipse,
    Gradient,
    Ink,
    Line,
    Measure,
    Point,
    Polyline,
    Primitive,
    Rect,
    Stroke,
    Text,
    TextStyle,
)

__all__ = [
    "Anchor",
    "Box",
    "Chip",
    "CornerContent",
    "Dash",
    "Depth",
    "Ellipse",
    "Gradient",
    "Ink",
    "Line",
    "Measure",
    "Placement",
    "Point",
    "Polyline",
    "Primitive",
    "Rect",
    "Stroke",
    "Text",
    "TextStyle",
    "color_bar",
    "corner_texts",
    "crosshair",
    "different_space_chip",
    "gap_band",
    "larger_text_px",
    "orientation_letters",
    "reference_line",
    "scale_bar",
    "scale_length_mm",
    "slider",
    "text_box",
]

EDGE_PX = 8.0
SCALE_PART = 0.24
SCALE_PARTS = 4
SCALE_TICK_PX = 6.0
SCALE_SLIDER_GAP_PX = 16.0
CROSS_GAP_PX = 16.0
CROSS_ARM_PX = 18.0
BORDER_TICK_PX = 12.0
BAR_WIDTH_PX = 8.0
BAR_CLEARANCE_PX = 36.0
BAR_TICKS = 6
LETTER_HALF_PX = 9.0
SLIDER_PX = 3.0
SLIDER_THUMB_PX = 5.0
SLIDER_THUMB_SHORTEST_PX = 14.0
PARALLEL_SINE = 1e-3
LABEL_STEP_PX = 48.0
"""How far from the border the word of a line stands: clear of the orientation letters."""
SHORT_PLANE = {
    PlaneName.AXIAL: "ax",
    PlaneName.SAGITTAL: "sag",
    PlaneName.CORONAL: "cor",
}
DIFFERENT_SPACE = "Not in the same space"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceStyle:
    """How the line of another pane is drawn.

    Parameters
    ----------
    active : bool
        Whether the other pane is the active one: solid and in the accent color.
    ticks_only : bool
        Whether only two ticks at the border show where the line would be.
    label : str
        Word at the line; by default the short name of the plane.
    avoid : tuple of Box
        Where the word must not stand: letters, corners.
    """

    active: bool = False
    ticks_only: bool = False
    label: str | None = None
    avoid: tuple[Box, ...] = ()


def orientation_letters(view: PlaneView, size: Size) -> tuple[Text, ...]:
    """Return the letters at the edge centers: left, right, top, bottom."""
    letters = view.letters()
    middle_x, middle_y = (size[0] - 1) / 2, (size[1] - 1) / 2
    places = (
        (EDGE_PX, middle_y, letters.left, Anchor.LEFT),
        (size[0] - 1 - EDGE_PX - SLIDER_THUMB_PX, middle_y, letters.right, Anchor.RIGHT),
        (middle_x, EDGE_PX, letters.top, Anchor.TOP),
        (middle_x, size[1] - 1 - EDGE_PX, letters.bottom, Anchor.BOTTOM),
    )
    return tuple(Text(x, y, word, TextStyle.LETTER, anchor) for x, y, word, anchor in places)


def scale_length_mm(view: PlaneView, size: Size) -> float:
    """Return the round length (1, 2 or 5 times a power of ten) nearest 24 % of the width, mm."""
    wanted = SCALE_PART * size[0] * view.mm_per_pixel(size)
    power = 10.0 ** math.floor(math.log10(wanted))
    return min((power * step for step in (1.0, 2.0, 5.0, 10.0)), key=lambda mm: abs(mm - wanted))


def scale_bar(view: PlaneView, size: Size) -> tuple[Primitive, ...]:
    """Return the scale bar of the bottom right corner: four parts and its length in words."""
    length_mm = scale_length_mm(view, size)
    length = length_mm / view.mm_per_pixel(size)
    right = size[0] - 1 - SCALE_SLIDER_GAP_PX
    bottom = size[1] - 1 - EDGE_PX
    stroke = Stroke(color=Ink.TEXT, width=1.4)
    lines = [Line((right - length, bottom), (right, bottom), stroke)]
    for part in range(SCALE_PARTS + 1):
        x = right - length + length * part / SCALE_PARTS
        tick = SCALE_TICK_PX if part in (0, SCALE_PARTS) else SCALE_TICK_PX / 2
        lines.append(Line((x, bottom - tick), (x, bottom), stroke))
    label = Text(
        right, bottom - SCALE_TICK_PX - 2, length_text(length_mm), anchor=Anchor.BOTTOM_RIGHT
    )
    return (*lines, label)


def length_text(length_mm: float) -> str:
    """Return a round length in words: "20 mm", "0.5 mm"."""
    return f"{length_mm:g} mm"


def crosshair(
    center: Point, size: Size, *, full: bool = False, open_radii: Point | None = None
) -> tuple[Line, ...]:
    """Return the linked point: a short open cross, or lines to the borders.

    Parameters
    ----------
    center : tuple of float
        The point, px.
    size : tuple of int
        Pane, logical px.
    full : bool
        Whether the lines reach the borders.
    open_radii : tuple of float, optional
        Half width and half height that stay open, of an ellipse around the point.
    """
    x, y = center
    gap_x, gap_y = open_radii or (CROSS_GAP_PX / 2, CROSS_GAP_PX / 2)
    reach_x, reach_y = (gap_x + CROSS_ARM_PX, gap_y + CROSS_ARM_PX)
    left, right = (0.0, size[0] - 1.0) if full else (x - reach_x, x + reach_x)
    top, bottom = (0.0, size[1] - 1.0) if full else (y - reach_y, y + reach_y)
    stroke = Stroke(color=Ink.CROSSHAIR)
    arms = (
        ((left, y), (x - gap_x, y)),
        ((x + gap_x, y), (right, y)),
        ((x, top), (x, y - gap_y)),
        ((x, y + gap_y), (x, bottom)),
    )
    return tuple(Line(a, b, stroke) for a, b in arms if b[0] > a[0] or b[1] > a[1])


def reference_line(
    view: PlaneView,
    other: PlaneView,
    size: Size,
    style: ReferenceStyle | None = None,
    *,
    same_space: bool = True,
) -> tuple[Primitive, ...]:
    """Return where the plane of another pane meets this one.

    Nothing when the planes are parallel, meet outside the pane, or have different frames of
    reference (the pane then shows ``different_space_chip``).

    Parameters
    ----------
    view, other : PlaneView
        This pane and the other.
    size : tuple of int
        This pane, logical px.
    style : ReferenceStyle, optional
    same_space : bool
        Whether both share one frame of reference.
    """
    style = style or ReferenceStyle()
    ends = _meeting_line(view, other, size) if same_space else None
    if ends is None:
        return ()
    stroke = _reference_stroke(style)
    if style.ticks_only:
        return _border_ticks(ends, stroke)
    start, end = sorted(ends)
    return (Line(start, end, stroke), *_line_label(start, end, _plane_word(other, style), style))


def different_space_chip(size: Size, measure: Measure) -> Chip:
    """Return the chip that says why no line is drawn and nothing follows."""
    width, height = measure(DIFFERENT_SPACE, TextStyle.LABEL)
    width, height = width + 12.0, height + 6.0
    x = (size[0] - width) / 2
    return Chip(x, size[1] - 40.0 - height, width, height, (DIFFERENT_SPACE,), Ink.TEXT_MUTED)


def gap_band(
    view: PlaneView, size: Size, first_lps: Vector, last_lps: Vector
) -> tuple[Primitive, ...]:
    """Return the band over missing slices of a pane that shows them edge on.

    Parameters
    ----------
    view : PlaneView
    size : tuple of int
        Pane, logical px.
    first_lps, last_lps : tuple of float
        Where the gap begins and ends, mm, along the direction of the missing slices.
    """
    ends = view.lps_to_pixel([first_lps, last_lps], size)
    top, bottom = sorted((float(ends[0, 1]), float(ends[1, 1])))
    gap_mm = float(np.linalg.norm(np.subtract(last_lps, first_lps)))
    band = Rect(0.0, top, float(size[0]), bottom - top, edge=Ink.WARNING, hatched=True)
    words = Text(
        size[0] - SCALE_SLIDER_GAP_PX,
        (top + bottom) / 2,
        f"gap {gap_mm:.1f} mm",
        TextStyle.LABEL,
        Anchor.RIGHT,
        Ink.WARNING,
    )
    return (band, words)


def slider(index: int, count: int, size: Size, loaded: float = 1.0) -> tuple[Rect, ...]:
    """Return the slice slider on the right edge: track, loaded part, thumb.

    Parameters
    ----------
    index, count : int
        Slice shown and slices there are; the first is drawn on top.
    size : tuple of int
        Pane, logical px.
    loaded : float
        Part of the slices that are in memory, from 0 to 1.
    """
    height = float(size[1])
    track = Rect(size[0] - SLIDER_PX, 0.0, SLIDER_PX, height, Ink.SCRIM)
    ready = Rect(size[0] - SLIDER_PX, 0.0, SLIDER_PX, height * loaded, Ink.TEXT_MUTED, 0.35)
    length = max(height / max(count, 1), SLIDER_THUMB_SHORTEST_PX)
    top = (height - length) * (index / (count - 1) if count > 1 else 0.0)
    thumb = Rect(size[0] - SLIDER_THUMB_PX, top, SLIDER_THUMB_PX, length, Ink.CROSSHAIR, radius=2.0)
    return (track, ready, thumb)


def color_bar(
    color_map: ColorMap, window: WindowSetting, unit: str, size: Size
) -> tuple[Primitive, ...]:
    """Return the bar that says what the colors mean, in the upper right of a pane.

    Parameters
    ----------
    color_map : ColorMap
    window : WindowSetting
    unit : str
        What stands over the bar, e.g. "SUVbw".
    size : tuple of int
        Pane, logical px.
    """
    box = color_bar_box(size)
    if box is None:
        return ()
    low, high = window.center - window.width / 2, window.center + window.width / 2
    right = box.right
    top = box.y + 18.0
    height = box.bottom - 6.0 - top
    bar_x = right - BAR_WIDTH_PX
    parts: list[Primitive] = [
        Rect(box.x, box.y, box.width, box.height, Ink.SCRIM, 0.78, radius=3.0),
        Text(right, box.y + 2, unit, TextStyle.BODY, Anchor.TOP_RIGHT),
        Gradient(bar_x, top, BAR_WIDTH_PX, height, _bar_colors(color_map)),
    ]
    for value in _round_values(low, high):
        y = top + height * (high - value) / (high - low)
        stroke = Stroke(color=Ink.TEXT, halo=False)
        parts.append(Line((bar_x - 4, y), (bar_x, y), stroke))
        parts.append(Text(bar_x - 6, y, f"{value:g}", TextStyle.BODY, Anchor.RIGHT))
    return tuple(parts)


def color_bar_box(size: Size) -> Box | None:
    """Return the box of the color bar, or None where a pane is too low for one."""
    bottom = (size[1] - 1) / 2 - LETTER_HALF_PX - BAR_CLEARANCE_PX
    height = bottom - BAR_CLEARANCE_PX
    if height < 60.0:
        return None
    width = 48.0
    return Box(size[0] - SCALE_SLIDER_GAP_PX - width, BAR_CLEARANCE_PX, width, height)


def _meeting_line(view: PlaneView, other: PlaneView, size: Size) -> tuple[Point, Point] | None:
    normal = np.asarray(other.direction)
    # Within this plane, the other plane is the line a·x + b·y = c in millimeters from the center.
    a = float(normal @ np.asarray(view.right))
    b = float(normal @ np.asarray(view.up))
    length_sq = a * a + b * b
    if length_sq < PARALLEL_SINE**2:
        return None
    c = float(normal @ np.subtract(other.center_lps, view.center_lps))
    scale = view.mm_per_pixel(size)
    x = (size[0] - 1) / 2 + c * a / length_sq / scale
    y = (size[1] - 1) / 2 - c * b / length_sq / scale
    reach = (size[0] + size[1] + math.hypot(x, y)) / math.sqrt(length_sq)
    start, end = (x - b * reach, y - a * reach), (x + b * reach, y + a * reach)
    return clipped_line(start, end, Box(0.0, 0.0, size[0] - 1.0, size[1] - 1.0))


def _reference_stroke(style: ReferenceStyle) -> Stroke:
    if style.active:
        return Stroke(color=Ink.REFERENCE_ACTIVE, width=1.4)
    return Stroke(color=Ink.REFERENCE, dash=Dash.DASHED)


def _border_ticks(ends: tuple[Point, Point], stroke: Stroke) -> tuple[Line, ...]:
    (x0, y0), (x1, y1) = ends
    length = math.hypot(x1 - x0, y1 - y0)
    if length <= 2 * BORDER_TICK_PX:
        return ()
    step = (BORDER_TICK_PX * (x1 - x0) / length, BORDER_TICK_PX * (y1 - y0) / length)
    return (
        Line((x0, y0), (x0 + step[0], y0 + step[1]), stroke),
        Line((x1 - step[0], y1 - step[1]), (x1, y1), stroke),
    )


def _plane_word(other: PlaneView, style: ReferenceStyle) -> str:
    return SHORT_PLANE[other.plane_name] if style.label is None else style.label


def _line_label(start: Point, end: Point, label: str, style: ReferenceStyle) -> tuple[Text, ...]:
    """Return the plane word at the first place along a line where nothing else stands."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    if not label:
        return ()
    steep = abs(end[1] - start[1]) > abs(end[0] - start[0])
    color = _reference_stroke(style).color
    distance = LABEL_STEP_PX
    while distance < length - LABEL_STEP_PX:
        x = start[0] + (end[0] - start[0]) * distance / length
        y = start[1] + (end[1] - start[1]) * distance / length
        text = Text(x, y - 2, label, TextStyle.BODY, Anchor.BOTTOM, color)
        if steep:
            text = Text(x + 5, y, label, TextStyle.BODY, Anchor.LEFT, color)
        box = text_box(text, _rough_measure)
        if not any(box.overlaps(other) for other in style.avoid):
            return (text,)
        distance += LABEL_STEP_PX / 2
    return ()


def _rough_measure(text: str, _style: TextStyle) -> tuple[float, float]:
    """Return room enough for a short word in the type of the lines."""
    return (8.0 * len(text), 16.0)


def _bar_colors(color_map: ColorMap) -> tuple[tuple[int, int, int], ...]:
    table = np.round(color_table(color_map)[::-1, :3] * (ROWS - 1)).astype(int)
    return tuple((int(red), int(green), int(blue)) for red, green, blue in table)


def _round_values(low: float, high: float) -> tuple[float, ...]:
    rough = (high - low) / BAR_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(number * step for number in range(first, last + 1))
