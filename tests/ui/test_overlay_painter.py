"""Primitives on pixels: color, place, halo, order."""

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
from workstation.ui.overlay_painter import (
    GLYPHS,
    OverlayStyle,
    PaneDrawing,
    paint_drawing,
    text_measure,
)
from workstation.ui.theme import current_theme

SIDE = 120


def painted(*primitives, ground: str = "#404040", style: OverlayStyle | None = None) -> np.ndarray:
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGBA8888)
    image.fill(QColor(ground))
    painter = QPainter(image)
    paint_drawing(painter, PaneDrawing(primitives=primitives, style=style or OverlayStyle()))
    painter.end()
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(SIDE, SIDE, 4)[..., :3].astype(int).copy()


def rgb(ink: Ink) -> np.ndarray:
    color = current_theme().overlay_color(ink.value)
    return np.array([color.red(), color.green(), color.blue()])


def near(pixel, wanted, tolerance=12) -> bool:
    return bool(np.abs(np.asarray(pixel) - wanted).max() <= tolerance)


def where(picture, ink: Ink, tolerance=12) -> np.ndarray:
    return np.argwhere(np.abs(picture - rgb(ink)).max(axis=-1) <= tolerance)


def test_a_thin_level_line_covers_exactly_one_row():
    stroke = Stroke(color=Ink.CROSSHAIR, halo=False)
    picture = painted(Line((10.0, 50.3), (100.0, 50.3), stroke))
    rows = {int(row) for row, _ in where(picture, Ink.CROSSHAIR)}
    assert rows == {50}


def test_a_line_has_a_dark_halo_on_both_sides():
    picture = painted(Line((10, 50), (100, 50), Stroke(color=Ink.CROSSHAIR)), ground="#c0c0c0")
    assert near(picture[50, 60], rgb(Ink.CROSSHAIR))
    assert picture[49, 60].max() < 120
    assert picture[51, 60].max() < 120
    assert near(picture[46, 60], (192, 192, 192))


def test_dashes_leave_the_image_between_them():
    dashed = Stroke(color=Ink.REFERENCE, dash=Dash.DASHED)
    picture = painted(Line((10, 50), (110, 50), dashed), ground="#c0c0c0")
    row = picture[50, 12:108]
    drawn = np.abs(row - rgb(Ink.REFERENCE)).max(axis=-1) < 25
    bare = np.abs(row - 192).max(axis=-1) < 25
    assert drawn.sum() > 30
    assert bare.sum() > 20


def test_a_filled_ellipse_is_washed_with_its_color():
    stroke = Stroke(color=Ink.UNSTABLE, width=2.0)
    picture = painted(Ellipse((60, 60), (30, 30), stroke, fill_alpha=0.14), ground="#000000")
    assert near(picture[60, 60], rgb(Ink.UNSTABLE) * 0.14, 4)
    assert near(picture[60, 90], rgb(Ink.UNSTABLE), 40)
    assert picture[60, 110].max() == 0


def test_a_polygon_is_closed_and_an_open_line_is_not():
    stroke = Stroke(color=Ink.MEASURE, halo=False, width=2.0)
    points = ((20.0, 20.0), (100.0, 20.0), (100.0, 100.0))
    closed = painted(Polyline(points, stroke, closed=True))
    opened = painted(Polyline(points, stroke))
    assert near(closed[60, 60], rgb(Ink.MEASURE), 40)
    assert near(opened[60, 60], (64, 64, 64))


@pytest.mark.parametrize("anchor", list(Anchor))
def test_text_stands_where_its_anchor_says(anchor):
    text = Text(60.0, 60.0, "H", TextStyle.LETTER, anchor, Ink.TEXT, halo=False)
    found = where(painted(text, ground="#000000"), Ink.TEXT, 60)
    rows, columns = found[:, 0], found[:, 1]
    if "left" in anchor.value:
        assert columns.min() >= 59
    elif "right" in anchor.value:
        assert columns.max() <= 61
    else:
        assert abs(columns.mean() - 60) < 2
    if "top" in anchor.value:
        assert rows.min() >= 59
    elif "bottom" in anchor.value:
        assert rows.max() <= 61
    else:
        assert abs(rows.mean() - 60) < 4


