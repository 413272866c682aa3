"""More of the overlay on pixels: turns, hatching, chips of several lines, scale of the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from workstation.rendering.overlay import (
    Anchor,
    Chip,
    Dash,
    Ellipse,
    Gradient,
    Ink,
    Line,
    Polyline,
    Rect,
    Stroke,
    Text,
    TextStyle,
)
from workstation.ui.overlay_painter import OverlayStyle, PaneDrawing, paint_drawing, text_measure
from workstation.ui.theme import current_theme

SIDE = 120


def painted(*primitives, ground="#000000", style=None, ratio=1):
    image = QImage(SIDE * ratio, SIDE * ratio, QImage.Format.Format_RGBA8888)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    paint_drawing(painter, PaneDrawing(primitives=primitives, style=style or OverlayStyle()))
    painter.end()
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(SIDE * ratio, SIDE * ratio, 4)[..., :3].astype(int).copy()


def rgb(ink):
    color = current_theme().overlay_color(ink.value)
    return np.array([color.red(), color.green(), color.blue()])


def drawn(picture, ink, tolerance=40):
    return np.abs(picture - rgb(ink)).max(axis=-1) <= tolerance


def thin(ink=Ink.MEASURE, **changes):
    return Stroke(color=ink, halo=False, **changes)


@pytest.mark.parametrize(
    ("start", "end"), [((20, 30), (90, 30)), ((40, 15), (40, 100)), ((20, 20), (90, 90))]
)
def test_lines_reach_from_end_to_end(start, end):
    mask = drawn(painted(Line(start, end, thin(width=2.0))), Ink.MEASURE, 90)
    rows, columns = np.nonzero(mask)
    assert abs(columns.min() - min(start[0], end[0])) <= 2
    assert abs(columns.max() - max(start[0], end[0])) <= 2
    assert abs(rows.min() - min(start[1], end[1])) <= 2
    assert abs(rows.max() - max(start[1], end[1])) <= 2


@pytest.mark.parametrize("offset", [0.0, 0.2, 0.49, -0.3])
@pytest.mark.parametrize("upright", [True, False])
def test_thin_straight_lines_are_one_pixel_wide(offset, upright):
    a, b = (50.0 + offset, 10.0), (50.0 + offset, 100.0)
    line = Line(a, b, thin()) if upright else Line(a[::-1], b[::-1], thin())
    mask = drawn(painted(line), Ink.MEASURE, 12)
    across = mask.any(axis=0 if upright else 1)
    assert np.flatnonzero(across).tolist() == [50]


@pytest.mark.parametrize("dash", [item for item in Dash if item is not Dash.SOLID])
def test_dashes_have_gaps_of_equal_length_at_any_width(dash):
    lengths = []
    for width in (1.0, 2.0):
        picture = painted(Line((0, 60), (119, 60), thin(width=width, dash=dash)))
        row = drawn(picture, Ink.MEASURE, 90)[60]
        changes = np.flatnonzero(np.diff(row.astype(int)))
        lengths.append(np.diff(changes)[:4].tolist())
    assert lengths[0] == pytest.approx(lengths[1], abs=1)


@pytest.mark.parametrize(("rotation", "wide"), [(0.0, True), (90.0, False), (180.0, True)])
def test_ellipses_turn_about_their_center(rotation, wide):
    ellipse = Ellipse((60, 60), (40, 15), thin(width=2.0), rotation_deg=rotation)
    rows, columns = np.nonzero(drawn(painted(ellipse), Ink.MEASURE, 90))
    across, down = np.ptp(columns), np.ptp(rows)
    assert bool(across > down) is wide
    assert (columns.mean(), rows.mean()) == pytest.approx((60, 60), abs=1.0)
    assert sorted((across, down)) == pytest.approx([30, 80], abs=4)


@pytest.mark.parametrize("alpha", [0.1, 0.3, 0.8])
def test_fills_are_as_strong_as_they_say(alpha):
    points = ((20.0, 20.0), (100.0, 20.0), (100.0, 100.0), (20.0, 100.0))
    picture = painted(Polyline(points, thin(), closed=True, fill_alpha=alpha))
    assert picture[60, 60] == pytest.approx(rgb(Ink.MEASURE) * alpha, abs=3)
    assert picture[110, 60].max() == 0


def test_an_open_line_is_never_filled():
    points = ((20.0, 20.0), (100.0, 20.0), (100.0, 100.0))
    picture = painted(Polyline(points, thin(), fill_alpha=0.8))
    assert picture[40, 80].max() == 0


@pytest.mark.parametrize("filled", [True, False])
def test_rectangles_have_edge_and_fill_apart(filled):
    rect = Rect(20, 30, 60, 40, Ink.STABLE if filled else None, edge=Ink.WARNING)
    picture = painted(rect)
    assert drawn(picture, Ink.WARNING, 90)[30:71, 19:22].any()
    assert drawn(picture, Ink.STABLE, 12)[50, 50] == filled
    assert picture[10, 10].max() == 0


def test_hatching_stays_in_its_rectangle():
    picture = painted(Rect(30, 30, 40, 20, edge=Ink.WARNING, hatched=True))
    outside = picture.copy()
    outside[28:53, 28:73] = 0
    assert outside.max() == 0


def test_a_chip_of_two_lines_has_them_below_each_other():
    one = painted(Chip(10, 30, 100, 40, ("L1",), Ink.MEASURE))
    two = painted(Chip(10, 30, 100, 40, ("L1", "12.0 mm"), Ink.MEASURE))
    bright_one = np.nonzero(one.max(axis=-1) > 120)[0]
    bright_two = np.nonzero(two.max(axis=-1) > 120)[0]
    assert np.ptp(bright_two) > np.ptp(bright_one) + 8


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_gradient_shows_its_colors_in_order(count):
    grays = tuple(
        (value, value, value) for value in np.linspace(0, 250, count).astype(int).tolist()
    )
    column = painted(Gradient(40, 10, 20, 100, grays))[14:106, 50, 0]
    assert (np.diff(column) >= -1).all()
    assert column[0] < 30
    assert column[-1] > 220


def test_one_color_is_a_plain_bar():
    picture = painted(Gradient(40, 10, 20, 100, ((200, 10, 10),)))
    assert picture[50, 50].tolist() == pytest.approx([200, 10, 10], abs=2)


@pytest.mark.parametrize("ratio", [1, 2])
def test_text_lies_at_the_same_place_on_every_screen(ratio):
    text = Text(60, 60, "H", TextStyle.LETTER, Anchor.CENTER, Ink.TEXT, halo=False)
    rows, columns = np.nonzero(drawn(painted(text, ratio=ratio), Ink.TEXT, 90))
    assert (columns.mean() / ratio, rows.mean() / ratio) == pytest.approx((60, 60), abs=2.5)


def test_larger_text_is_drawn_larger():
    text = Text(10, 60, "L1", TextStyle.LABEL, Anchor.LEFT, Ink.TEXT, halo=False)
    small = drawn(painted(text), Ink.TEXT, 90).sum()
    large = drawn(painted(text, style=OverlayStyle(larger_px=6)), Ink.TEXT, 90).sum()
    assert large > small * 1.3


@pytest.mark.parametrize("text", ["", " "])
def test_empty_text_draws_nothing(text):
    made = Text(60, 60, text, TextStyle.BODY, Anchor.CENTER, Ink.TEXT, halo=False)
    assert painted(made).max() == 0


@pytest.mark.parametrize("style", list(TextStyle))
def test_measured_text_fits_what_is_drawn(style):
    width, height = text_measure()("HXH", style)
    text = Text(10, 40, "HXH", style, Anchor.TOP_LEFT, Ink.TEXT, halo=False)
    rows, columns = np.nonzero(painted(text).max(axis=-1) > 60)
    assert np.ptp(columns) <= width + 2
    assert np.ptp(rows) <= height + 2
    assert columns.min() >= 9


def test_nothing_to_draw_leaves_the_picture():
    assert (painted(ground="#336699") == np.array([0x33, 0x66, 0x99])).all()
