"""Annotations as plain drawing primitives; any painter can draw them, none is needed to test them.

Coordinates are logical pane pixels counted from the center of the top left pixel, the same that
``PlaneView.lps_to_pixel`` gives for the logical size of a pane. A painter whose pixels begin at
their corner adds half a pixel. Sizes are logical pixels and do not scale with the zoom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

Point = tuple[float, float]
"""x to the right and y downward, logical pixels."""


class Ink(StrEnum):
    """Names of the overlay colors; the theme gives the color for dark, light and fused panes."""

    TEXT = "text"
    TEXT_MUTED = "text_muted"
    SCRIM = "scrim"
    MEASURE = "measure"
    MEASURE_SELECTED = "measure_selected"
    CROSSHAIR = "crosshair"
    REFERENCE_ACTIVE = "reference_active"
    REFERENCE = "reference"
    LEVEL = "level"
    LEVEL_UNCONFIRMED = "level_unconfirmed"
    SUGGESTION = "suggestion"
    STABLE = "stable"
    POTENTIALLY_UNSTABLE = "potentially_unstable"
    UNSTABLE = "unstable"
    UNGRADED = "ungraded"
    PRIOR = "prior"
    EVIDENCE = "evidence"
    WARNING = "warning"


class TextStyle(StrEnum):
    """Type of a text on an image; the painter knows size and weight of each."""

    TITLE = "title"
    """First line of a pane: 13 px, 600."""
    BODY = "body"
    """Other lines: 12 px, 400."""
    LABEL = "label"
    """Tags, chips and values: 12 px, 600."""
    LETTER = "letter"
    """Orientation letters: 14 px, 700."""


class Anchor(StrEnum):
    """Which point of a text lies at its position."""

    TOP_LEFT = "top left"
    TOP = "top"
    TOP_RIGHT = "top right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom right"


class Dash(StrEnum):
    """Pattern of a line."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


class Depth(IntEnum):
    """Order of drawing, from below."""

    GAP = 0
    REFERENCE = 1
    CONTOUR = 2
    CROSSHAIR = 3
    MEASUREMENT = 4
    TAG = 5
    CORNER = 6


Measure = Callable[[str, TextStyle], tuple[float, float]]
"""Width and height, logical px, of a text in a style."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text."""

    x: float
    y: float
    text: str
    style: TextStyle = TextStyle.BODY
    anchor: Anchor = Anchor.TOP_LEFT
    color: Ink = Ink.TEXT
    halo: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """How a line looks."""

    color: Ink
    width: float = 1.0
    dash: Dash = Dash.SOLID
    halo: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    start: Point
    end: Point
    stroke: Stroke


@dataclass(frozen=True, slots=True)
class Polyline:
    """Joined lines; a closed one is a polygon and may be filled with its own color."""

    points: tuple[Point, ...]
    stroke: Stroke
    closed: bool = False
    fill_alpha: float = 0.0


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse, turned clockwise about its center."""

    center: Point
    radii: Point
    stroke: Stroke
    rotation_deg: float = 0.0
    fill_alpha: float = 0.0


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle: area, edge or both."""

    x: float
    y: float
    width: float
    height: float
    fill: Ink | None = None
    fill_alpha: float = 1.0
    edge: Ink | None = None
    dash: Dash = Dash.SOLID
    radius: float = 0.0
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A text in a box on the scrim: warnings, tags, badges."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    color: Ink
    dash: Dash = Dash.SOLID
    filled: bool = False
    """Whether the box has the color and the text is dark, as the current level label is."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """A vertical bar of colors, highest on top."""

    x: float
    y: float
    width: float
    height: float
    colors: tuple[tuple[int, int, int], ...]
    """RGB from 0 to 255, from the top."""


Primitive = Text | Line | Polyline | Ellipse | Rect | Chip | Gradient