def test_text_has_a_halo_that_reads_on_white():
    text = Text(60, 60, "H", TextStyle.LETTER, Anchor.CENTER)
    picture = painted(text, ground="#ffffff")
    assert len(where(picture, Ink.TEXT, 30)) > 10
    assert (picture.max(axis=-1) < 90).sum() > 20


def test_light_panes_have_dark_text_with_a_light_halo():
    text = Text(60, 60, "H", TextStyle.LETTER, Anchor.CENTER)
    picture = painted(text, ground="#808080", style=OverlayStyle(light=True))
    assert (picture.max(axis=-1) < 60).sum() > 10
    assert (picture.min(axis=-1) > 200).sum() > 20


def test_measurements_on_fused_panes_are_white():
    line = Line((10, 50), (100, 50), Stroke(color=Ink.MEASURE, halo=False))
    assert near(painted(line, style=OverlayStyle(fused=True))[50, 60], (255, 255, 255))
    assert near(painted(line)[50, 60], rgb(Ink.MEASURE))


def test_a_filled_chip_has_its_color_and_dark_words():
    chip = Chip(20, 40, 80, 24, ("L1",), Ink.CROSSHAIR, filled=True)
    picture = painted(chip)
    assert near(picture[44, 95], rgb(Ink.CROSSHAIR))
    assert (picture[40:64, 20:60].max(axis=-1) < 90).sum() > 8


def test_a_warning_chip_has_an_edge_a_tag_has_none():
    warning = painted(Chip(20, 40, 80, 24, ("2 missing",), Ink.WARNING), ground="#000000")
    tag = painted(Chip(20, 40, 80, 24, ("1 L1",), Ink.STABLE), ground="#000000")
    assert near(warning[52, 20], rgb(Ink.WARNING), 60)
    assert tag[52, 20].max() < 40


@pytest.mark.parametrize("glyph", sorted(GLYPHS))
def test_the_shapes_of_states_are_drawn(glyph):
    text = Text(40, 60, f"{glyph} 1", TextStyle.LABEL, Anchor.LEFT, Ink.TEXT, halo=False)
    with_shape = where(painted(text, ground="#000000"), Ink.TEXT, 90)
    assert (with_shape[:, 1] < 52).sum() >= 8


def test_disc_diamond_and_triangle_differ():
    pictures = []
    for glyph in "●◆▲":
        text = Text(40, 60, glyph, TextStyle.LABEL, Anchor.LEFT, Ink.TEXT, halo=False)
        pictures.append(painted(text, ground="#000000")[..., 0] > 128)
    sizes = [int(picture.sum()) for picture in pictures]
    assert min(sizes) > 15
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_a_hatched_band_shows_the_image_between_its_lines():
    band = Rect(0, 40, SIDE, 30, edge=Ink.WARNING, hatched=True)
    picture = painted(band, ground="#000000")
    inside = picture[44:66, 20:100]
    share = (np.abs(inside - rgb(Ink.WARNING)).max(axis=-1) < 100).mean()
    assert 0.08 < share < 0.6


def test_a_gradient_runs_from_the_top():
    bar = Gradient(50, 20, 10, 80, ((255, 0, 0), (0, 0, 255)))
    picture = painted(bar)
    assert picture[24, 55][0] > 200
    assert picture[96, 55][2] > 200


def test_later_primitives_lie_above():
    below = Rect(20, 20, 60, 60, Ink.STABLE)
    above = Rect(40, 40, 20, 20, Ink.UNSTABLE)
    picture = painted(below, above)
    assert near(picture[50, 50], rgb(Ink.UNSTABLE))
    assert near(picture[30, 30], rgb(Ink.STABLE))


def test_measure_counts_the_shape_and_grows_with_the_text():
    measure, larger = text_measure(), text_measure(1)
    plain = measure("1 L1", TextStyle.LABEL)[0]
    assert measure("▲ 1 L1", TextStyle.LABEL)[0] == pytest.approx(plain + 14.0)
    assert larger("1 L1", TextStyle.LABEL)[0] > plain
    assert measure("", TextStyle.BODY)[0] == 0.0
