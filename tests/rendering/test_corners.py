import itertools

import pytest

from workstation.rendering.corners import (
    CornerContent,
    corner_texts,
    larger_text_px,
    lines_shown,
)
from workstation.rendering.overlay import color_bar_box, orientation_letters, scale_bar
from workstation.rendering.placement import Box, text_box
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.primitives import Anchor, Chip, Ink, Text, TextStyle

FULL = CornerContent(
    top_left=(
        "3 T2 sagittal 3D SPACE fat-saturated whole spine composed",
        "Axial, parallel to L1 end-plate · 14 / 38",
        "Reformatted · 1.0 mm",
    ),
    warnings=("2 slices missing: no measuring across the gap", "Stored as SUVbw, used as is"),
    top_right=("L1 body", "left pedicle"),
    badge="SINS 13, bone lesion",
    bottom_left=("W 1600 L 350 HU", "x −8.0 mm · zoom 2.4", "PET 0–7 g/mL"),
)
VIEW = PlaneView.oblique((0.0, 0.0, 0.0), (-0.5, 0.4, 0.76), 160.0, plane=PlaneName.AXIAL)


def fixed_boxes(size, measure, *, bar=False):
    texts = [*orientation_letters(VIEW, size), *scale_bar(VIEW, size)]
    boxes = [text_box(text, measure) for text in texts if isinstance(text, Text)]
    bar_box = color_bar_box(size) if bar else None
    return (*boxes, bar_box) if bar_box is not None else tuple(boxes)


def box_of(part, measure):
    if isinstance(part, Chip):
        return Box(part.x, part.y, part.width, part.height)
    return text_box(part, measure)


def texts_of(parts):
    return [part.text for part in parts if isinstance(part, Text)]


@pytest.mark.parametrize("width", range(320, 1401, 20))
@pytest.mark.parametrize("height", [240, 375, 560])
@pytest.mark.parametrize("bar", [False, True])
def test_nothing_overlaps_in_any_pane(measure, width, height, bar):
    size = (width, height)
    taken = fixed_boxes(size, measure, bar=bar)
    parts = corner_texts(FULL, size, measure, taken)
    boxes = [box_of(part, measure) for part in parts]
    for first, second in itertools.combinations([*boxes, *taken], 2):
        assert not first.overlaps(second), (first, second)
    for part, box in zip(parts, boxes, strict=True):
        assert box.x >= 0
        assert box.right <= width, part


@pytest.mark.parametrize("width", [240, 280, 320, 420, 588, 1400])
def test_level_name_and_warnings_always_stay(measure, width):
    size = (width, 375)
    parts = corner_texts(FULL, size, measure, fixed_boxes(size, measure))
    assert "L1 body" in " ".join(texts_of(parts))
    words = " ".join(texts_of(parts))
    assert all(word in words for word in FULL.top_left[0].split())
    chips = [" ".join(part.lines) for part in parts if isinstance(part, Chip)]
    assert chips == ["SINS 13, bone lesion", *FULL.warnings]


def test_wide_pane_shows_every_line_in_its_corner(measure):
    size = (1400, 560)
    parts = corner_texts(FULL, size, measure, fixed_boxes(size, measure))
    assert set(texts_of(parts)) == {*FULL.top_left, *FULL.top_right, *FULL.bottom_left}
    by_text = {part.text: part for part in parts if isinstance(part, Text)}
    assert by_text[FULL.top_left[0]].style is TextStyle.TITLE
    assert by_text[FULL.top_left[1]].style is TextStyle.BODY
    assert by_text["L1 body"].anchor is Anchor.TOP_RIGHT
    # The window stands lowest, the position above it.
    assert by_text["W 1600 L 350 HU"].y > by_text["x −8.0 mm · zoom 2.4"].y


@pytest.mark.parametrize(("width", "lines"), [(319, 1), (320, 2), (419, 2), (420, 3), (1400, 3)])
def test_lines_of_narrow_panes(width, lines):
    assert lines_shown(width) == lines


def test_third_line_goes_first(measure):
    parts = corner_texts(FULL, (400, 375), measure)
    words = " ".join(texts_of(parts))
    assert "Reformatted" not in words
    assert "end-plate" in words


def test_narrowest_pane_keeps_no_bottom_left(measure):
    parts = corner_texts(FULL, (300, 240), measure)
    words = " ".join(texts_of(parts))
    assert "W 1600" not in words
    assert "end-plate" not in words


def test_proposed_level_has_its_own_color(measure):
    proposed = CornerContent(top_right=("S2?",), level_confirmed=False)
    confirmed = CornerContent(top_right=("S2",))
    assert corner_texts(proposed, (500, 400), measure)[0].color is Ink.LEVEL_UNCONFIRMED
    assert corner_texts(confirmed, (500, 400), measure)[0].color is Ink.TEXT


def test_more_than_three_warnings_are_counted(measure):
    content = CornerContent(warnings=("one", "two", "three", "four", "five"))
    chips = corner_texts(content, (600, 400), measure)
    assert [chip.lines for chip in chips] == [("one",), ("two",), ("three",), ("+2",)]
    assert [chip.color for chip in chips] == [Ink.WARNING] * 4
    assert all(a.y + a.height <= b.y for a, b in itertools.pairwise(chips))


def test_a_warning_is_wrapped_not_cut(measure):
    words = "2 slices missing between T8 and T9: no measuring across the gap"
    (chip,) = corner_texts(CornerContent(warnings=(words,)), (240, 400), measure)
    assert len(chip.lines) > 1
    assert " ".join(chip.lines) == words
    assert chip.width <= 240 - 16


def test_badge_stands_below_the_level(measure):
    content = CornerContent(top_right=("T10 body",), badge="ESCC and SINS")
    level, badge = corner_texts(content, (600, 400), measure)
    assert badge.y > level.y + 15.0
    assert badge.x + badge.width == 592.0
    assert badge.color is Ink.EVIDENCE


def test_empty_content_draws_nothing(measure):
    assert corner_texts(CornerContent(), (600, 400), measure) == ()


@pytest.mark.parametrize(("width", "pixels"), [(1099, 0), (1100, 1), (3000, 1)])
def test_text_of_large_panes_is_larger(width, pixels):
    assert larger_text_px(width) == pixels
